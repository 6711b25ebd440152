/**
 * Where the picture comes from. Beside a server it is asked over HTTP; without one a monitor in this process looks itself.
 * `look` gives everything at once; a part that could not be had says why, and only when nobody answers at all it throws.
 */
import {
  ApiError,
  type Client,
  type Level,
  LEVELS,
  type RouteResponse,
  type ScoredSnapshot,
  type SourceStatus,
  type WireAlert,
  type WireEvent,
} from '#contract';
import { levelOrder } from '#ui/model';
import { HISTORY, type Part, type Point, type TopData } from './state.ts';

export interface TopSource {
  readonly kind: 'server' | 'monitor';
  look(signal: AbortSignal): Promise<TopData>;
  /** The alert with all its evidence and history. */
  alert(id: string, signal: AbortSignal): Promise<WireAlert>;
  /** Resolves when it is on disk. */
  acknowledge(id: string, signal: AbortSignal): Promise<void>;
  /** One item whenever another look is worth its while before the interval is over. It may throw and is opened again. */
  wakes?(signal: AbortSignal): AsyncIterable<unknown>;
}

export interface ServerSourceOptions {
  readonly client: Client;
  /** Another machine than the server's own. */
  readonly host?: string;
  readonly wakes?: (signal: AbortSignal) => AsyncIterable<unknown>;
}

const AUTH_QUERY = 'labels.category:authentication';
const AUTH_EVENTS = 200;
const ALERTS = 200;

export function serverSource({ client, host, wakes }: ServerSourceOptions): TopSource {
  return {
    kind: 'server',
    async look(signal) {
      const q = host === undefined ? AUTH_QUERY : `${AUTH_QUERY} host.name:"${host.replace(/["\\]/g, '')}"`;
      // Whether anybody is there is told by the first; the others may each be refused by themselves.
      const [health, score, past, open, summary, events, agents] = await Promise.all([
        client.call('health', { signal }),
        part(client.call('score', { query: { host }, signal }), 'nobody looked at this machine yet'),
        part(client.call('listMetrics', { query: { host, limit: HISTORY }, signal }), 'no history'),
        part(client.call('listAlerts', { query: { status: 'open', limit: ALERTS }, signal }), 'no alerts'),
        part(client.call('alertSummary', { signal }), 'no counts'),
        part(client.call('listEvents', { query: { q, limit: AUTH_EVENTS }, signal }), 'no events'),
        part(client.call('listAgents', { signal }), 'no agents'),
      ]);
      const worst = 'value' in summary ? summary.value.worst : null;
      return {
        host: host ?? health.host,
        version: health.version,
        snapshot: mapPart(score, scoredOf),
        every: health.check_every ?? 0,
        yesterday: 'value' in score ? score.value.yesterday : null,
        history: 'value' in past ? past.value.items.map(pointOf) : [],
        alerts: mapPart(open, ({ items }) => worstFirst(withWorst(items, worst))),
        levels: mapPart(summary, ({ levels }) => levels),
        authEvents: mapPart(events, ({ items }) => items),
        sources: { value: health.sources },
        agents: mapPart(agents, ({ items }) => items),
        ...(health.damage === undefined ? {} : { damage: health.damage }),
        ...(health.backup === undefined ? {} : { backup: health.backup }),
        events: health.events,
      };
    },
    alert: (id, signal) => client.call('getAlert', { params: { id }, signal }),
    async acknowledge(id, signal) {
      await client.call('patchAlert', { params: { id }, body: { status: 'acknowledged' }, signal });
    },
    ...(wakes === undefined ? {} : { wakes }),
  };
}

const scoredOf = ({ snapshot, auth, score, band, ledger, entries }: RouteResponse<'score'>): ScoredSnapshot => ({
  snapshot,
  auth,
  score: { score, band, ledger, entries },
});

/** The server keeps no traffic; what this process saw of it is put in later. */
const pointOf = ({
  at,
  score,
  load,
  memory_pct,
  connections,
}: RouteResponse<'listMetrics'>['items'][number]): Point => ({
  at: Date.parse(at),
  score,
  load,
  memory: memory_pct,
  connections,
  in: null,
  out: null,
});

/** An answer of its own, or why there is none. That nobody answers at all is not a matter of one part. */
async function part<T>(answer: Promise<T>, missing: string): Promise<Part<T>> {
  try {
    return { value: await answer };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { missing: error.problem.status === 404 ? missing : error.message };
  }
}

const mapPart = <T, U>(from: Part<T>, map: (value: T) => U): Part<U> =>
  'value' in from ? { value: map(from.value) } : from;

/** The list is the newest ones; the worst may be older than all of them. */
const withWorst = (alerts: readonly WireAlert[], worst: WireAlert | null): readonly WireAlert[] =>
  worst === null || alerts.some((alert) => alert.id === worst.id) ? alerts : [worst, ...alerts];

export const worstFirst = (alerts: readonly WireAlert[]): readonly WireAlert[] =>
  alerts.toSorted(
    (a, b) => levelOrder(a.level) - levelOrder(b.level) || Date.parse(b.last_seen) - Date.parse(a.last_seen),
  );

export const countLevels = (alerts: readonly WireAlert[]): Readonly<Record<Level, number>> => {
  const counts: Record<Level, number> = { informational: 0, low: 0, medium: 0, high: 0, critical: 0 };
  for (const level of LEVELS) counts[level] = alerts.filter((alert) => alert.level === level).length;
  return counts;
};

/**
 * A monitor in this process: it looks at this machine, keeps the monitor files and tells people; `top` only draws it.
 * What it has no part in (no rules run here, say) it reports as a missing part with the reason.
 */
export interface LocalMonitor {
  readonly host: string;
  readonly version: string;
  /** ms between two looks. */
  readonly every: number;
  /** One look: measured, scored, written to the files, told to whom it concerns. */
  look(signal: AbortSignal): Promise<ScoredSnapshot>;
  /** Earlier looks, oldest first: from the file of an earlier run, say. */
  history(): readonly Point[];
  alerts(): Part<readonly WireAlert[]>;
  /** Newest first. */
  authEvents(): Part<readonly WireEvent[]>;
  sources(): Part<readonly SourceStatus[]>;
  close(): Promise<void>;
}

export function monitorSource(monitor: LocalMonitor): TopSource {
  return {
    kind: 'monitor',
    async look(signal) {
      const snapshot = await monitor.look(signal);
      const alerts = monitor.alerts();
      return {
        host: monitor.host,
        version: monitor.version,
        snapshot: { value: snapshot },
        every: monitor.every,
        yesterday: null,
        history: monitor.history().slice(-HISTORY),
        alerts: mapPart(alerts, worstFirst),
        levels: mapPart(alerts, countLevels),
        authEvents: monitor.authEvents(),
        sources: monitor.sources(),
        agents: { missing: 'no server' },
        events: undefined,
      };
    },
    alert(id) {
      const alerts = monitor.alerts();
      const found = 'value' in alerts ? alerts.value.find((alert) => alert.id === id) : undefined;
      return found === undefined ? Promise.reject(new Error('This alert is gone.')) : Promise.resolve(found);
    },
    acknowledge: () => Promise.reject(new Error('Without a server there is nothing to acknowledge in.')),
  };
}
