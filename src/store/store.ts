/**
 * The Store: everything Porchlight keeps, behind one interface that SQLite and ClickHouse both implement.
 * `test/conformance/store.ts` is the suite every implementation must pass.
 *
 * Invariants
 * - `commit` is one transaction: events, alert changes, marks, ledgers and outbox rows are all there or none is.
 * - Batches count up by one. A commit whose batch is not `last + 1` is a bug and throws; nothing is written.
 * - What `commit` resolved for survives kill -9 and power loss.
 * - Reads see whole commits only.
 */
import type {
  AgentReport,
  Alert,
  AlertChange,
  AlertStatus,
  Event,
  EventId,
  Evidence,
  HistoryEntry,
  Level,
  Mark,
  ScoredSnapshot,
} from '#contract';

/** Events of one commit as transferable bytes; `encodeBatch` and `decodeBatch` are its only readers and writers. */
export interface EncodedBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly count: number;
  /** Smallest and largest `@timestamp`, ms; both 0 when empty. */
  readonly minTime: number;
  readonly maxTime: number;
}

/** A message to a person, kept until a notifier has taken it. */
export interface OutboxEntry {
  readonly alertId: string;
  readonly channel: string;
  readonly title: string;
  readonly text: string;
  readonly level: Level;
}

/** A key of an agent. Of the key itself only its SHA-256 is known, in hex. */
export interface AgentKey {
  readonly id: string;
  readonly digest: string;
  /** ms since the epoch. */
  readonly created: number;
  readonly lastUsed: number | null;
}

export interface AgentEntry {
  readonly name: string;
  /** ms since the epoch. */
  readonly added: number;
  readonly revoked: boolean;
  /** It was asked to change its key. */
  readonly rotating: boolean;
  /** A token that was not used yet; only its SHA-256. */
  readonly invitation: { readonly digest: string; readonly expires: number } | null;
  readonly keys: readonly AgentKey[];
}

/** What a batch of an agent leaves beside its events; see `#contract` agent-wire for spools, numbers and gaps. */
export interface AgentCommit {
  readonly agent: string;
  readonly epoch: string;
  /** Id of the key it came under. */
  readonly key: string;
  /** Records by source: committed as events, or left out by the server, with the reason. */
  readonly sources: readonly {
    readonly source: string;
    readonly stored: number;
    readonly dropped: Readonly<Record<string, number>>;
  }[];
  /** `epoch`: the spool whose numbers they are, this one or an earlier one. */
  readonly gaps: readonly (AgentGap & { readonly epoch: string })[];
  /** The agent's clock minus ours, ms. */
  readonly skew?: number;
  readonly report?: AgentReport;
}

export interface AgentGap {
  /** Half-open, sequence numbers. */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  /** When it was declared, ms. */
  readonly at: number;
}

/** An agent's account: of its latest spool; the gaps of all. */
export interface AgentLedger {
  readonly agent: string;
  readonly epoch: string;
  /** `received` of its last commit. */
  readonly seen: number;
  readonly skew: number | null;
  readonly report: AgentReport | undefined;
  readonly sources: AgentCommit['sources'];
  readonly lost: number;
  /** Newest last, at most 200. */
  readonly gaps: readonly AgentGap[];
}

export interface Commit {
  readonly batch: number;
  /** ms since the epoch. */
  readonly received: number;
  readonly events: EncodedBatch;
  /** How many of the events took part in a correlation: a restart reads these batches again to rebuild the windows. */
  readonly hits: number;
  readonly marks: readonly Mark[];
  /** Keys of streams that will not come again. Absent: none. */
  readonly forgotten?: readonly string[];
  readonly alerts: readonly AlertChange[];
  /**
   * Evidence that is one of this commit's own events and left out of `alerts`: for each of these, how many, then slot, ordinal and
   * `@timestamp` of each. Absent: none is left out.
   */
  readonly held?: Float64Array<ArrayBuffer>;
  readonly outbox: readonly OutboxEntry[];
  /** Absent: none. */
  readonly snapshots?: readonly ScoredSnapshot[];
  /** Absent: none. In the order the batches came. */
  readonly agents?: readonly AgentCommit[];
}

/** What the pipeline needs to go on where the last commit ended. */
export interface Recovery {
  readonly lastBatch: number;
  /** `received` of the last commit, 0 when there is none. */
  readonly lastReceived: number;
  readonly eventCount: number;
  readonly marks: readonly Mark[];
  /** Open and acknowledged alerts, which new matches may fold into. */
  readonly alerts: readonly Alert[];
  readonly lastAlertId: number;
}

export interface StoredEvent {
  readonly id: EventId;
  readonly event: Event;
}

export interface StoredBatch {
  readonly batch: number;
  readonly received: number;
  readonly events: EncodedBatch;
}

export interface TimeRange {
  /** Inclusive, ms. */
  readonly from?: number | undefined;
  /** Exclusive, ms. */
  readonly to?: number | undefined;
}

export interface EventQuery extends TimeRange {
  /** Query text; see `parseQuery`. */
  readonly q: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Only events stored after this one, in stored order (batch, ordinal) instead of newest first. */
  readonly after?: EventId | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface Histogram {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly counts: readonly number[];
  readonly total: number;
}

export interface FieldValues {
  readonly field: string;
  readonly distinct: number;
  readonly values: readonly { readonly value: string; readonly count: number }[];
}

export interface TableQuery extends TimeRange {
  /** A statement with a pipe; see `parseStatement`. */
  readonly q: string;
  /** ms; what relative times refer to. */
  readonly now: number;
}

/** What a pipe made of the events that were found. */
export interface Table {
  /** The last one is `count`. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Events that were found. */
  readonly total: number;
  /** Rows there would be without a limit. */
  readonly groups: number;
  /** What was not counted because there were too many groups to keep apart. */
  readonly left_out: number;
}

/** A query that somebody wants again. */
export interface SavedSearch {
  readonly name: string;
  readonly query: string;
  /** ms since the epoch. */
  readonly saved: number;
}

export interface AlertQuery {
  readonly status?: AlertStatus | undefined;
  /** This level or higher. */
  readonly level?: Level | undefined;
  readonly kind?: string | undefined;
  readonly q: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** An alert with what lies beside it. `evidence` by slot order in time; `history` oldest first. */
export interface StoredAlert {
  readonly alert: Alert;
  readonly evidence: readonly Evidence[];
  readonly history: readonly HistoryEntry[];
}

export interface AlertSummary {
  readonly levels: Readonly<Record<Level, number>>;
  readonly statuses: Readonly<Record<AlertStatus, number>>;
  readonly kinds: readonly { readonly kind: string; readonly count: number }[];
  readonly folded: number;
  readonly worst: StoredAlert | undefined;
}

export interface QueuedNotification extends OutboxEntry {
  readonly id: number;
  /** When its commit was received, ms; 0 where an older version did not keep it. */
  readonly queued: number;
  /** Why the last attempt failed; '' before the first. */
  readonly reason: string;
  readonly attempts: number;
  readonly nextAttempt: number;
}

export interface MetricQuery extends TimeRange {
  readonly host: string;
  /** The newest so many. */
  readonly limit: number;
}

/** A machine's health at one moment. */
export interface MetricPoint {
  /** ms since the epoch. */
  readonly at: number;
  readonly score: number;
  /** Over one minute. */
  readonly load: number;
  readonly cpus: number;
  readonly memory_pct: number;
  readonly connections: number | null;
}

export interface Store {
  recover(): Promise<Recovery>;
  /** Batches with correlation hits, newest first, at most `limit`, before `beforeBatch`. */
  correlatedBatches(beforeBatch: number, limit: number): Promise<readonly StoredBatch[]>;
  commit(commit: Commit): Promise<void>;

  /** Throws CodedError BAD_QUERY with the place in the text. */
  events(query: EventQuery, signal?: AbortSignal): Promise<Page<StoredEvent>>;
  histogram(
    query: TimeRange & { readonly q: string; readonly bins: number; readonly now: number },
    signal?: AbortSignal,
  ): Promise<Histogram>;
  values(
    query: TimeRange & { readonly q: string; readonly field: string; readonly limit: number },
    signal?: AbortSignal,
  ): Promise<FieldValues>;

  /** Throws CodedError BAD_QUERY also where the statement has no pipe. */
  table(query: TableQuery, signal?: AbortSignal): Promise<Table>;

  /** Names of the fields that the newest events have, sorted: of so many events as can be told at once. */
  fields(signal?: AbortSignal): Promise<readonly string[]>;

  /** By name. */
  searches(): Promise<readonly SavedSearch[]>;
  /** Makes or replaces the one of that name. */
  saveSearch(search: SavedSearch): Promise<void>;
  /** False where there is none of that name. */
  removeSearch(name: string): Promise<boolean>;

  /** Evidence of listed alerts: the first 3 and the last 7. */
  alerts(query: AlertQuery): Promise<Page<StoredAlert>>;
  alert(id: string): Promise<StoredAlert | undefined>;
  /** `since`: kinds count alerts last seen at or after this time. */
  summary(since: number): Promise<AlertSummary>;

  /** Due notifications, oldest first; of one channel where it is named. */
  outbox(now: number, limit: number, channel?: string): Promise<readonly QueuedNotification[]>;
  /** Taken by the provider, or given up: removed. */
  delivered(id: number): Promise<void>;
  /** Failed: tried again at `nextAttempt`. */
  postponed(id: number, nextAttempt: number, reason: string): Promise<void>;

  /** The last look at each machine, by name. */
  snapshots(): Promise<readonly ScoredSnapshot[]>;
  /** Oldest first. */
  metrics(query: MetricQuery): Promise<readonly MetricPoint[]>;
  /** The last score at or before `at`, not older than `within` ms before it. */
  scoreAt(host: string, at: number, within: number): Promise<number | undefined>;

  /** Who may send as an agent, by name. */
  agents(): Promise<readonly AgentEntry[]>;
  /** Makes or replaces the entry. `lastUsed` of keys that are kept stays as commits left it. */
  saveAgent(entry: AgentEntry): Promise<void>;
  /**
   * Ends the invitation and makes `key` the only key, in one transaction. False where there is no such invitation (any more): then
   * nothing was changed.
   */
  redeemInvitation(name: string, digest: string, key: AgentKey): Promise<boolean>;
  /** Entry, keys and ledger; marks and events stay. */
  removeAgent(name: string): Promise<void>;
  /** By name; agents that never sent anything have none. */
  ledgers(): Promise<readonly AgentLedger[]>;

  close(): Promise<void>;
}
