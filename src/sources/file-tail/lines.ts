/**
 * Bytes of a file, in order, into lines with their places.
 *
 * - A line ends with LF; a CR before it is dropped. What has no end yet is held.
 * - `from` is where the last line ended, so intervals are contiguous: an empty line is no record, and the next one covers it.
 * - A line over `limit` bytes is cut, its place still covers all of it, and never more than `limit` bytes are held.
 * - Invalid UTF-8 becomes U+FFFD. Every text is its own string: a slice of a decoded chunk would keep the chunk alive.
 */
import { isAscii } from 'node:buffer';
import { LIMITS } from '#contract';

const LF = 10;
const CR = 13;

export type TakeLine = (text: string, from: number, to: number, cut: boolean) => void;

export interface Lines {
  /** The chunk may be reused afterwards. */
  push(chunk: Buffer, take: TakeLine): void;
  /** Takes what is held as a line of its own: no more will come. */
  flush(take: TakeLine): void;
  /** Place of the next byte to push. */
  readonly offset: number;
}

/** The end of the last whole character at or before `end`, where `end` may lie inside one. */
function characterEnd(bytes: Buffer, end: number): number {
  let at = end;
  while (at > end - 3 && at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

export function lines(start: number, limit: number = LIMITS.bytes): Lines {
  let offset = start;
  let from = start;
  let held: Buffer[] = [];
  /** Bytes in `held`: at most limit + 1, the last one only tells where a character ends. */
  let heldBytes = 0;
  /** Bytes of the unfinished line, also those that were not kept. */
  let lineBytes = 0;

  function hold(chunk: Buffer, begin: number, end: number): void {
    lineBytes += end - begin;
    const kept = Math.min(end, begin + limit + 1 - heldBytes);
    if (kept <= begin) return;
    held.push(Buffer.from(chunk.subarray(begin, kept)));
    heldBytes += kept - begin;
  }

  function takeSpan(bytes: Buffer, begin: number, end: number, ascii: boolean, to: number, take: TakeLine): void {
    const cut = end - begin > limit;
    let last = end;
    if (cut) last = characterEnd(bytes, begin + limit);
    else if (end > begin && bytes[end - 1] === CR) last--;
    if (last === begin) return;
    take(bytes.toString(ascii ? 'latin1' : 'utf8', begin, last), from, to, cut);
    from = to;
  }

  function takeHeld(to: number, take: TakeLine): void {
    const bytes = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held, heldBytes);
    // An over-long line holds limit + 1 bytes, which is how takeSpan knows it.
    takeSpan(bytes, 0, heldBytes, false, to, take);
    held = [];
    heldBytes = 0;
    lineBytes = 0;
  }

  return {
    push(chunk, take) {
      const ascii = isAscii(chunk);
      let begin = 0;
      for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, begin)) {
        if (lineBytes === 0) {
          takeSpan(chunk, begin, end, ascii, offset + end + 1, take);
        } else {
          hold(chunk, begin, end);
          takeHeld(offset + end + 1, take);
        }
        begin = end + 1;
      }
      if (begin < chunk.length) hold(chunk, begin, chunk.length);
      offset += chunk.length;
    },
    flush(take) {
      if (lineBytes > 0) takeHeld(offset, take);
    },
    get offset() {
      return offset;
    },
  };
}
