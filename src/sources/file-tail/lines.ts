/**
 * Bytes of a file, in order, into lines with their places.
 *
 * - A line ends with LF; a CR before it is dropped. What has no end yet is held.
 * - `from` is where the last line ended, so intervals are contiguous: an empty line is no record, and the next one covers it.
 *   So are a byte order mark, and the NULs that a line begins with: a hole, left where a file was truncated under its writer.
 * - A line over `limit` bytes is cut, its place still covers all of it, and never much more than `limit` bytes are held.
 * - What cannot be text becomes U+FFFD. Every text is its own string: a slice of a decoded chunk would keep the chunk alive.
 */
import { isAscii } from 'node:buffer';
import { LIMITS } from '#contract';
import { type Encoding, encodingOf, utf8 } from './encoding.ts';

const CR = 13;
/** Bytes held past the limit: they tell where a character ends. */
const MARGIN = 2;
const NOTHING = Buffer.alloc(0);

export type TakeLine = (text: string, from: number, to: number, cut: boolean) => void;

/** Lines that were mended; bytes that were skipped: of NUL holes, and of what was cut off. */
export type LineFault = 'invalid_utf8' | 'invalid_utf16' | 'nul_bytes' | 'cut_bytes';

export interface LinesOptions {
  /** How it is encoded, where the file's first bytes are not among those that will be pushed. */
  readonly encoding?: Encoding | undefined;
  readonly count?: ((fault: LineFault, by: number) => void) | undefined;
}

export interface Lines {
  /** The chunk may be reused afterwards. */
  push(chunk: Buffer, take: TakeLine): void;
  /** Takes what is held as a line of its own: no more will come. */
  flush(take: TakeLine): void;
  /** Place of the next byte to push. */
  readonly offset: number;
  /** Where the last line that was taken ended. */
  readonly taken: number;
  /** Whether a line without an end is held. */
  readonly isHolding: boolean;
}

export function lines(
  start: number,
  limit: number = LIMITS.bytes,
  { encoding: known, count }: LinesOptions = {},
): Lines {
  let encoding = known ?? (start > 0 ? utf8 : undefined);
  let offset = start;
  let from = start;
  /** Bytes that are no whole unit yet, or too few to tell the encoding. */
  let carry = NOTHING;
  let held: Buffer[] = [];
  let heldBytes = 0;
  /** Bytes of the unfinished line, also those that were not kept. */
  let lineBytes = 0;

  function hold(bytes: Buffer, begin: number, end: number): void {
    lineBytes += end - begin;
    const kept = Math.min(end, begin + limit + MARGIN - heldBytes);
    if (kept <= begin) return;
    held.push(Buffer.from(bytes.subarray(begin, kept)));
    heldBytes += kept - begin;
  }

  function release(): void {
    held = [];
    heldBytes = 0;
    lineBytes = 0;
  }

  /** Where text begins after NULs, at `end` where there is none. */
  function afterHole(bytes: Buffer, begin: number, end: number): number {
    let at = begin;
    while (at < end && bytes[at] === 0) at++;
    // A NUL may be the first half of a character.
    if (encoding?.unit === 2) at -= (at - begin) % 2;
    if (at > begin) count?.('nul_bytes', at - begin);
    return at;
  }

  /** A line whose kept bytes are `bytes` from `begin` on, `size` in all. `isPlain`: known to be ASCII. */
  function takeSpan(
    how: Encoding,
    bytes: Buffer,
    begin: number,
    size: number,
    to: number,
    isPlain: boolean,
    take: TakeLine,
  ): void {
    const cut = size > limit;
    let last = begin + size;
    if (cut) {
      last = how.characterEnd(bytes, begin + limit);
      count?.('cut_bytes', begin + size - last);
    } else if (size >= how.unit && how.unitBefore(bytes, last) === CR) last -= how.unit;
    if (last === begin) return;
    if (isPlain) take(bytes.toString('latin1', begin, last), from, to, cut);
    else {
      if (!how.isValid(bytes, begin, last)) count?.(how.unit === 1 ? 'invalid_utf8' : 'invalid_utf16', 1);
      take(how.decode(bytes, begin, last), from, to, cut);
    }
    from = to;
  }

  function takeHeld(how: Encoding, to: number, take: TakeLine): void {
    const bytes = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held, heldBytes);
    takeSpan(how, bytes, 0, lineBytes, to, false, take);
    release();
  }

  /** `bytes` begin with a whole unit at `base` in the file; text begins at `begin`. */
  function split(how: Encoding, bytes: Buffer, base: number, begin: number, take: TakeLine): void {
    const isPlain = how.unit === 1 && isAscii(bytes);
    let at = begin;
    for (let end = how.lineEnd(bytes, at); end >= 0; end = how.lineEnd(bytes, at)) {
      const next = end + how.unit;
      if (lineBytes === 0) {
        const text = bytes[at] === 0 ? afterHole(bytes, at, end) : at;
        takeSpan(how, bytes, text, end - text, base + next, isPlain, take);
      } else {
        hold(bytes, at, end);
        takeHeld(how, base + next, take);
      }
      at = next;
    }
    if (lineBytes === 0 && bytes[at] === 0) at = afterHole(bytes, at, bytes.length);
    if (at < bytes.length) hold(bytes, at, bytes.length);
  }

  function feed(chunk: Buffer, isAll: boolean, take: TakeLine): void {
    const base = offset - carry.length;
    let bytes = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    carry = NOTHING;
    offset += chunk.length;
    let text = 0;
    if (encoding === undefined) {
      const told = encodingOf(bytes, isAll);
      if (told === undefined) {
        carry = Buffer.from(bytes);
        return;
      }
      encoding = told.encoding;
      text = told.mark;
    }
    const odd = isAll ? 0 : bytes.length % encoding.unit;
    if (odd > 0) {
      carry = Buffer.from(bytes.subarray(bytes.length - odd));
      bytes = bytes.subarray(0, bytes.length - odd);
    }
    split(encoding, bytes, base, text, take);
  }

  return {
    push(chunk, take) {
      if (chunk.length > 0) feed(chunk, false, take);
    },
    flush(take) {
      if (carry.length > 0) feed(NOTHING, true, take);
      if (lineBytes > 0) takeHeld(encoding ?? utf8, offset, take);
    },
    get offset() {
      return offset;
    },
    get taken() {
      return from;
    },
    get isHolding() {
      return lineBytes > 0 || carry.length > 0;
    },
  };
}
