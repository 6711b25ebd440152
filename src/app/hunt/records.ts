/** A piece → its records, each a line or a JSON object, with its place in the piece. */
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
    case 'lines':
      return readLines(piece.bytes, taker, piece.format === 'jsonl', isSequential || piece.format === 'lines');
    default:
      return unreachable(piece);
  }
}

const BRACE = 123;
/** Mostly it is the first character. */
const mayBeObject = (text: string): boolean => text.charCodeAt(0) === BRACE || text.trimStart().charCodeAt(0) === BRACE;

/** `strict`: what begins like an object must be one. */
function readLines(bytes: Uint8Array, taker: Taker, strict: boolean, isSequential: boolean): number {
  const splitter = lines(0);
  const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const places = lineCounter(chunk);
  const waiting: Line[] = [];
  const take = (text: string, _from: number, to: number, cut: boolean): void => {
    const line = { text, place: places(to), cut };
    if (isSequential) readLine(line, strict, taker);
    else waiting.push(line);
  };
  splitter.push(chunk, take);
  splitter.flush(take);
  for (const line of byKind(waiting, ({ text }) => kindOf(text))) readLine(line, strict, taker);
  return places(chunk.length);
}

interface Line {
  readonly text: string;
  readonly place: number;
  /** It goes on where nobody reads. */
  readonly cut: boolean;
}

function readLine({ text, place, cut }: Line, strict: boolean, { onRecord, onDamage }: Taker): void {
  const mayBe = mayBeObject(text);
  const object = mayBe ? parsed(text) : undefined;
  if (object !== undefined) for (const one of recordsIn(object)) onRecord(one, place);
  else if (strict && mayBe) onDamage(place, cut ? 'is longer than 1 MiB' : 'is no JSON');
  else onRecord(text, place);
}

function readCut(piece: Piece & { format: 'json' | 'xml' }, { onRecord, onDamage }: Taker): void {
  const { bytes, spans, numbers, damage, format } = piece;
  const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { record, reason } of damage) onDamage(record, reason);
  const texts = Array.from(numbers, (record, at) => ({
    record,
    text: chunk.toString('utf8', spans[2 * at], spans[2 * at + 1]),
  }));
  for (const { record, text } of byKind(texts, (one) => kindOf(one.text))) {
    const object = format === 'json' ? parsed(text) : undefined;
    if (format === 'xml') onRecord(text, record);
    else if (object === undefined) onDamage(record, 'is no JSON');
    else for (const one of recordsIn(object)) onRecord(one, record);
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
