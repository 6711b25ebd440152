/**
 * What an agent sends to the server's agents' listener, and what it gets back. Shared by both ends.
 *
 * `POST /api/agent/batches`, `Authorization: Bearer KEY`, gzip or zstd, NDJSON: one `BatchHead`, then one `WireRecord` a line, in
 * order; the record on line i (from 1) has sequence number `head.from + i - 1`, and `head.to - head.from` records follow. An empty
 * batch (`from === to`) is a heartbeat: it only brings the ledger.
 *
 * **Exactly once.** (agent, epoch) names a spool, which numbers its records from 0 without a hole. The server keeps a mark for it, the
 * next number it expects, in the transaction that stores the records.
 *
 *   from <= mark                      records below the mark are repeats and dropped, the rest is stored
 *   from > mark, gap.from === mark    what lies between is declared lost, counted and shown; the records are stored
 *   from > mark otherwise             409 SEQUENCE with `expected: mark`; nothing is stored
 *
 * A reply that was lost is therefore answered by sending again.
 */

export const AGENT_PATHS = {
  enroll: '/api/agent/enroll',
  batches: '/api/agent/batches',
  rotate: '/api/agent/rotate',
} as const;

/** Why numbered records never came: the spool was damaged there, or had to make room, or is gone, or the server refused them for good. */
export type GapReason = 'damaged' | 'evicted' | 'missing' | 'parked';

export interface DeclaredGap {
  /** Half-open, sequence numbers. */
  readonly from: number;
  readonly to: number;
  readonly reason: GapReason;
}

/** A source of the agent, as `SourceTag` without what only the server may say (agent). */
export interface WireSource {
  readonly id: string;
  /** The host that wrote the records, where they do not say so themselves. Absent: the agent's own. */
  readonly host?: string;
  readonly type?: string;
  readonly path?: string;
  readonly timezone?: string;
}

export interface WireRecord {
  /** Index into `BatchHead.sources`. */
  readonly s: number;
  /** When the agent read it, ms since the epoch. */
  readonly r: number;
  /** The line, or a structured record as JSON. */
  readonly t: string;
  /** 1: was there before the agent first saw the source. */
  readonly b?: 1;
  /** 1: was longer than the limit and cut. */
  readonly c?: 1;
}

/** What became of one source's records, since the epoch began. The server adds `stored`. */
export interface SourceAccount {
  readonly source: string;
  readonly read: number;
  readonly spooled: number;
  readonly sent: number;
  /** Records by reason: `spool_full`, `cut_off`, … */
  readonly dropped: Readonly<Record<string, number>>;
  /** What the source could not read and for how long, newest last, at most 20: a lost bookmark, a deleted journal. */
  readonly gaps: readonly { readonly at: number; readonly reason: string }[];
  /** How far behind the source is: bytes of a file, or 0 where it is not known. */
  readonly lag: number;
  readonly state: 'following' | 'waiting' | 'denied' | 'off' | 'failed';
  readonly reason: string;
}

/** The agent as it sees itself, with each batch; at least every `HEARTBEAT` ms. */
export interface AgentReport {
  readonly version: string;
  readonly platform: string;
  readonly host: string;
  /** ms since the epoch. */
  readonly started: number;
  /** False for a machine that sleeps (a battery): its silence is no alert. */
  readonly always_on: boolean;
  readonly spool: {
    readonly records: number;
    readonly bytes: number;
    /** Bytes that it may hold. */
    readonly limit?: number;
    readonly oldest: number | null;
    readonly quarantined: number;
    readonly parked: number;
  };
  readonly sources: readonly SourceAccount[];
}

export interface BatchHead {
  readonly v: 1;
  /** Random, made with the spool. */
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  readonly gap?: DeclaredGap;
  readonly sources: readonly WireSource[];
  /** The agent's clock as it sends this, ms since the epoch: the server tells how far it is off. */
  readonly sent?: number;
  readonly report?: AgentReport;
}

/** 201, after the commit. */
export interface BatchReply {
  readonly status: 'ok';
  readonly accepted: number;
  readonly repeated: number;
  /** The next number expected. */
  readonly mark: number;
  /** The owner asked for a new key: call `AGENT_PATHS.rotate` when convenient. Absent: not asked. */
  readonly rotate?: true;
}

export const HEARTBEAT = 30_000;
/** Limits of one batch, inflated. */
export const BATCH_LIMITS = { records: 8192, bytes: 8 * 1024 * 1024 } as const;

/** `POST /api/agent/enroll`, no key: the token's secret is the right. Single use. */
export interface EnrollRequest {
  readonly secret: string;
}
export interface EnrollReply {
  /** The name it was added under: its agent id from now on. */
  readonly agent: string;
  readonly key: string;
}

/**
 * `POST /api/agent/rotate` with the old key → a new one. Both hold until the new one was used once.
 * The reply is an `EnrollReply`.
 */

/** Refusals are problem documents (RFC 9457); that of 409 SEQUENCE has one member more. */
export interface SequenceProblem {
  readonly code: 'SEQUENCE';
  readonly expected: number;
}

/** What `porchlight agents add NAME` prints, as one word: base64url of this as JSON, behind `pla1.`. */
export interface EnrollToken {
  /** `https://192.0.2.10:5443`, most likely first. */
  readonly urls: readonly string[];
  /** SHA-256 of the CA certificate in DER, hex. */
  readonly ca: string;
  readonly secret: string;
  /** ms since the epoch. */
  readonly expires: number;
}
