/**
 * What the page hears while it is open, at a pace that it can draw.
 *
 * - Signals are gathered and handed on at most every PACE ms: a thousand alerts a second are ten updates.
 * - `resync` says that something may have been missed: a `hello` that is further than the last message, or another start of
 *   the server. Whoever shows a list fetches it again. While the stream is down every POLL ms is a `resync` too.
 */
import type { AgentMessage, EventMessage, SnapshotMessage, WireAlert } from '#contract';
import type { Connection, LiveState, Signal } from './connection.ts';

export interface LiveBatch {
  readonly alerts: readonly WireAlert[];
  readonly events: readonly EventMessage[];
  /** Oldest first. */
  readonly snapshots: readonly SnapshotMessage[];
  /** The newest of each agent. */
  readonly agents: readonly AgentMessage[];
  readonly resync: boolean;
}

export interface Live {
  readonly state: () => LiveState;
  /** Number of the last commit that was heard of. */
  batch(): number | undefined;
  readonly onState: (listener: () => void) => () => void;
  onBatch(listener: (batch: LiveBatch) => void): () => void;
  /** The newest state that `/api/health` told of: a stream that is open but silent while the house goes on is opened again. */
  noteHealth(events: number): void;
  retry(): void;
  close(): void;
}

const PACE = 100;
const POLL = 5000;
/** More alerts than this in one update are not worth merging one by one: fetch again. */
const MOST = 500;

export function createLive(open: (emit: (signal: Signal) => void) => Connection): Live {
  const stateListeners = new Set<() => void>();
  const batchListeners = new Set<(batch: LiveBatch) => void>();
  let state: LiveState = 'connecting';
  let last: number | undefined;
  let started: string | undefined;
  let alerts = new Map<string, WireAlert>();
  let events: EventMessage[] = [];
  let snapshots: SnapshotMessage[] = [];
  let agents = new Map<string, AgentMessage>();
  let resync = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let flushed = 0;
  let poll: ReturnType<typeof setInterval> | undefined;
  const silence = watchSilence();

  const flush = (): void => {
    timer = undefined;
    flushed = Date.now();
    const batch: LiveBatch = { alerts: [...alerts.values()], events, snapshots, agents: [...agents.values()], resync };
    alerts = new Map();
    agents = new Map();
    events = [];
    snapshots = [];
    resync = false;
    for (const listener of batchListeners) listener(batch);
  };
  const soon = (): void => {
    timer ??= setTimeout(flush, Math.max(0, flushed + PACE - Date.now()));
  };
  const missed = (): void => {
    resync = true;
    soon();
  };

  const setState = (next: LiveState): void => {
    if (next === state) return;
    state = next;
    clearInterval(poll);
    poll = next === 'live' ? undefined : setInterval(missed, POLL);
    for (const listener of stateListeners) listener();
  };
  const hear = (signal: Signal): void => {
    if (signal.type === 'state') return setState(signal.state);
    const { message } = signal;
    if (message.event === 'hello') {
      const moved = last !== undefined && (message.id !== last || message.data.started !== started);
      started = message.data.started;
      if (moved) missed();
    } else {
      silence.heard();
      if (message.event === 'alert') for (const alert of message.data.alerts) alerts.set(alert.id, alert);
      else if (message.event === 'snapshot') snapshots.push(message.data);
      else if (message.event === 'event') events.push(message.data);
      else agents.set(message.data.name, message.data);
      if (alerts.size > MOST || events.length > MOST || snapshots.length > MOST) {
        alerts = new Map();
        events = [];
        snapshots = [];
        resync = true;
      }
      soon();
    }
    last = message.id;
  };

  poll = setInterval(missed, POLL);
  const connection = open(hear);
  return {
    state: () => state,
    batch: () => last,
    onState: (listener) => subscribe(stateListeners, listener),
    onBatch: (listener) => subscribe(batchListeners, listener),
    noteHealth: (count) => {
      if (state === 'live' && silence.suspicious(count)) connection.retry();
    },
    retry: () => connection.retry(),
    close: () => {
      connection.close();
      clearInterval(poll);
      clearTimeout(timer);
    },
  };
}

/**
 * A connection can die without a word (a cable, a sleeping laptop). Two looks at the server's event count that both say
 * 'more', with nothing heard since before the first, mean that it did.
 */
function watchSilence(): { heard(): void; suspicious(events: number): boolean } {
  let before: number | undefined;
  let grown = false;
  let quiet = true;
  return {
    heard: () => {
      quiet = false;
      grown = false;
    },
    suspicious: (events) => {
      const more = before !== undefined && events > before;
      const verdict = grown && quiet;
      grown = more && quiet;
      quiet = true;
      before = events;
      return verdict;
    },
  };
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
