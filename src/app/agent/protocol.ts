/** The two ways to bring a batch to a server, and what its reply means. Sequence numbers are the spool's. */
// As a whole: a Node that has no zstd gets as far as being told so.
import zlib from 'node:zlib';
import { AGENT_PATHS, type AgentReport, BATCH_LIMITS, type BatchHead } from '#contract';
import type { Batch, BatchLimits } from './batcher.ts';
import type { Reply } from './link.ts';
import type { State } from './spool/state.ts';

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type Verdict =
  /** Everything below `through` is stored. `refused`: records of it that were not, by source. `rotate`: a new key is wanted. */
  | {
      readonly kind: 'taken';
      readonly through: number;
      readonly refused: ReadonlyMap<string, number>;
      readonly rotate: boolean;
    }
  /** The server expects another number. */
  | { readonly kind: 'expected'; readonly seq: number }
  | { readonly kind: 'again'; readonly reason: string; readonly after: number | undefined }
  | { readonly kind: 'key_refused'; readonly reason: string }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'parked'; readonly reason: string };

export interface Protocol {
  readonly path: string;
  readonly limits: BatchLimits;
  /** Whether it says who we are: only then is there a heartbeat, and a mark to ask for. */
  readonly isEnrolled: boolean;
  message(batch: Batch, report: AgentReport | undefined): Message;
  verdict(batch: Batch, reply: Reply): Verdict;
}

const MiB = 1024 * 1024;

type Place = Readonly<Pick<State, 'epoch' | 'base'>>;
export type Compression = 'zstd' | 'gzip';

/**
 * What a batch of ours holds at most. A server syncs its disk once a batch, whatever it holds: large ones make a backlog short. Two of
 * them are in memory, so they are smaller than what a server takes.
 */
const LIMITS: BatchLimits = {
  records: BATCH_LIMITS.records,
  bytes: Math.min(2 * MiB, BATCH_LIMITS.bytes),
};
/** A small window and small tables: 0.5 MB of memory a batch instead of 3, and as fast. A thread would cost more than the work. */
const FAST = {
  params: {
    [zlib.constants.ZSTD_c_compressionLevel]: 1,
    [zlib.constants.ZSTD_c_windowLog]: 17,
    [zlib.constants.ZSTD_c_hashLog]: 14,
  },
} as const;

/** Good until the next call: what is packed at once needs no memory of its own, batch after batch. */
function together(pieces: readonly Buffer[]): Buffer {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (scratch.length < length) scratch = Buffer.allocUnsafeSlow(Math.max(length, MiB / 2));
  let at = 0;
  for (const piece of pieces) at += piece.copy(scratch, at);
  const bytes = scratch.subarray(0, length);
  if (scratch.length > 3 * MiB) scratch = Buffer.alloc(0);
  return bytes;
}

let scratch: Buffer = Buffer.alloc(0);

const packed = (bytes: Buffer, compression: Compression): Buffer =>
  compression === 'gzip' ? zlib.gzipSync(bytes, { level: 1 }) : zlib.zstdCompressSync(bytes, FAST);

export interface EnrolledOptions {
  readonly place: () => Place;
  readonly key: () => string;
  readonly compression: Compression;
  readonly now: () => number;
}

export interface PlainOptions {
  readonly path: string;
  readonly place: () => Place;
  readonly hostName: string;
  /** undefined: as it is. A server of old knows no other way. */
  readonly compression: Compression | undefined;
}

/** To the agents' listener, as `agent-wire` says. */
export function enrolledProtocol({ place, key, compression, now }: EnrolledOptions): Protocol {
  return {
    path: AGENT_PATHS.batches,
    limits: LIMITS,
    isEnrolled: true,
    message({ from, to, gap, sources, lines }, report) {
      const { epoch, base } = place();
      const head: BatchHead = {
        v: 1,
        epoch,
        from: from - base,
        to: to - base,
        ...(gap === undefined ? {} : { gap: { ...gap, from: gap.from - base, to: gap.to - base } }),
        sources,
        sent: now(),
        ...(report === undefined ? {} : { report }),
      };
      const bytes = together([Buffer.from(`${JSON.stringify(head)}\n`), ...lines]);
      const headers = {
        Authorization: `Bearer ${key()}`,
        'Content-Type': 'application/x-ndjson',
        'Content-Encoding': compression,
      };
      return { headers, body: packed(bytes, compression) };
    },
    verdict(batch, reply) {
      const { base } = place();
      if (reply.status >= 200 && reply.status < 300) {
        const mark = numberIn(reply.body, 'mark');
        if (mark === undefined || mark + base < batch.to)
          return { kind: 'again', reason: 'the reply of the server makes no sense', after: undefined };
        const rotate = valueIn(reply.body, 'rotate') === true;
        return { kind: 'taken', through: mark + base, refused: new Map(), rotate };
      }
      const expected = reply.status === 409 ? numberIn(reply.body, 'expected') : undefined;
      if (expected !== undefined) return { kind: 'expected', seq: expected + base };
      return trouble(batch, reply);
    },
  };
}

/** `POST /api/logs`: a frame is a batch, and its key the same whenever it is sent, so nothing doubles. */
export function plainProtocol({ path, place, hostName, compression }: PlainOptions): Protocol {
  return {
    path,
    limits: { ...LIMITS, single: true },
    isEnrolled: false,
    message(batch) {
      const bytes = Buffer.from(
        recordsOf(batch)
          .map((line) => `${plainLine(line, batch, hostName)}\n`)
          .join(''),
      );
      const headers = {
        'Content-Type': 'application/x-ndjson',
        'Idempotency-Key': `${place().epoch}:${batch.from}-${batch.to}`,
      };
      if (compression === undefined || bytes.length < 1024) return { headers, body: bytes };
      return {
        headers: { ...headers, 'Content-Encoding': compression },
        body: packed(bytes, compression),
      };
    },
    verdict(batch, reply) {
      if (reply.status < 200 || reply.status >= 300) return trouble(batch, reply);
      return { kind: 'taken', through: batch.to, refused: refusedOf(batch, reply.body), rotate: false };
    },
  };
}

function trouble(batch: Batch, { status, retryAfter, body }: Reply): Verdict {
  const reason = `the server answers ${status}${detailOf(body)}`;
  if (status === 401 || status === 403) return { kind: 'key_refused', reason };
  if (status === 413 && batch.to - batch.from > 1) return { kind: 'too_large' };
  if (status === 408 || status === 429 || status >= 500 || status < 400)
    return { kind: 'again', reason, after: retryAfter };
  return { kind: 'parked', reason };
}

interface Line {
  readonly s: number;
  readonly t: string;
}

const recordsOf = ({ lines }: Batch): Line[] =>
  lines.flatMap((bytes) =>
    bytes
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line),
  );

/** A structured record as it is; a line with where it stood. */
function plainLine({ s, t }: Line, { sources }: Batch, hostName: string): string {
  const source = sources[s];
  if (source?.type !== undefined && t.startsWith('{')) return t;
  return JSON.stringify({
    host: source?.host ?? hostName,
    message: t,
    ...(source?.path === undefined ? {} : { source: source.path }),
  });
}

function refusedOf(batch: Batch, body: string): ReadonlyMap<string, number> {
  const refused = new Map<string, number>();
  const rejected = valueIn(body, 'rejected');
  if (!Array.isArray(rejected) || rejected.length === 0) return refused;
  const records = recordsOf(batch);
  for (const entry of rejected as readonly unknown[]) {
    const index = typeof entry === 'object' && entry !== null ? (entry as { index?: unknown }).index : undefined;
    const source = typeof index === 'number' ? batch.sources[records[index]?.s ?? -1] : undefined;
    if (source !== undefined) refused.set(source.id, (refused.get(source.id) ?? 0) + 1);
  }
  return refused;
}

function valueIn(body: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
  } catch {
    return undefined;
  }
}

function numberIn(body: string, name: string): number | undefined {
  const value = valueIn(body, name);
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** What a problem document says besides. */
function detailOf(body: string): string {
  const said = valueIn(body, 'detail') ?? valueIn(body, 'title');
  return typeof said === 'string' ? ` (${said.slice(0, 200)})` : '';
}
