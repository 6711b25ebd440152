/** Frames of the spool → batches for the server. Sequence numbers here are the spool's own; the wire's begin with the epoch. */
import { type DeclaredGap, type GapReason, BATCH_LIMITS, type WireSource } from '#contract';
import type { Reader } from './spool/cursor.ts';
import type { Frame } from './spool/frame.ts';

export interface Batch {
  readonly from: number;
  readonly to: number;
  /** What lies before `from` and will never come. */
  readonly gap: DeclaredGap | undefined;
  readonly sources: readonly WireSource[];
  /** NDJSON, in order. */
  readonly lines: readonly Buffer[];
  /** Records by source. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface BatchLimits {
  readonly records: number;
  readonly bytes: number;
  /** One frame is one batch: its numbers never change, whenever it is sent. */
  readonly single?: boolean;
}

export interface Batcher {
  /** undefined: there is nothing to send. */
  next(limits?: BatchLimits): Batch | undefined;
  /** The number that the next batch begins with, or behind which it begins. */
  readonly at: number;
  seek(seq: number): void;
  /** Goes on at `seq` without sending what lies before; gives how many records of each source that was. */
  skipTo(seq: number): ReadonlyMap<string, number>;
}

interface Piece {
  readonly first: number;
  readonly count: number;
  readonly sources: readonly WireSource[];
  readonly counts: readonly number[];
  readonly body: Buffer;
}

export interface BatcherOptions {
  readonly reader: Reader;
  readonly start: number;
  readonly lost: (from: number) => GapReason;
}

export function createBatcher({ reader, start, lost }: BatcherOptions): Batcher {
  let at = start;
  let left: Piece | undefined;
  reader.seek(start);

  function take(): Piece | undefined {
    if (left !== undefined) {
      const piece = left;
      left = undefined;
      return piece;
    }
    const frame = reader.next();
    if (frame === undefined) return undefined;
    const piece = pieceOf(frame);
    return piece.first < at ? after(piece, at - piece.first) : piece;
  }

  function seek(seq: number): void {
    at = seq;
    left = undefined;
    reader.seek(seq);
  }

  return {
    get at() {
      return at;
    },
    seek,
    next(limits = BATCH_LIMITS) {
      const first = take();
      if (first === undefined) return undefined;
      const gap = first.first > at ? { from: at, to: first.first, reason: lost(at) } : undefined;
      const pieces: Piece[] = [];
      let [records, bytes] = [0, 0];
      for (let piece: Piece | undefined = first; piece !== undefined; piece = take()) {
        const last = pieces.at(-1);
        const follows = last === undefined || (piece.first === last.first + last.count && limits.single !== true);
        const room = follows ? fitting(piece, limits.records - records, limits.bytes - bytes, last === undefined) : 0;
        const head = before(piece, room);
        left = after(piece, room);
        if (head !== undefined) pieces.push(head);
        records += head?.count ?? 0;
        bytes += head?.body.length ?? 0;
        if (left !== undefined) break;
      }
      at = first.first + records;
      return merge(pieces, first.first, gap);
    },
    skipTo(seq) {
      const counts = new Map<string, number>();
      for (let piece = take(); piece !== undefined; piece = take()) {
        const head = before(piece, Math.max(0, Math.min(piece.count, seq - piece.first)));
        if (head !== undefined) tally(head, counts);
        if (piece.first + piece.count >= seq) break;
      }
      seek(seq);
      return counts;
    },
  };
}

const pieceOf = ({ first, count, head, body }: Frame): Piece => ({
  first,
  count,
  sources: head.sources,
  counts: head.counts,
  body,
});

/** How many records of the piece go in; the very first one always does. */
function fitting(piece: Piece, records: number, bytes: number, isFirst: boolean): number {
  const most = Math.min(piece.count, Math.max(records, isFirst ? 1 : 0));
  if (piece.body.length <= bytes) return most;
  let [count, end] = [0, 0];
  while (count < most) {
    end = piece.body.indexOf(10, end) + 1;
    if (end > bytes && !(isFirst && count === 0)) break;
    count += 1;
  }
  return count;
}

function before(piece: Piece, count: number): Piece | undefined {
  if (count >= piece.count) return piece;
  return count <= 0 ? undefined : part(piece, piece.first, count, piece.body.subarray(0, endOfLine(piece.body, count)));
}

function after(piece: Piece, count: number): Piece | undefined {
  if (count <= 0) return piece;
  if (count >= piece.count) return undefined;
  const body = piece.body.subarray(endOfLine(piece.body, count));
  return part(piece, piece.first + count, piece.count - count, body);
}

function part(piece: Piece, first: number, count: number, body: Buffer): Piece {
  const counts = piece.sources.map(() => 0);
  for (const [, source = ''] of body.toString('latin1').matchAll(LINE)) {
    counts[Number(source)] = (counts[Number(source)] ?? 0) + 1;
  }
  return { ...piece, first, count, counts, body };
}

/** Where line `count` ends. */
function endOfLine(body: Buffer, count: number): number {
  let end = 0;
  for (let i = 0; i < count; i++) end = body.indexOf(10, end) + 1;
  return end;
}

/** How each line of a frame begins. JSON has no raw line end, so a match at a line's start is one. */
const LINE = /^\{"s":(\d+)/gm;

function merge(pieces: readonly Piece[], from: number, gap: DeclaredGap | undefined): Batch {
  const index = new Map<string, number>();
  const sources: WireSource[] = [];
  const counts = new Map<string, number>();
  const lines: Buffer[] = [];
  let to = from;
  for (const piece of pieces) {
    const places = piece.sources.map((source) => {
      const key = JSON.stringify(source);
      const place = index.get(key) ?? sources.push(source) - 1;
      index.set(key, place);
      return place;
    });
    lines.push(places.every((place, i) => place === i) ? piece.body : renumbered(piece.body, places));
    tally(piece, counts);
    to = piece.first + piece.count;
  }
  return { from, to, gap, sources, lines, counts };
}

function tally({ sources, counts }: Piece, sum: Map<string, number>): void {
  for (const [i, { id }] of sources.entries()) sum.set(id, (sum.get(id) ?? 0) + (counts[i] ?? 0));
}

/** The lines with their sources' places in the batch. Bytes stay bytes: latin1 is one character each. */
const renumbered = (body: Buffer, places: readonly number[]): Buffer =>
  Buffer.from(
    body.toString('latin1').replace(LINE, (_, source: string) => `{"s":${places[Number(source)] ?? 0}`),
    'latin1',
  );
