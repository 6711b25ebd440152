/** The thread of a backtest that somebody asked the server for. It reads the store by itself, so commits and searches are not held up. */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Level, RuleProblem } from '#contract';
import { openReader } from '#store';
import type { Backtest, BacktestResult, Stored } from './backtest/backtest.ts';
import { begin, type Judged, ofId, ofText, queryOf, SENT } from './backtest/plan.ts';
import { pagesOf } from './backtest/stored.ts';
import { type Port, serve } from './rpc.ts';
import { placed } from './rules/locate.ts';
import type { RulePlaces } from './rules/places.ts';

export interface BacktestJob {
  readonly dataFolder: string;
  readonly places: RulePlaces;
  readonly notifyLevel: Level;
  readonly rule: { readonly text: string } | { readonly id: string };
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly host: string | undefined;
  /** ms that it may take. */
  readonly patience: number;
}

export type Beginning =
  | { readonly kind: 'refused'; readonly problems: readonly RuleProblem[] }
  /** No rule of that id. */
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'begun';
      readonly rules: readonly Judged[];
      readonly remarks: readonly RuleProblem[];
      readonly total: number;
    };

export interface Step {
  readonly state: 'more' | 'done' | 'out of time';
  /** As of now; samples, alerts and messages only where nothing follows. */
  readonly found: BacktestResult;
}

/** ms of work between two words of how far it is. */
const STEP = 250;

const job = workerData as BacktestJob;
const reader = openReader(join(job.dataFolder, 'porchlight.db'), { searchLimit: job.patience });
const span = { from: job.from, to: job.to, q: queryOf(job.host) };
/** Ends with the thread: a step that was given up is the last one. */
const never = new AbortController().signal;
const last = performance.now() + job.patience;
let work: Backtest | undefined;
let pages: AsyncIterator<readonly Stored[]> | undefined;

async function start(signal: AbortSignal): Promise<Beginning> {
  const { rule, places, dataFolder } = job;
  const tried = 'id' in rule ? ofId(rule.id, places, dataFolder) : ofText(rule.text, places, dataFolder);
  if ('id' in rule && tried.entries.length === 0) return { kind: 'unknown' };
  const begun = begin(tried, places, job.notifyLevel);
  const files = new Set('text' in rule ? [SENT] : tried.entries.map(({ document }) => document.file));
  const isTried = ({ file }: RuleProblem): boolean => files.has(file);
  const problems = [...tried.problems, ...begun.work.problems].filter(isTried);
  const first = { file: SENT, line: 1, title: '', reason: 'there is no rule in it' };
  if (problems.length > 0) return { kind: 'refused', problems: located(problems) };
  if (begun.work.rules === 0) return { kind: 'refused', problems: [first] };
  const { total } = await reader.histogram({ ...span, bins: 1, now: job.to }, signal);
  work = begun.work;
  pages = pagesOf(reader, span, never)[Symbol.asyncIterator]();
  return { kind: 'begun', rules: begun.verdicts, remarks: located(begun.work.remarks.filter(isTried)), total };
}

const located = (problems: readonly RuleProblem[]): readonly RuleProblem[] =>
  'text' in job.rule
    ? placed(problems, () => ('text' in job.rule ? job.rule.text : ''))
    : problems.map(({ at: _at, ...problem }) => problem);

async function step(signal: AbortSignal): Promise<Step> {
  if (work === undefined || pages === undefined) throw new Error('It has not begun.');
  const end = performance.now() + STEP;
  for (;;) {
    const { value, done } = await pages.next();
    if (done === true) return { state: 'done', found: work.result() };
    work.look(value);
    // An abort is a message: it is heard between two turns.
    await nextTurn();
    signal.throwIfAborted();
    if (performance.now() >= last) return { state: 'out of time', found: work.result() };
    if (performance.now() >= end) return { state: 'more', found: briefly(work.result()) };
  }
}

/** While it goes on only the figures are told. */
const briefly = (found: BacktestResult): BacktestResult => ({ ...found, samples: [], alerts: [], pushes: [] });

serve(parentPort as Port, {
  begin: (_, signal) => start(signal),
  step: (_, signal) => step(signal),
});
