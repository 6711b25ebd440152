/** `top` on a terminal: looks, keys and ticks change one state, and every change is drawn. */
import type { MonitorLevel } from '#contract';
import { ApiError } from '#contract';
import { backoffDelay, sleep } from '#lib/backoff';
import { frame, scrollLimit } from './frame.ts';
import type { Key } from './keys.ts';
import { fromLevel } from './monitor-level.ts';
import { createPace, type Pace } from './pace.ts';
import { type Act, press } from './press.ts';
import { openScreen, type Screen, type Terminal } from './screen.ts';
import type { TopSource } from './source.ts';
import { FIRST_VIEW, nothingYet, type TopData, type TopState } from './state.ts';
import type { Theme } from './theme.ts';
import { createTraffic } from './traffic.ts';

export interface RunOptions {
  readonly source: TopSource;
  readonly terminal: Terminal;
  readonly theme: Theme;
  readonly host: string;
  readonly version: string;
  /** Seconds. */
  readonly interval: number;
  readonly least: MonitorLevel;
  readonly now: () => number;
  readonly zone?: string;
  readonly signal: AbortSignal;
}

/** Between two looks that were asked for by changes, and between two tries to reach a server. */
const LEAST_REST = 1000;
const RETRY_REST = 2000;
/** A server that took the question but does not answer is as good as gone. */
const ANSWER_MS = 10_000;
const TICK_MS = 1000;
const RECONNECT = { base: 1000, cap: 10_000 } as const;

/** Resolves when the reader quits, the terminal goes or the signal aborts; the terminal is as before then. */
export async function runTop(options: RunOptions): Promise<void> {
  const { source, signal, now } = options;
  const quit = new AbortController();
  const ends = AbortSignal.any([signal, quit.signal]);
  const pace = createPace(ends);
  let state = firstState(options);
  /** What came while the picture stands still. */
  let kept: TopData | undefined;
  const screen = openScreen(options.terminal, {
    onKey: (key) => pressed(key),
    onNeed: () => draw(),
    onGone: () => quit.abort(),
  });

  const draw = (): void => {
    state = { ...state, now: now() };
    screen.draw(frame(state, screen.columns(), screen.rows(), options.theme));
  };
  const change = (part: Partial<TopState>): void => {
    state = { ...state, ...part };
    draw();
  };
  const pressed = (key: Key): void => {
    const { view, act } = press(key, state);
    const resumed = state.paused !== undefined && 'paused' in view && view.paused === undefined;
    state = { ...state, ...view, ...(resumed && kept !== undefined ? kept : {}) };
    if (resumed) kept = undefined;
    state = { ...state, scroll: Math.min(state.scroll, scrollLimit(state, screen.columns(), screen.rows())) };
    if (act !== undefined) void perform(act);
    draw();
  };
  const perform = (act: Act): Promise<void> =>
    answer(act, { source, quit, ends, screen, pace, change, state: () => state });
  const traffic = createTraffic();
  const looked = (data: TopData): void => {
    const { history, rate } = traffic(data, now());
    const seen = { ...fromLevel(data, options.least), history };
    const connection = source.kind === 'monitor' ? 'monitor' : 'live';
    if (state.paused === undefined) return change({ ...seen, rate, connection });
    kept = seen;
    change({ connection, paused: { ...state.paused, waiting: newAlerts(state, seen) } });
  };

  const tick = setInterval(draw, TICK_MS);
  try {
    draw();
    await Promise.all([watch(options, ends, pace, looked, (part) => change(part)), listen(source, ends, pace)]);
  } finally {
    clearInterval(tick);
    quit.abort();
    screen.close();
  }
}

function firstState({ source, host, version, interval, now, zone }: RunOptions): TopState {
  return {
    ...nothingYet(host, version),
    ...FIRST_VIEW,
    now: now(),
    ...(zone === undefined ? {} : { zone }),
    connection: source.kind === 'monitor' ? 'monitor' : 'live',
    interval,
    rate: undefined,
  };
}

const idsOf = ({ alerts }: TopData): readonly string[] => ('value' in alerts ? alerts.value.map(({ id }) => id) : []);

function newAlerts(shown: TopData, now: TopData): number {
  const known = new Set(idsOf(shown));
  return idsOf(now).filter((id) => !known.has(id)).length;
}

/** Looks until the end. A look that fails changes nothing but the word for it: what was seen last stays. */
async function watch(
  { source, interval }: RunOptions,
  ends: AbortSignal,
  pace: Pace,
  looked: (data: TopData) => void,
  change: (part: Partial<TopState>) => void,
): Promise<void> {
  while (!ends.aborted) {
    let rest = interval * 1000;
    try {
      const patience = source.kind === 'server' ? AbortSignal.any([ends, AbortSignal.timeout(ANSWER_MS)]) : ends;
      const data = await source.look(patience);
      if (ends.aborted) return;
      looked(data);
    } catch (error) {
      if (ends.aborted) return;
      rest = Math.min(rest, RETRY_REST);
      if (source.kind === 'server' && !(error instanceof ApiError)) change({ connection: 'reconnecting' });
      else change({ notice: (error as Error).message });
    }
    await pace.rest(rest, LEAST_REST);
  }
}

/** The live stream only says that there is something new. */
async function listen(source: TopSource, ends: AbortSignal, pace: Pace): Promise<void> {
  for (let attempt = 0; source.wakes !== undefined && !ends.aborted; attempt++) {
    try {
      for await (const _ of source.wakes(ends)) {
        attempt = 0;
        pace.wake();
      }
    } catch {
      // Whether the server is gone, or only the stream, the next look tells: it is due now.
      pace.wake();
    }
    await sleep(backoffDelay(attempt, RECONNECT.base, RECONNECT.cap, Math.random), ends).catch(() => undefined);
  }
}

interface Hands {
  readonly source: TopSource;
  readonly quit: AbortController;
  readonly ends: AbortSignal;
  readonly screen: Screen;
  readonly pace: Pace;
  readonly state: () => TopState;
  change(part: Partial<TopState>): void;
}

async function answer(act: Act, { source, quit, ends, screen, pace, state, change }: Hands): Promise<void> {
  try {
    switch (act.kind) {
      case 'quit':
        quit.abort();
        return;
      case 'redraw':
        screen.forget();
        change({});
        return;
      case 'acknowledge':
        await source.acknowledge(act.id, ends);
        change({ ...without(state(), act.id), notice: `Acknowledged ${act.id}.` });
        pace.wake();
        return;
      case 'open': {
        const alert = await source.alert(act.id, ends);
        const { page } = state();
        if (page.kind === 'alert' && page.alert.id === act.id) change({ page: { kind: 'alert', alert } });
      }
    }
  } catch (error) {
    if (!ends.aborted) change({ notice: (error as Error).message });
  }
}

/** The list without an alert that is no longer open; its page closes. */
function without(state: TopState, id: string): Partial<TopState> {
  const { alerts, levels, page } = state;
  if (!('value' in alerts)) return {};
  const gone = alerts.value.find((alert) => alert.id === id);
  if (gone === undefined) return {};
  const count = 'value' in levels ? levels.value[gone.level] : undefined;
  return {
    alerts: { value: alerts.value.filter((alert) => alert !== gone) },
    ...('value' in levels && count !== undefined
      ? { levels: { value: { ...levels.value, [gone.level]: Math.max(0, count - 1) } } }
      : {}),
    ...(page.kind === 'alert' && page.alert.id === id ? { page: { kind: 'panes' }, scroll: 0 } : {}),
  };
}
