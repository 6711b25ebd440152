/**
 * All that the API needs of the rest: the store to read, and the hub to write through. `app` passes the real one in.
 * Nothing here writes to the store directly: every change goes through the hub in one order.
 */
import type { AlertStatus, BacktestLine, EventId, ListedRule, RuleList, SourceStatus, ScoredSnapshot } from '#contract';
import type { Counters } from '#lib/counters';
import type { Kept, Store, StoreDamage, StoredEvent } from '#store';
import type { AgentDesk } from './agents.ts';
import type { DeepReadonly } from './deep-readonly.ts';

/** One POST: bytes after inflating, and who sent them. The bytes are transferred: the caller must not touch them again. */
export interface Submission {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The agent it counts as: the key's name, or `local`. */
  readonly agent: string;
  /** `Idempotency-Key`, where the sender gave one: the same key is counted once. */
  readonly idempotencyKey: string | undefined;
}

export interface SubmissionResult {
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}

/** One batch of an enrolled agent: bytes after inflating. The bytes are transferred: the caller must not touch them again. */
export interface AgentSubmission {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Its name, by its key. */
  readonly agent: string;
  /** Id of that key. */
  readonly key: string;
}

/** What a commit brought, for whoever watches live. */
export interface CommitNotice {
  readonly batch: number;
  readonly alertIds: readonly string[];
  /** The last few events of the commit, at most 50, oldest first. */
  readonly preview: readonly StoredEvent[];
  readonly eventCount: number;
  readonly last: EventId | undefined;
  /** Machines that were scored in this commit. Absent: none. */
  readonly snapshots?: readonly ScoredSnapshot[];
}

/** A rule to be tried on what is stored: by its text, or by the id of one that is listed. */
export interface Trial {
  readonly rule: { readonly text: string } | { readonly id: string };
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Events of this machine only. */
  readonly host: string | undefined;
}

export interface Backend {
  readonly version: string;
  /** ms since the epoch. */
  readonly started: number;
  readonly hostName: string;
  /** ms between two looks at this machine. */
  readonly checkEvery: number;
  readonly store: Store;
  readonly counters: Counters;
  sources(): readonly SourceStatus[];
  rules(): RuleList;
  /** Switches a rule by hand; undefined leaves it to the configuration again. Resolves once that is in force; undefined: no such rule. */
  switchRule(id: string, to: 'on' | 'off' | undefined): Promise<ListedRule | undefined>;
  /** Reads the rules anew; resolves once they are in force. Throws CodedError CONFIG where the configuration is broken. */
  reloadRules(): Promise<RuleList>;
  /**
   * Tries a rule on what is stored: `begun`, `so_far` every now and then, `done`. Whoever stops reading ends it; while nobody reads, it
   * waits. The first line throws RuleRefused, or CodedError NOT_FOUND or BUSY.
   */
  backtest(trial: Trial, signal: AbortSignal): AsyncIterable<DeepReadonly<BacktestLine>>;
  lastBatch(): number;
  eventCount(): number;
  /** What is kept, as of the last tidying; undefined before the first. */
  kept(): Kept | undefined;
  /** What of it is known to be damaged. */
  damages(): readonly StoreDamage[];
  /** undefined: none was ever made. `made` in ms. */
  lastBackup(): { readonly made: number; readonly days: number; readonly isOld: boolean } | undefined;
  /** Resolves after the commit. Throws CodedError BAD_BODY, STORE_FAILED or BUSY; then nothing was accepted. */
  submit(submission: Submission): Promise<SubmissionResult>;
  /** Resolves after the commit; false when there is no such alert. */
  setAlertStatus(id: string, status: AlertStatus, by: string, note: string): Promise<boolean>;
  readonly agents: AgentDesk;
  /** Calls back after every commit until the returned function is called. */
  onCommit(listener: (notice: CommitNotice) => void): () => void;
}
