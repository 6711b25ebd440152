/**
 * Reading from a chunk that nobody vouches for: every read is inside the chunk, or it is damage.
 *
 * Damage is thrown, because it ends a record from deep inside nested fragments; `chunk.ts` catches it at the record's edge, and
 * nothing of it leaves this folder as an exception.
 */
export class Damage extends Error {}

export interface Chunk {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Names by their place in the chunk. */
  readonly names: Map<number, string>;
  readonly effort: Effort;
}

/** Steps that may still be taken. Without a limit a crafted chunk expands into more than any memory holds. */
export interface Effort {
  chunk: number;
  record: number;
}

/**
 * A step is an element, a value, a character of one. A record has up to 64 KiB, so honest ones need a tenth of this; a chunk that
 * needs all of it takes about a tenth of a second.
 */
const RECORD_STEPS = 500_000;
const CHUNK_STEPS = 4_000_000;

/** `bytes` is not copied: it must not change while its records are read. */
export function openChunk(bytes: Uint8Array): Chunk {
  return {
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    names: new Map(),
    effort: { chunk: CHUNK_STEPS, record: 0 },
  };
}

export function beginRecord({ effort }: Chunk): void {
  effort.record = Math.min(RECORD_STEPS, effort.chunk);
}

export function spend({ effort }: Chunk, steps: number): void {
  effort.chunk -= steps;
  effort.record -= steps;
  if (effort.record < 0) throw new Damage('expands into more than a record can hold');
}

export function need({ bytes }: Chunk, at: number, count: number): void {
  if (at < 0 || at + count > bytes.length) throw new Damage('something points outside of the chunk');
}

export function u8(chunk: Chunk, at: number): number {
  need(chunk, at, 1);
  return chunk.view.getUint8(at);
}

export function u16(chunk: Chunk, at: number): number {
  need(chunk, at, 2);
  return chunk.view.getUint16(at, true);
}

export function u32(chunk: Chunk, at: number): number {
  need(chunk, at, 4);
  return chunk.view.getUint32(at, true);
}

/** UTF-16 up to the first NUL, or all `bytes` of it. Half a surrogate pair becomes U+FFFD. */
export function utf16(chunk: Chunk, at: number, bytes: number): string {
  need(chunk, at, bytes);
  spend(chunk, bytes >> 1);
  const text = chunk.bytes.toString('utf16le', at, at + (bytes & ~1));
  const nul = text.indexOf('\0');
  return (nul < 0 ? text : text.slice(0, nul)).toWellFormed();
}

/** White space of Unicode, which is not quite that of `trimEnd`: U+0085 is, U+FEFF is not. */
const BLANK_END = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

/** Strings are written without the white space at their end, as evtx_dump does: some senders pad them. */
export function trimmed(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last <= 32 || last === 0x85 || last >= 0xa0 ? text.replace(BLANK_END, '') : text;
}

/** Of a name: link to the next one of its hash, hash, length, text, NUL. Followed by offset alone: the links are not needed. */
const NAME_HEAD = 8;

export function nameAt(chunk: Chunk, at: number): string {
  const known = chunk.names.get(at);
  if (known !== undefined) return known;
  const name = trimmed(utf16(chunk, at + NAME_HEAD, 2 * u16(chunk, at + 6)));
  chunk.names.set(at, name);
  return name;
}

/** Bytes of a name that stands where it is first used. */
export const nameSize = (chunk: Chunk, at: number): number => NAME_HEAD + 2 * u16(chunk, at + 6) + 2;
