/** A piece → its records, each a line or a JSON object, with its place in the piece. */
import { LIMITS } from '#contract';
import { unreachable } from '#lib/unreachable';
import { isEvtxDamage, lines, readEvtx } from '#sources';
import { byKind, kindOf } from './kind.ts';
import type { Piece } from './piece.ts';
import { isObject, type JsonObject, parsed, recordsIn, type Unwrapped } from './wrapped.ts';

export interface Taker {
  /** Several records may stand in one place, in an envelope. */
  readonly onRecord: (record: Unwrapped, place: number) => void;
  readonly onDamage: (place: number, reason: string) => void;
}

/**
 * Returns how many places there are. Places count from 1 in the piece, but those of JSON and XML do in the file. `isSequential`: records come in
 * their order; else those of one kind after the other.
 */
export function readPiece(piece: Piece, isSequential: boolean, taker: Taker): number {
  switch (piece.format) {
    case 'json':
    case 'xml':
      readCut(piece, taker);
      return 0;
    case 'evtx':
      return readLog(piece, taker);
    case 'jsonl':
      return readObjects(bufferOf(piece.bytes), isSequential, taker);
    case 'lines':
      return readLines(bufferOf(piece.bytes), taker);
    default:
      return unreachable(piece);
  }
}

const BRACE = 123;
/** Mostly it is the first character. */
const mayBeObject = (text: string): boolean => text.charCodeAt(0) === BRACE || text.trimStart().charCodeAt(0) === BRACE;

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

function readLines(chunk: Buffer, taker: Taker): number {
  const splitter = lines(0);
  const places = lineCounter(chunk);
  const take = (text: string, _from: number, to: number): void => {
    const place = places(to);
    const object = mayBeObject(text) ? parsed(text) : undefined;
    if (object === undefined) taker.onRecord(text, place);
    else for (const one of recordsIn(object)) taker.onRecord(one, place);
  };
  splitter.push(chunk, take);
  splitter.flush(take);
  return places(chunk.length);
}

/** Bytes of a piece that are one record: a text is made of them when it is its turn, and let go with it. */
interface Span {
  readonly begin: number;
  readonly end: number;
  readonly place: number;
  /** It goes on where nobody reads. */
  readonly cut: boolean;
}

/** As far into a record a word is looked for that tells its kind. */
const LOOKED_AT = 4096;

/** Characters beyond ASCII do not matter for that. */
const sorted = (chunk: Buffer, spans: readonly Span[]): readonly Span[] =>
  byKind(spans, ({ begin, end }) => kindOf(chunk.toString('latin1', begin, Math.min(end, begin + LOOKED_AT))));

/** What begins like an object must be one. */
function readObjects(chunk: Buffer, isSequential: boolean, { onRecord, onDamage }: Taker): number {
  const { spans, count } = linesIn(chunk);
  for (const { begin, end, place, cut } of isSequential ? spans : sorted(chunk, spans)) {
    const text = chunk.toString('utf8', begin, end);
    const mayBe = mayBeObject(text);
    const object = mayBe ? parsed(text) : undefined;
    if (object !== undefined) for (const one of recordsIn(object)) onRecord(one, place);
    else if (mayBe) onDamage(place, cut ? 'is longer than 1 MiB' : 'is no JSON');
    else onRecord(text, place);
  }
  return count;
}

const LF = 10;
const CR = 13;
const MARK = Buffer.from('\ufeff');

/** Lines with something in them, and how many there are in all. Zeros before a line are a hole that a crash left. */
function linesIn(chunk: Buffer): { readonly spans: readonly Span[]; readonly count: number } {
  const spans: Span[] = [];
  let count = 0;
  for (let at = chunk.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0; at < chunk.length;) {
    const found = chunk.indexOf(LF, at);
    const next = found < 0 ? chunk.length : found;
    let begin = at;
    while (begin < next && chunk[begin] === 0) begin++;
    const end = next > begin && chunk[next - 1] === CR ? next - 1 : next;
    const cut = end - begin > LIMITS.bytes;
    count++;
    if (end > begin)
      spans.push({ begin, end: cut ? characterEnd(chunk, begin + LIMITS.bytes) : end, place: count, cut });
    at = next + 1;
  }
  return { spans, count };
}

/** At most `end`, and not within a character. */
function characterEnd(chunk: Buffer, end: number): number {
  let at = end;
  while (at > 0 && ((chunk[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

function readCut(piece: Piece & { format: 'json' | 'xml' }, { onRecord, onDamage }: Taker): void {
  const { bytes, spans, numbers, damage, format } = piece;
  const chunk = bufferOf(bytes);
  for (const { record, reason } of damage) onDamage(record, reason);
  const all = Array.from(numbers, (place, at) => ({
    begin: spans[2 * at] ?? 0,
    end: spans[2 * at + 1] ?? 0,
    place,
    cut: false,
  }));
  for (const { begin, end, place } of sorted(chunk, all)) {
    const text = chunk.toString('utf8', begin, end);
    const object = format === 'json' ? parsed(text) : undefined;
    if (format === 'xml') onRecord(text, place);
    else if (object === undefined) onDamage(place, 'is no JSON');
    else for (const one of recordsIn(object)) onRecord(one, place);
  }
}

/** Of a log, about as many records come together as a chunk has: they are in memory anyway. */
const TOGETHER = 64;

function readLog({ bytes, at }: Piece & { format: 'evtx' }, { onRecord, onDamage }: Taker): number {
  let places = 0;
  let waiting: { readonly record: JsonObject; readonly place: number }[] = [];
  const empty = (): void => {
    for (const { record, place } of byKind(waiting, (one) => numberOf(one.record))) onRecord(record, place);
    waiting = [];
  };
  for (const item of readEvtx(bytes)) {
    if (isEvtxDamage(item)) {
      // The header stands before every piece: only the first one tells of it.
      if (item.damaged !== 'file' || at === 0)
        onDamage(places + 1, `is damaged or in doubt: ${item.damaged} at byte ${item.at + at} ${item.reason}`);
      continue;
    }
    waiting.push({ record: item.record, place: ++places });
    if (waiting.length >= TOGETHER) empty();
  }
  empty();
  return places;
}

/** `{"Event": {"System": {"EventID": 1}}}` */
function numberOf({ Event: event }: JsonObject): string {
  const system = isObject(event) ? event['System'] : undefined;
  const number = isObject(system) ? system['EventID'] : undefined;
  return String(isObject(number) ? number['#text'] : number);
}

/** Numbers of lines by the place of their end, asked in order. */
function lineCounter(chunk: Buffer): (end: number) => number {
  let line = 0;
  let at = 0;
  return (end) => {
    let last = at - 1;
    for (let next = chunk.indexOf(10, at); next >= 0 && next < end; next = chunk.indexOf(10, next + 1)) {
      line++;
      last = next;
    }
    at = Math.max(at, last + 1);
    // A last line may have no end.
    return at < end ? line + 1 : line;
  };
}
