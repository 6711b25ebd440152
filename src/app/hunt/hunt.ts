/**
 * Rules over files, without a server and without a store.
 *
 *                            ┌─▶ inspector (a thread) ─┐
 *     files ─▶ bytes ─▶ pieces                         ├─▶ hits, in the order of the files ─▶ whoever asked
 *       open      piece      └─▶ inspector (a thread) ─┘
 *                                        └─▶ events of correlations ─▶ correlator, at the end ─▶ hits
 *
 * Invariants
 * - Hits come in the order of files and records, however many threads there are; those of correlations come last.
 * - At most so many pieces are in memory as keep all threads busy.
 * - What cannot be read is told with its place, and the rest goes on.
 */
import type { RuleDocument, RuleProblem } from '#contract';
import { reasonOf } from '../import/reason.ts';
import type { Correlated, Correlator, Place } from './correlate.ts';
import type { Crew, Described } from './crew.ts';
import type { Input } from './input.ts';
import type { Findings, InspectorOptions } from './inspect.ts';
import { letGo } from './let-go.ts';
import { type Opened, openInput } from './opened.ts';
import { type Piece, piecesOf } from './piece.ts';
import { type Ruleset, rulesetOf, type Wanted } from './ruleset.ts';

/** Values of Sigma's placeholders, by name. */
export type Placeholders = InspectorOptions['placeholders'];

export interface HuntOptions {
  readonly documents: readonly RuleDocument[];
  /** Of files that held no rules. */
  readonly problems: readonly RuleProblem[];
  readonly wanted: Wanted;
  readonly placeholders: Placeholders;
  readonly mapping: boolean;
  readonly host: string;
  readonly timezone: string;
}

export interface Hit {
  /** The rule's id. */
  readonly rule: string;
  readonly file: number;
  readonly record: number;
  /** As JSON. */
  readonly event: string;
  /** Of a correlation: where the events stand that it is made of, oldest first. */
  readonly evidence?: readonly Place[];
}

/** What became of a file. */
export interface FileTally {
  readonly file: number;
  readonly name: string;
  /** Lines or records that were gone past. */
  places: number;
  records: number;
  damaged: number;
  /** Why nothing more of it was read. */
  failed?: string;
}

export interface HuntMeans {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onHit: (hit: Hit) => void;
  readonly onDamage: (tally: FileTally, record: number, reason: string) => void;
  /** After each piece: `read` bytes of the file on the disk. */
  readonly onProgress: (tally: FileTally, read: number | undefined) => void;
  readonly onRules: (rules: number, problems: readonly RuleProblem[]) => void;
}

export interface Outcome {
  readonly tallies: readonly FileTally[];
  /** The signal ended it. */
  readonly stopped: boolean;
  /** What correlations let go, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** Closes the crew. `read` is called once the crew is on its way, and what it gives is not held on to. */
export async function hunt(
  inputs: readonly Input[],
  crew: Crew,
  read: () => HuntOptions,
  means: HuntMeans,
): Promise<Outcome> {
  const tallies: FileTally[] = [];
  let stopped = false;
  let tell: Teller | undefined;
  let together: Correlator | undefined;
  try {
    ({ tell, together } = await learned(crew, read, means));
    if (crew.isElsewhere) letGo();
    const queue = inOrder(crew, tell.findings);
    for (const [file, input] of inputs.entries()) {
      const tally: FileTally = { file, name: input.name, places: 0, records: 0, damaged: 0 };
      tallies.push(tally);
      await look(input, tally, queue, means);
    }
    await queue.rest();
  } catch (error) {
    if (!means.signal.aborted) throw error;
    stopped = true;
  } finally {
    await crew.close();
  }
  tell?.rest();
  return { tallies, stopped, dropped: together?.dropped() ?? {} };
}

interface Learned {
  readonly together: Correlator | undefined;
  readonly tell: Teller;
}

/** Of the rules nothing is kept here: all who need them have their own. */
async function learned(crew: Crew, read: () => HuntOptions, means: HuntMeans): Promise<Learned> {
  const options = read();
  const { placeholders, mapping, host, timezone } = options;
  const { rules, correlated, correlations, isWanted } = rulesetOf(options.documents, options.wanted);
  const described = crew.learn({ rules, correlated, placeholders, mapping, host, timezone, now: means.now() });
  // Whoever awaits it hears of it.
  described.catch(() => undefined);
  const together = correlations.length === 0 ? undefined : await correlatorOf(correlations, options);
  const { rules: taken, problems } = await described;
  tellRules({ rules: taken, problems: [...options.problems, ...problems] }, together, correlated.length, means);
  return { together, tell: teller(isWanted, together, means) };
}

async function correlatorOf(correlations: readonly RuleDocument[], options: HuntOptions): Promise<Correlator> {
  // Most hunts have none, and then this thread need not know the engine.
  const { correlator } = await import('./correlate.ts');
  return correlator(correlations, options);
}

/** A rule that a correlation needs is in both: it counts once. */
function tellRules(
  { rules, problems }: Described,
  together: Correlator | undefined,
  correlated: number,
  { onRules }: HuntMeans,
): void {
  const files = new Set(problems.map(({ file, line }) => `${file}:${line}`));
  const more = (together?.problems ?? []).filter(({ file, line }) => !files.has(`${file}:${line}`));
  onRules(rules + Math.max(0, (together?.rules ?? 0) - correlated), [...problems, ...more]);
}

/** A fault of the file ends the file. */
async function look(input: Input, tally: FileTally, queue: Queue, means: HuntMeans): Promise<void> {
  const { signal, stdin, onProgress } = means;
  if (input.refused !== undefined) {
    tally.failed = input.refused;
    return;
  }
  try {
    const opened = await openInput(input, stdin, signal);
    for await (const piece of piecesOf(opened.format, opened.content)) {
      signal.throwIfAborted();
      await queue.add(piece, tally, opened);
      onProgress(tally, opened.read());
    }
  } catch (error) {
    if (signal.aborted) throw error;
    tally.failed = reasonOf(error);
  }
}

interface Queue {
  /** Waits until there is room. */
  add(piece: Piece, tally: FileTally, opened: Opened): Promise<void>;
  rest(): Promise<void>;
}

/** Findings come in any order, and go on in that of the pieces. */
function inOrder(crew: Crew, take: (findings: Findings, tally: FileTally) => void): Queue {
  const waiting: { readonly findings: Promise<Findings>; readonly tally: FileTally }[] = [];
  async function next(): Promise<void> {
    const first = waiting.shift();
    if (first !== undefined) take(await first.findings, first.tally);
  }
  return {
    async add(piece, tally, { isSequential, modified }) {
      const findings = crew.inspect(piece, { file: tally.file, name: tally.name, modified, isSequential });
      // Whoever shifts it hears of it.
      findings.catch(() => undefined);
      waiting.push({ findings, tally });
      while (waiting.length > crew.room) await next();
    },
    async rest() {
      while (waiting.length > 0) await next();
    },
  };
}

interface Teller {
  readonly findings: (findings: Findings, tally: FileTally) => void;
  /** What correlations still hold. */
  readonly rest: () => void;
}

function teller(
  isWanted: Ruleset['isWanted'],
  together: Correlator | undefined,
  { onHit, onDamage }: HuntMeans,
): Teller {
  function say(correlated: readonly Correlated[]): void {
    for (const { match, place, evidence, event } of correlated)
      if (isWanted(match.rule)) onHit({ rule: match.rule.id, ...place, event, evidence });
  }
  return {
    findings({ places, records, found, taking, damage }, tally) {
      const { file } = tally;
      const before = tally.places;
      for (const { record, rules, event } of found)
        for (const rule of rules) onHit({ rule, file, record: before + record, event });
      for (const { record, event } of taking) say(together?.take({ file, record: before + record }, event) ?? []);
      for (const { record, reason } of damage) onDamage(tally, before + record, reason);
      tally.records += records;
      tally.damaged += damage.length;
      tally.places += places;
    },
    rest: () => say(together?.end() ?? []),
  };
}
