/**
 * One group commit of the spool, as bytes. Little endian.
 *
 *     ┌────────────┬───────────┬──────────────┬─────────────┐
 *     │ header, 48 │ head JSON │ body NDJSON  │ trailer, 48 │
 *     └────────────┴───────────┴──────────────┴─────────────┘
 *      0 sync (8)   8 u32 bytes of head   12 u32 bytes of body   16 f64 first sequence number   24 u32 records
 *     28 u32 crc of head   32 u32 crc of body   36 f64 time, ms   44 u32 crc of 0 to 44
 *
 * The trailer says the same again behind another sync. So one damaged place leaves enough to tell what was there:
 *
 * - header damaged: the trailer leads back to the start, and nothing is lost;
 * - trailer damaged: nobody needs it;
 * - head or body damaged: header and trailer say which numbers are lost;
 * - trailer not there: the write was torn. It was never synced, so it was never sent, and its sources read those lines again.
 *
 * The two syncs are random, made with the spool: nobody who writes log lines can make one that looks like a frame.
 */
import type { WireSource } from '#contract';
import { crc32c } from './crc32c.ts';

export const EDGE = 48;
const SYNC = 8;

/** What marks a header and what marks a trailer, 8 bytes each. */
export interface Syncs {
  readonly header: Buffer;
  readonly trailer: Buffer;
}

/** Records of one source, since the epoch began. */
export interface Tally {
  readonly spooled: number;
  readonly sent: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** A mark whose detail is what the frames before said of it, where it has none. */
export type MarkRow = readonly [key: string, mark: number, detail?: string];

export interface FrameHead {
  readonly epoch: string;
  /** What the epoch's number 0 is here. */
  readonly base: number;
  /** Everything below was taken by the server. */
  readonly ack: number;
  /** Marks that moved with this frame or the one before it: one damaged frame loses no place. All of them in a checkpoint. */
  readonly marks: readonly MarkRow[];
  /** Sources of this frame's records; a line's `s` is an index here. */
  readonly sources: readonly WireSource[];
  /** Records by source, in the same order. */
  readonly counts: readonly number[];
  /** Tallies of sources that changed since the frame before; all in a checkpoint, after it. */
  readonly tallies: Readonly<Record<string, Tally>>;
  readonly checkpoint?: true;
  /** The server that this epoch is for. */
  readonly server?: string;
}

export interface Frame {
  readonly first: number;
  readonly count: number;
  readonly time: number;
  readonly head: FrameHead;
  /** NDJSON of `WireRecord`s, each line with its end. */
  readonly body: Buffer;
}

/** What header and trailer say. */
export interface Edge {
  readonly headBytes: number;
  readonly bodyBytes: number;
  readonly first: number;
  readonly count: number;
  readonly headCrc: number;
  readonly bodyCrc: number;
  readonly time: number;
}

export const lengthOf = ({ headBytes, bodyBytes }: Edge): number => EDGE + headBytes + bodyBytes + EDGE;

/** A frame may hold a line of 1 MiB that JSON writes six times as long; a length beyond this is damage. */
const MOST_BYTES = 64 * 1024 * 1024;

/** `scratch`: where it may be written, if it has room; then it is good until that is used again. */
export function encodeFrame(
  syncs: Syncs,
  frame: Omit<Frame, 'body'> & { readonly body: string },
  scratch?: Buffer,
): Buffer {
  const head = Buffer.from(JSON.stringify(frame.head));
  const bodyBytes = Buffer.byteLength(frame.body);
  const length = EDGE + head.length + bodyBytes + EDGE;
  const bytes =
    scratch !== undefined && scratch.length >= length ? scratch.subarray(0, length) : Buffer.allocUnsafe(length);
  head.copy(bytes, EDGE);
  bytes.write(frame.body, EDGE + head.length);
  const edge: Edge = {
    headBytes: head.length,
    bodyBytes,
    first: frame.first,
    count: frame.count,
    time: frame.time,
    headCrc: crc32c(head),
    bodyCrc: crc32c(bytes.subarray(EDGE + head.length, bytes.length - EDGE)),
  };
  writeEdge(bytes.subarray(0, EDGE), syncs.header, edge);
  writeEdge(bytes.subarray(bytes.length - EDGE), syncs.trailer, edge);
  return bytes;
}

function writeEdge(bytes: Buffer, sync: Buffer, edge: Edge): void {
  sync.copy(bytes);
  bytes.writeUInt32LE(edge.headBytes, 8);
  bytes.writeUInt32LE(edge.bodyBytes, 12);
  bytes.writeDoubleLE(edge.first, 16);
  bytes.writeUInt32LE(edge.count, 24);
  bytes.writeUInt32LE(edge.headCrc, 28);
  bytes.writeUInt32LE(edge.bodyCrc, 32);
  bytes.writeDoubleLE(edge.time, 36);
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, EDGE - 4)), EDGE - 4);
}

/** undefined: none there, or a damaged one. */
export function readEdge(bytes: Buffer, at: number, sync: Buffer): Edge | undefined {
  if (at < 0 || at + EDGE > bytes.length || bytes.compare(sync, 0, SYNC, at, at + SYNC) !== 0) return undefined;
  if (bytes.readUInt32LE(at + EDGE - 4) !== crc32c(bytes.subarray(at, at + EDGE - 4))) return undefined;
  const edge: Edge = {
    headBytes: bytes.readUInt32LE(at + 8),
    bodyBytes: bytes.readUInt32LE(at + 12),
    first: bytes.readDoubleLE(at + 16),
    count: bytes.readUInt32LE(at + 24),
    headCrc: bytes.readUInt32LE(at + 28),
    bodyCrc: bytes.readUInt32LE(at + 32),
    time: bytes.readDoubleLE(at + 36),
  };
  const sound = Number.isSafeInteger(edge.first) && edge.first >= 0 && edge.headBytes + edge.bodyBytes <= MOST_BYTES;
  return sound ? edge : undefined;
}

/** The frame whose bytes, edges included, begin at `at`. undefined: head or body is damaged. */
export function readFrame(bytes: Buffer, at: number, edge: Edge): Frame | undefined {
  const begin = at + EDGE;
  const head = bytes.subarray(begin, begin + edge.headBytes);
  const body = bytes.subarray(begin + edge.headBytes, begin + edge.headBytes + edge.bodyBytes);
  if (body.length !== edge.bodyBytes || crc32c(head) !== edge.headCrc || crc32c(body) !== edge.bodyCrc)
    return undefined;
  const { first, count, time } = edge;
  // The checksum vouches for the shape: only this file writes it.
  return { first, count, time, head: JSON.parse(head.toString()) as FrameHead, body };
}
