/**
 * Backtests that are asked for over HTTP, each in a thread of its own that ends with it. Steps are asked for one by one: while nobody reads
 * the answer, nothing is done.
 */
import { type Backend, RuleRefused, type Trial } from '#api';
import { type BacktestFound, CodedError, isoTime, type Level } from '#contract';
import type { Beginning, Step } from '../backtest-worker.ts';
import type { RulePlaces } from '../rules/places.ts';
import { type BacktestThread, startBacktestThread } from '../threads.ts';
import type { BacktestResult } from './backtest.ts';
import { outcomeOf } from './outcome.ts';
import { dayOf } from './plan.ts';

export interface BacktestOptions {
  readonly dataFolder: string;
  readonly places: () => RulePlaces;
  readonly notifyLevel: Level;
  /** ms that one may take; ten minutes unless given. */
  readonly patience?: number;
}

type Line = ReturnType<Backend['backtest']> extends AsyncIterable<infer L> ? L : never;

/** At a time: each has a core to itself. */
const AT_A_TIME = 2;
const PATIENCE = 10 * 60_000;
/** Alerts and messages that are sent whole. */
const SHOWN = 20;
const HALF_DAY = 43_200_000;
const MOST_DAYS = 3660;

export function backtests({
  dataFolder,
  places,
  notifyLevel,
  patience = PATIENCE,
}: BacktestOptions): Backend['backtest'] {
  let running = 0;
  return async function* run(trial, signal) {
    if (running >= AT_A_TIME) throw new CodedError('BUSY', `${running} rules are being tried already.`);
    running++;
    const thread = startBacktestThread({ dataFolder, places: places(), notifyLevel, patience, ...trial });
    try {
      yield* linesOf(thread, trial, { signal, notifyLevel });
    } finally {
      await thread.stop();
      running--;
    }
  };
}

interface Pace {
  readonly signal: AbortSignal;
  readonly notifyLevel: Level;
}

async function* linesOf(
  thread: BacktestThread,
  trial: Trial,
  { signal, notifyLevel }: Pace,
): AsyncGenerator<Line, void, void> {
  yield begunOf(await thread.begin(signal), trial, notifyLevel);
  const days = daysOf(trial);
  for (;;) {
    const { state, found } = await thread.step(signal);
    if (state !== 'more') return yield doneOf(found, days, state);
    yield { kind: 'so_far', ...figures(found, days) };
  }
}

function begunOf(beginning: Beginning, { rule, from, to }: Trial, notifyLevel: Level): Line {
  if (beginning.kind === 'refused') throw new RuleRefused(beginning.problems);
  if (beginning.kind === 'unknown')
    throw new CodedError('NOT_FOUND', `There is no rule ${'id' in rule ? rule.id : ''}.`);
  const { rules, remarks, total } = beginning;
  return {
    kind: 'begun',
    rules: rules.map(({ id, title, level, alerts, remark }) => ({ id, title, level, alerts, reason: remark })),
    remarks,
    from: isoTime(from),
    to: isoTime(to),
    notify_level: notifyLevel,
    total,
  };
}

/** Every day of the span in this machine's calendar, where that is not centuries. */
function daysOf({ from, to }: Trial): readonly string[] {
  const start = Math.max(from, to - MOST_DAYS * 2 * HALF_DAY);
  const days = new Set<string>();
  for (let time = start; time < to; time += HALF_DAY) days.add(dayOf(time));
  return [...days.add(dayOf(to))];
}

/** Events can be of other days than was asked for: a stamp from the future counts as of its receipt. */
const figures = ({ events, hits, days }: BacktestResult, span: readonly string[]): BacktestFound => ({
  events,
  hits,
  days: [...new Set([...span, ...days.keys()])]
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((day) => ({ day, hits: days.get(day) ?? 0 })),
});

const doneOf = (found: BacktestResult, days: readonly string[], state: Step['state']): Line => ({
  kind: 'done',
  stopped: state === 'out of time' ? 'time' : null,
  ...figures(found, days),
  ...outcomeOf(found, SHOWN),
});
