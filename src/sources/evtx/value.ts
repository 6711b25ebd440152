/**
 * Typed values → JSON, as evtx_dump writes them: integers, floats and booleans as such, everything else as text; arrays as arrays.
 *
 * | type | written as |
 * | --- | --- |
 * | GUID | `5770385F-C22A-43E0-BF4C-06F5698FFBD9` |
 * | binary | `00FF`; hex32, hex64, size_t, handle: `0xff` |
 * | FILETIME, SYSTEMTIME | `2025-11-28T07:59:01.340553Z`, always six digits |
 * | SID | `S-1-5-18` |
 *
 * Integers beyond 2^53 are the nearest number, as any reader of that JSON in JavaScript gets them.
 */
import { type Chunk, Damage, need, spend, trimmed, utf16 } from './bytes.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

export const TYPE = {
  null: 0x00,
  string: 0x01,
  ansi: 0x02,
  binary: 0x0e,
  size: 0x10,
  sid: 0x13,
  binXml: 0x21,
} as const;
const ARRAY = 0x80;
const [HANDLE, EVT_XML] = [0x20, 0x23];

/** Reads at a place that is known to be inside the chunk. */
type Read = (chunk: Chunk, at: number) => JsonValue;

/** Types of one size, by number. */
const FIXED: readonly (readonly [size: number, read: Read] | undefined)[] = [
  undefined,
  undefined,
  undefined,
  [1, ({ view }, at) => view.getInt8(at)],
  [1, ({ view }, at) => view.getUint8(at)],
  [2, ({ view }, at) => view.getInt16(at, true)],
  [2, ({ view }, at) => view.getUint16(at, true)],
  [4, ({ view }, at) => view.getInt32(at, true)],
  [4, ({ view }, at) => view.getUint32(at, true)],
  [8, ({ view }, at) => Number(view.getBigInt64(at, true))],
  [8, ({ view }, at) => Number(view.getBigUint64(at, true))],
  [4, ({ view }, at) => finite(view.getFloat32(at, true))],
  [8, ({ view }, at) => finite(view.getFloat64(at, true))],
  [4, ({ view }, at) => view.getUint32(at, true) !== 0],
  undefined,
  [16, guid],
  undefined,
  [8, filetime],
  [16, systemtime],
  undefined,
  [4, hex32],
  [8, hex64],
];

/** Bytes of a value whose type says how many; undefined where only its owner can. */
export const fixedSize = (type: number): number | undefined => FIXED[type]?.[0];

/** A value of `size` bytes. BinXML is not one: its owner expands it. */
export function valueOf(chunk: Chunk, type: number, at: number, size: number): JsonValue {
  if (type === TYPE.string) return size === 0 ? '' : trimmed(utf16(chunk, at, size));
  need(chunk, at, size);
  spend(chunk, size + 1);
  const fixed = FIXED[type];
  if (fixed !== undefined) return size < fixed[0] ? shorter(chunk, at, size) : fixed[1](chunk, at);
  if ((type & ARRAY) !== 0) return arrayOf(chunk, type & ~ARRAY, at, size);
  switch (type) {
    case TYPE.null:
      return null;
    case TYPE.ansi:
      return ansi(chunk, at, size).replaceAll('\0', '');
    case TYPE.binary:
      return hexBytes(chunk, at, size);
    case TYPE.sid:
      return sid(chunk, at, size);
    case TYPE.size:
    case HANDLE:
      return size === 4 ? hex32(chunk, at) : size === 8 ? hex64(chunk, at) : shorter(chunk, at, size);
    case EVT_XML:
      return utf16(chunk, at, size);
    default:
      throw new Damage(`has a value of the unknown type 0x${type.toString(16)}`);
  }
}

/** What is too short for its type is kept as it stands, not read with the bytes of its neighbour. */
const shorter = (chunk: Chunk, at: number, size: number): JsonValue => (size === 0 ? null : hexBytes(chunk, at, size));

function arrayOf(chunk: Chunk, type: number, at: number, size: number): JsonValue {
  const step = fixedSize(type) ?? (type === TYPE.size ? (size % 8 === 0 ? 8 : 4) : undefined);
  if (step !== undefined) {
    const count = Math.floor(size / step);
    return Array.from({ length: count }, (_, index) => valueOf(chunk, type, at + index * step, step));
  }
  switch (type) {
    case TYPE.string:
      return separated(chunk.bytes.toString('utf16le', at, at + (size & ~1)).toWellFormed());
    case TYPE.ansi:
      return separated(ansi(chunk, at, size));
    case TYPE.sid:
      return sids(chunk, at, size);
    case TYPE.binary:
    case HANDLE:
      return hexBytes(chunk, at, size);
    default:
      throw new Damage(`has an array of the unknown type 0x${type.toString(16)}`);
  }
}

/** Each ends with a NUL; of the last one it may be missing. */
function separated(text: string): string[] {
  const parts = text.split('\0');
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const windows1252 = new TextDecoder('windows-1252');
const ansi = ({ bytes }: Chunk, at: number, size: number): string => windows1252.decode(bytes.subarray(at, at + size));

const hexBytes = ({ bytes }: Chunk, at: number, size: number): string =>
  bytes.toString('hex', at, at + size).toUpperCase();

function hex32({ view }: Chunk, at: number): string {
  return `0x${view.getUint32(at, true).toString(16)}`;
}

function hex64({ view }: Chunk, at: number): string {
  const high = view.getUint32(at + 4, true);
  const low = view.getUint32(at, true).toString(16);
  return high === 0 ? `0x${low}` : `0x${high.toString(16)}${low.padStart(8, '0')}`;
}

/** The first three groups are little-endian numbers, the rest are bytes. */
function guid({ bytes, view }: Chunk, at: number): string {
  const head = view.getUint32(at, true).toString(16).padStart(8, '0');
  const middle = (place: number): string => view.getUint16(place, true).toString(16).padStart(4, '0');
  const tail = bytes.toString('hex', at + 8, at + 16);
  return `${head}-${middle(at + 4)}-${middle(at + 6)}-${tail.slice(0, 4)}-${tail.slice(4)}`.toUpperCase();
}

/** Revision, count, authority (48 bits, big-endian), then the sub-authorities, as many as there are bytes for. */
function sid({ view }: Chunk, at: number, size: number): JsonValue {
  if (size < 8) return null;
  const count = Math.min(view.getUint8(at + 1), (size - 8) >> 2);
  let text = `S-${view.getUint8(at)}-${view.getUint16(at + 2) * 2 ** 32 + view.getUint32(at + 4)}`;
  for (let index = 0; index < count; index++) text += `-${view.getUint32(at + 8 + 4 * index, true)}`;
  return text;
}

function sids(chunk: Chunk, at: number, size: number): JsonValue[] {
  const all: JsonValue[] = [];
  for (let next = at; next + 8 <= at + size;) {
    const length = 8 + 4 * chunk.view.getUint8(next + 1);
    all.push(sid(chunk, next, Math.min(length, at + size - next)));
    next += length;
  }
  return all;
}

/** 1601-01-01 in ms since 1970. */
const FILETIME_EPOCH = -11_644_473_600_000;

/** Ticks of 100 ns do not fit into a number: 2^32 ticks are 429,496 ms and 7,296 ticks. */
function split(view: DataView, at: number): readonly [ms: number, ticks: number] {
  const high = view.getUint32(at + 4, true);
  const rest = high * 7296 + view.getUint32(at, true);
  return [FILETIME_EPOCH + high * 429_496 + Math.floor(rest / 10_000), rest % 10_000];
}

/** ms since 1970. */
export const filetimeMs = ({ view }: Chunk, at: number): number => split(view, at)[0];

function filetime({ view }: Chunk, at: number): string {
  const [ms, ticks] = split(view, at);
  return stamp(ms, Math.floor(ticks / 10));
}

function stamp(ms: number, micros: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}

/** Year, month, day of the week, day, hour, minute, second, ms. All zero stands for none, and is written as 1601. */
function systemtime(chunk: Chunk, at: number): string {
  const part = (index: number): number => chunk.view.getUint16(at + 2 * index, true);
  const [year, month, day, hour, minute, second, ms] = [part(0), part(1), part(3), part(4), part(5), part(6), part(7)];
  if (year + month + day + hour + minute + second + ms === 0) return stamp(FILETIME_EPOCH, 0);
  const time = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const read = new Date(time);
  const real = year >= 100 && read.getUTCMonth() === month - 1 && read.getUTCDate() === day && hour < 24 && minute < 60;
  // No such day: what was written is kept as its bytes.
  return real && second < 60 && ms < 1000 ? stamp(time, 0) : hexBytes(chunk, at, 16);
}
