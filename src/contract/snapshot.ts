/**
 * One look at a machine's health, and what its score says of it.
 *
 * `sources/host-metrics` takes a `HostSnapshot`; it travels as an ordinary event (dataset `porchlight.snapshot`, the whole of it as JSON
 * text in `porchlight.snapshot`). The pipeline adds what the logs say of logins, computes the score (`detect/score`, pure) and
 * the commit keeps a `ScoredSnapshot`, for `/api/metrics`, `/api/score`, `/api/hosts`, the live stream and `monitor_metrics.jsonl`.
 */

export const SNAPSHOT_DATASET = 'porchlight.snapshot';
/** What feeds ask for where nobody asked for anything: looks at machines every few seconds are for the charts. */
export const FEED_QUERY = `-event.dataset:${SNAPSHOT_DATASET}`;
/** The field of the event that holds the HostSnapshot as JSON. */
export const SNAPSHOT_FIELD = 'porchlight.snapshot';

export interface ProcessUse {
  readonly pid: number;
  readonly name: string;
  readonly user: string;
  /** Percent of one CPU since the last snapshot; may go over 100. */
  readonly cpu: number;
  /** Percent of memory. */
  readonly memory: number;
}

export interface DiskUse {
  readonly mount: string;
  /** Bytes. */
  readonly total: number;
  readonly used: number;
}

export interface Listener {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  /** '' where it cannot be seen. */
  readonly process: string;
}

export interface RecentLogin {
  readonly user: string;
  /** Address or host; '' for a console. */
  readonly from: string;
  /** ms since the epoch. */
  readonly at: number;
  /** ms; null: still in. */
  readonly until: number | null;
}

/** What `sources/host-metrics` sees. `null`: this system does not say. */
export interface HostSnapshot {
  readonly host: string;
  /** False: it sleeps now and then, as laptops do, and its silence is no outage. Absent (an older look): it does not. */
  readonly always_on?: boolean | undefined;
  /** ms since the epoch. */
  readonly at: number;
  /** ms the figures that are rates cover; 0 for the first look, where they are 0. */
  readonly span: number;
  readonly cpus: number;
  /** Seconds since boot. */
  readonly uptime: number;
  /** Load average over 1, 5 and 15 minutes. */
  readonly load: readonly [number, number, number];
  /** Percent of all CPUs in use over `span`. */
  readonly cpu: number | null;
  /** Bytes. */
  readonly memory: { readonly total: number; readonly used: number };
  readonly swap: { readonly total: number; readonly used: number } | null;
  readonly disks: readonly DiskUse[];
  /** Most CPU first, at most 10; the one that holds most memory is always among them. */
  readonly processes: readonly ProcessUse[];
  /** Established TCP connections and connected UDP sockets; peers: most first, at most 10. */
  readonly connections: {
    readonly established: number;
    readonly peers: readonly { readonly address: string; readonly count: number }[];
  } | null;
  readonly listeners: readonly Listener[];
  /** Bytes a second over `span`, of interfaces with a device behind them; where none has one, of all but loopback. */
  readonly network: { readonly in: number; readonly out: number } | null;
  /** Newest first, at most 10. */
  readonly logins: readonly RecentLogin[];
}

/** What the last authentication lines of a host say; counted by the pipeline. */
export interface AuthSummary {
  /** How many of the last lines were looked at, at most 300. */
  readonly lines: number;
  readonly failed: number;
  /** Who failed most, most first, at most 5. */
  readonly failedBy: readonly { readonly address: string; readonly count: number }[];
  readonly sudo: number;
}

export const MONITOR_METRICS = [
  'cpu_load',
  'memory_used_pct',
  'established_connections',
  'failed_logins',
  'high_cpu_processes',
] as const;
export type MonitorMetric = (typeof MONITOR_METRICS)[number];
export const MONITOR_LEVELS = ['info', 'warning', 'alert'] as const;
export type MonitorLevel = (typeof MONITOR_LEVELS)[number];

/** One line of `monitor_metrics.jsonl`'s `entries`. */
export interface MonitorEntry {
  readonly level: MonitorLevel;
  readonly metric: MonitorMetric;
  readonly value: number;
  readonly message: string;
}

/** Where points went: one row a cause. */
export interface LedgerRow {
  readonly points: number;
  /** The metric, or `alert` for an open critical or high alert. */
  readonly metric: MonitorMetric | 'alert';
  readonly value: number;
  readonly threshold: number;
  /** In words: '212 failed logins in the last 300 lines'. */
  readonly reason: string;
  /** The process, address or alert id behind it; '' when none. */
  readonly culprit: string;
}

export const SCORE_BANDS = ['normal', 'minor', 'look', 'serious'] as const;
export type ScoreBand = (typeof SCORE_BANDS)[number];

export interface Score {
  /** 0 to 100, whole. */
  readonly score: number;
  readonly band: ScoreBand;
  /** Most points first. */
  readonly ledger: readonly LedgerRow[];
  /** One a metric, in the order of MONITOR_METRICS. */
  readonly entries: readonly MonitorEntry[];
}

export interface ScoredSnapshot {
  readonly snapshot: HostSnapshot;
  readonly auth: AuthSummary;
  readonly score: Score;
  /** Imported from the files of an earlier monitor: only what these hold is known, and it is no news to anybody. */
  readonly historic?: true;
}
