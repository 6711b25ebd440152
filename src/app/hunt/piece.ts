/**
 * A content → pieces that can be looked through apart from each other: whole lines, whole records, whole chunks of an event log.
 * A piece has its own memory, so that it can go to another thread.
 */
import { LIMITS } from '#contract';
import type { Format } from './format.ts';
import { JsonCutter, type JsonDamage } from './json-cutter.ts';
import { XmlCutter } from './xml-cutter.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type Piece =
  | { readonly format: 'jsonl' | 'lines'; readonly bytes: Bytes }
  | {
      readonly format: 'json' | 'xml';
      readonly bytes: Bytes;
      readonly spans: Uint32Array<ArrayBuffer>;
      readonly numbers: Uint32Array<ArrayBuffer>;
      readonly damage: readonly JsonDamage[];
    }
  /** `at`: place of the bytes in the log; the log's first 4 KiB, its header, stand before the bytes of every piece. */
  | { readonly format: 'evtx'; readonly bytes: Bytes; readonly at: number };

export const buffersOf = (piece: Piece): readonly ArrayBuffer[] =>
  piece.format === 'json' || piece.format === 'xml'
    ? [piece.bytes.buffer, piece.spans.buffer, piece.numbers.buffer]
    : [piece.bytes.buffer];

/** Bytes: enough that the way to another thread costs little, little enough that all of them have work. */
const PIECE = 512 * 1024;

/** Of a content that breaks off too: its end is its end, and what it threw is thrown once all pieces were taken. */
export async function* piecesOf(format: Format, content: AsyncIterable<Buffer>): AsyncGenerator<Piece, void> {
  const faults: unknown[] = [];
  yield* piecesIn(format, untilFault(content, faults));
  if (faults.length > 0) throw faults[0];
}

async function* untilFault(content: AsyncIterable<Buffer>, faults: unknown[]): AsyncGenerator<Buffer, void> {
  try {
    yield* content;
  } catch (error) {
    faults.push(error);
  }
}

function piecesIn(format: Format, content: AsyncIterable<Buffer>): AsyncGenerator<Piece, void> {
  if (format === 'evtx') return logPieces(content);
  return format === 'json' || format === 'xml' ? cutPieces(format, content) : linePieces(format, content);
}

async function* cutPieces(format: 'json' | 'xml', content: AsyncIterable<Buffer>): AsyncGenerator<Piece, void> {
  const cutter = format === 'json' ? new JsonCutter() : new XmlCutter();
  for await (const chunk of content) {
    const piece = cutter.push(chunk);
    if (piece !== undefined) yield { format, ...piece };
  }
  const last = cutter.end();
  if (last !== undefined) yield { format, ...last };
}

const LF = 10;
/** Of a longer line only so many bytes are held: whoever reads it cuts it anyway. */
const LONGEST_LINE = 2 * LIMITS.bytes;

async function* linePieces(format: 'jsonl' | 'lines', content: AsyncIterable<Buffer>): AsyncGenerator<Piece, void> {
  let held: Buffer[] = [];
  let size = 0;
  /** Bytes behind the last line end that was seen. */
  let open = 0;
  for await (const chunk of content) {
    const end = chunk.lastIndexOf(LF) + 1;
    if (end === 0) {
      if (open < LONGEST_LINE) {
        held.push(chunk);
        size += chunk.length;
      }
      open += chunk.length;
      continue;
    }
    if (size + end < PIECE) {
      held.push(chunk);
      size += chunk.length;
    } else {
      yield { format, bytes: joined([...held, chunk.subarray(0, end)]) };
      const rest = chunk.subarray(end);
      held = rest.length === 0 ? [] : [rest];
      size = rest.length;
    }
    open = chunk.length - end;
  }
  if (size > 0) yield { format, bytes: joined(held) };
}

const CHUNK = 64 * 1024;
const HEADER = 4096;
const CHUNKS = PIECE / CHUNK;

/** Chunks stand for themselves; with the header before them they are a log of their own. */
async function* logPieces(content: AsyncIterable<Buffer>): AsyncGenerator<Piece, void> {
  let held: Buffer[] = [];
  let size = 0;
  let header: Buffer | undefined;
  let at = 0;
  for await (const chunk of content) {
    held.push(chunk);
    size += chunk.length;
    if (size < HEADER + CHUNKS * CHUNK) continue;
    const bytes = Buffer.concat(held);
    const begin: number = header === undefined ? HEADER : 0;
    header ??= Buffer.from(bytes.subarray(0, HEADER));
    const end: number = begin + Math.floor((bytes.length - begin) / CHUNK) * CHUNK;
    yield { format: 'evtx', bytes: joined([header, bytes.subarray(begin, end)]), at };
    at += end - begin;
    held = [bytes.subarray(end)];
    size = bytes.length - end;
  }
  if (size > 0 || header === undefined)
    yield { format: 'evtx', bytes: joined([...(header === undefined ? [] : [header]), ...held]), at };
}

/** Memory of its own: Buffer's small ones share theirs. */
function joined(parts: readonly Buffer[]): Bytes {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
