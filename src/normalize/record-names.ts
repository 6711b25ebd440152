/**
 * What follows from the names of a record alone, worked out once for each sequence of names: a program writes the same names in the same
 * order, record after record.
 *
 * A tree holds the sequences, one step a name. A step is mostly one comparison, with the name that came at this place the last time. What
 * senders can fill is bounded: longer records, longer names and a full tree cost time, never memory.
 *
 *     ├─ host ── timestamp ── message          RecordNames of these three
 *     └─ level ── ts ─┬─ msg ── request        …
 *                     └─ logger ── msg
 */
import { TIME_NAMES } from './aliases.ts';
import { mayBeDocker } from './container.ts';
import type { KeySignature } from './dispatch/dispatcher.ts';
import { dispatcher } from './dispatch/recognise.ts';
import { isReserved } from './flatten.ts';
import { mayBeJournalEntry } from './journal.ts';
import { type Meaning, meaningsOf } from './named.ts';
import { mayBeTold } from './told/index.ts';
import { mayBeTaken } from './whole.ts';

export interface RecordNames {
  /** In the order of the names. */
  readonly meanings: readonly Meaning[];
  /** Of the names that a time may stand under those that are there, the best first. */
  readonly times: readonly string[];
  /** Parsers' signatures all of whose names are there, the most specific first. */
  readonly signatures: readonly KeySignature[];
  /** False: with these names it cannot be. */
  readonly mayBeDocker: boolean;
  readonly mayBeJournal: boolean;
  readonly mayBeTaken: boolean;
  readonly mayBeTold: boolean;
}

/** A record, and what its names say; undefined where they were not looked at. */
export interface Sent {
  readonly object: Readonly<Record<string, unknown>>;
  readonly names: RecordNames | undefined;
}

interface Step {
  readonly name: string;
  next: Step | undefined;
  others: Map<string, Step> | undefined;
  /** A record has ended here. What comes once only is not worth working out: a sender may make up new names for each record. */
  isEnd: boolean;
  /** undefined until the second record ends here; null where a name needs a closer look. */
  known: RecordNames | null | undefined;
}

const MOST_NAMES = 64;
const LONGEST_NAME = 64;
/** Steps, and names of sequences: together some megabytes at most. */
const MOST_HELD = 16_384;

interface Tree {
  root: Step;
  held: number;
}

const step = (name: string): Step => ({ name, next: undefined, others: undefined, isEnd: false, known: undefined });
/** Of records as they were sent, and of flattened ones: a record that comes for the first time would be in one tree twice. */
const plain: Tree = { root: step(''), held: 0 };
const flattened: Tree = { root: step(''), held: 0 };

/**
 * undefined for a record with anything but texts, numbers, truth values and nulls in it: it has to be flattened first. And for one with
 * names that never came before.
 */
export function namesOf(record: Readonly<Record<string, unknown>>): RecordNames | undefined {
  let at: Step | undefined = plain.root;
  let count = 0;
  for (const name in record) {
    const value = record[name];
    if (typeof value !== 'string' && !isPlain(value)) return undefined;
    at = at.next?.name === name ? at.next : stepTo(plain, at, name);
    if (at === undefined || ++count > MOST_NAMES) return undefined;
  }
  return knownAt(plain, at, record);
}

/** The same of a record that was flattened. */
export function namesOfFlat(record: Readonly<Record<string, unknown>>): RecordNames | undefined {
  let at: Step | undefined = flattened.root;
  let count = 0;
  for (const name in record) {
    at = at.next?.name === name ? at.next : stepTo(flattened, at, name);
    if (at === undefined || ++count > MOST_NAMES) return undefined;
  }
  return knownAt(flattened, at, record);
}

const isPlain = (value: unknown): boolean =>
  typeof value === 'number' ? Number.isFinite(value) : typeof value === 'boolean' || value === null;

function stepTo(tree: Tree, from: Step, name: string): Step | undefined {
  const known = from.others?.get(name);
  if (known !== undefined) {
    from.next = known;
    return known;
  }
  if (name.length > LONGEST_NAME) return undefined;
  if (tree.held >= MOST_HELD) {
    tree.root = step('');
    tree.held = 0;
    return undefined;
  }
  tree.held++;
  const made = step(name);
  from.others ??= new Map();
  from.others.set(name, made);
  from.next = made;
  return made;
}

function knownAt(tree: Tree, at: Step, record: Readonly<Record<string, unknown>>): RecordNames | undefined {
  if (!at.isEnd) {
    at.isEnd = true;
    return undefined;
  }
  if (at.known === undefined) {
    const names = Object.keys(record);
    tree.held += names.length;
    at.known = workOut(names);
  }
  return at.known ?? undefined;
}

function workOut(names: readonly string[]): RecordNames | null {
  if (names.some(isReserved)) return null;
  return {
    meanings: meaningsOf(names),
    times: TIME_NAMES.filter((name) => names.includes(name)),
    signatures: dispatcher.signaturesOf(names),
    mayBeDocker: mayBeDocker(names),
    mayBeJournal: mayBeJournalEntry(names),
    mayBeTaken: mayBeTaken(names),
    mayBeTold: mayBeTold(names),
  };
}
