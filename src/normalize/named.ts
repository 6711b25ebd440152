/**
 * The names of a record, flat → the same under ECS names, each value in the form that rules and the store compare. One pass: what a name
 * means is looked up once for each spelling, so that a record is only ever asked for names that it has.
 */
import { type Fields, type FieldValue, newFields } from '#contract';
import { type Alias, aliasesOf, integer, TIME_NAMES } from './aliases.ts';
import type { NormalizeContext } from './context.ts';
import { fieldOf, put } from './fields.ts';
import { jsonText } from './flatten.ts';

export interface Named {
  readonly said: Fields;
  /** It holds one of the names that a time may stand under. */
  readonly hasTime: boolean;
  /** The sender has said what happened: its message is for people, and may quote an attacker. */
  readonly isFinished: boolean;
}

/** Ours to say: a sender's own value is kept beside it and cannot stand for another agent or another time. */
const OURS: readonly (readonly [field: string, keptAs: string])[] = [
  ['agent.id', 'porchlight.claimed_agent'],
  ['event.id', 'porchlight.claimed_event_id'],
  ['event.ingested', 'porchlight.claimed_ingested'],
];

const OUR_VOICE: readonly (readonly [field: string, keptAs: string])[] = [
  ['labels.product', 'porchlight.claimed_product'],
  ['event.dataset', 'porchlight.claimed_dataset'],
];

/** Fields that rules and the store compare as text, as numbers, as lists. */
const TEXTS = [
  'message',
  'host.name',
  'user.name',
  'process.name',
  'source.ip',
  'event.action',
  'event.outcome',
  'event.dataset',
];
const NUMBERS = ['process.pid', 'source.port', 'destination.port'];
const LISTS = ['event.category', 'event.type'];
const FINISHED = ['event.action', 'event.category', 'labels.service'];

/** What a field needs besides being copied, as bits. */
const OWN = 1;
const TEXT = 2;
const NUMBER = 4;
const LIST = 8;
const VOICE = 16;
const TIME = 32;
const FINISH = 64;

const duties = new Map<string, number>();
for (const [bit, fields] of [
  [OWN, OURS.map(([field]) => field)],
  [TEXT, TEXTS],
  [NUMBER, NUMBERS],
  [LIST, LISTS],
  [VOICE, OUR_VOICE.map(([field]) => field)],
  [TIME, TIME_NAMES],
  [FINISH, FINISHED],
] as const) {
  for (const field of fields) duties.set(field, (duties.get(field) ?? 0) | bit);
}

const dutyOf = (field: string): number => duties.get(field) ?? 0;

interface Candidate extends Alias {
  /** What the field needs. */
  readonly duty: number;
  /** The record may have the field itself. */
  readonly contested: boolean;
}

export interface Meaning {
  readonly aliases: readonly Candidate[];
  readonly duty: number;
}

/** Names come with the data: so many are remembered in the sender's spelling, then all are forgotten. */
const MAX_SPELLINGS = 4096;
const remembered = new Map<string, Meaning>();

function meaningOf(key: string): Meaning {
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const made = meaning(key, true);
  if (remembered.size >= MAX_SPELLINGS) remembered.clear();
  // A long name is one sender's own: not worth the memory.
  if (key.length <= 256) remembered.set(key, made);
  return made;
}

function meaning(key: string, contested: boolean, there?: ReadonlySet<string>): Meaning {
  const aliases = aliasesOf(key).filter(({ field }) => field !== key);
  return {
    aliases: aliases.map(({ field, rank, read }) => ({
      field,
      rank,
      read,
      duty: dutyOf(field),
      contested: contested || there?.has(field) === true,
    })),
    duty: dutyOf(key),
  };
}

/** Of all names of a record. */
export function meaningsOf(names: readonly string[]): readonly Meaning[] {
  const there = new Set(names);
  return names.map((key) => (aliasesOf(key).length === 0 ? meaningOf(key) : meaning(key, false, there)));
}

interface Chosen {
  readonly field: string;
  readonly duty: number;
  key: string;
  rank: number;
  value: FieldValue;
}

/** `except` is a field that is settled already, `meanings` those of the record's names, where they are known. */
export function named(
  flat: Fields,
  meanings: readonly Meaning[] | undefined,
  except: string | undefined,
  context: NormalizeContext,
  trusted: boolean,
): Named {
  const said = newFields();
  const chosen: Chosen[] = [];
  let duty = 0;
  let at = 0;
  for (const key in flat) {
    const value = flat[key] ?? null;
    const { aliases, duty: own } = meanings?.[at++] ?? meaningOf(key);
    if (aliases.length > 0 && choose(chosen, said, flat, key, value, aliases, except)) continue;
    if (own !== 0) duty |= leftOf(own, value);
    said[key] = value;
  }
  for (const { field, value, duty: own } of chosen) {
    if (own !== 0) duty |= leftOf(own, value);
    said[field] = value;
  }
  if ((duty & (OWN | TEXT | NUMBER | LIST)) !== 0) shape(said, duty);
  if ((duty & VOICE) !== 0 && !trusted) disown(said, context);
  const isFinished = (duty & FINISH) !== 0 && FINISHED.some((field) => fieldOf(said, field) !== undefined);
  return { said, hasTime: (duty & TIME) !== 0, isFinished };
}

/** What is still to do: most values are as they should be. */
function leftOf(duty: number, value: FieldValue): number {
  if (typeof value === 'string') return duty & ~TEXT;
  if (typeof value === 'number') return integer(value) === value ? duty & ~NUMBER : duty;
  return typeof value === 'object' ? duty & ~LIST : duty;
}

/** True where the value stands for a field: the sender's own ECS name wins, then the alias of the best rank. */
function choose(
  chosen: Chosen[],
  said: Fields,
  flat: Fields,
  key: string,
  value: FieldValue,
  aliases: readonly Candidate[],
  except: string | undefined,
): boolean {
  for (const { field, rank, read, duty, contested } of aliases) {
    if (field === except || (contested && (fieldOf(flat, field) ?? null) !== null)) continue;
    const fitting = read(value);
    if (fitting === undefined) continue;
    const other = chosenFor(chosen, field);
    if (other === undefined) {
      chosen.push({ field, duty, key, rank, value: fitting });
      return true;
    }
    if (other.rank <= rank) return false;
    put(said, other.key, flat[other.key]);
    other.key = key;
    other.rank = rank;
    other.value = fitting;
    return true;
  }
  return false;
}

function chosenFor(chosen: readonly Chosen[], field: string): Chosen | undefined {
  for (const one of chosen) if (one.field === field) return one;
  return undefined;
}

function shape(said: Fields, duty: number): void {
  if ((duty & OWN) !== 0) {
    for (const [field, keptAs] of OURS) {
      const value = fieldOf(said, field);
      if (value === undefined) continue;
      put(said, keptAs, value);
      delete said[field];
    }
  }
  if ((duty & TEXT) !== 0) for (const field of TEXTS) asText(said, field);
  if ((duty & NUMBER) !== 0) {
    for (const field of NUMBERS) {
      const value = fieldOf(said, field);
      if (value !== undefined) put(said, field, integer(value) ?? value);
    }
  }
  if ((duty & LIST) === 0) return;
  for (const field of LISTS) {
    const value = fieldOf(said, field);
    if (value !== undefined && value !== null && typeof value !== 'object') put(said, field, [String(value)]);
  }
}

function asText(said: Fields, field: string): void {
  const value = fieldOf(said, field);
  if (value === null) delete said[field];
  else if (value !== undefined && typeof value !== 'string') put(said, field, jsonText(value));
}

/** Only our own sources speak as Porchlight: anybody else could forge a visit to the honeypot. */
function disown(said: Fields, context: NormalizeContext): void {
  for (const [field, keptAs] of OUR_VOICE) {
    const value = fieldOf(said, field);
    if (value === undefined || !jsonText(value).toLowerCase().includes('porchlight')) continue;
    put(said, keptAs, value);
    delete said[field];
    context.count('claimed_our_voice');
  }
}
