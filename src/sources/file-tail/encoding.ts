/**
 * How the bytes of a log are text. Its first bytes say which (a byte order mark); without one it is UTF-8.
 *
 * An encoding finds line ends and decodes what lies between them. Places in a file are bytes in all of them.
 */
import { isUtf8 } from 'node:buffer';

export interface Encoding {
  readonly name: 'utf8' | 'utf16le' | 'utf16be';
  /** Bytes of the smallest piece: a line begins at a multiple of it. */
  readonly unit: 1 | 2;
  /** Where the next LF at or after `from` begins, -1 without one. `bytes` begins with a whole unit. */
  lineEnd(bytes: Buffer, from: number): number;
  /** The unit that ends right before `end`. */
  unitBefore(bytes: Buffer, end: number): number;
  /** The end of the last whole character at or before `end`, where `end` may lie inside one. */
  characterEnd(bytes: Buffer, end: number): number;
  /** What cannot be text becomes U+FFFD. */
  decode(bytes: Buffer, begin: number, end: number): string;
  isValid(bytes: Buffer, begin: number, end: number): boolean;
}

const LF = 10;

export const utf8: Encoding = {
  name: 'utf8',
  unit: 1,
  lineEnd: (bytes, from) => bytes.indexOf(LF, from),
  unitBefore: (bytes, end) => bytes[end - 1] ?? 0,
  characterEnd(bytes, end) {
    let at = end;
    while (at > end - 3 && at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
    return at;
  },
  decode: (bytes, begin, end) => bytes.toString('utf8', begin, end),
  isValid: (bytes, begin, end) => isUtf8(bytes.subarray(begin, end)),
};

function utf16(name: 'utf16le' | 'utf16be'): Encoding {
  /** Where in a unit the byte stands that is 10 in an LF. */
  const low = name === 'utf16le' ? 0 : 1;
  const unitAt = (bytes: Buffer, at: number): number => (bytes[at + low] ?? 0) | ((bytes[at + 1 - low] ?? 0) << 8);
  function raw(bytes: Buffer, begin: number, end: number): string {
    if (name === 'utf16le') return bytes.toString('utf16le', begin, end);
    // A copy: the chunk is not ours to turn around. swap16 takes whole units only, and so does text.
    return Buffer.from(bytes.subarray(begin, end - ((end - begin) % 2)))
      .swap16()
      .toString('utf16le');
  }
  return {
    name,
    unit: 2,
    lineEnd(bytes, from) {
      for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
        if (at % 2 === low && bytes[at + 1 - 2 * low] === 0) return at - low;
      }
      return -1;
    },
    unitBefore: (bytes, end) => unitAt(bytes, end - 2),
    characterEnd(bytes, end) {
      const at = end - (end % 2);
      return at > 1 && (unitAt(bytes, at - 2) & 0xfc00) === 0xd800 ? at - 2 : at;
    },
    decode: (bytes, begin, end) => raw(bytes, begin, end).toWellFormed(),
    isValid: (bytes, begin, end) => (end - begin) % 2 === 0 && raw(bytes, begin, end).isWellFormed(),
  };
}

const utf16le = utf16('utf16le');
const utf16be = utf16('utf16be');

const MARKS: readonly (readonly [mark: readonly number[], encoding: Encoding])[] = [
  [[0xef, 0xbb, 0xbf], utf8],
  [[0xff, 0xfe], utf16le],
  [[0xfe, 0xff], utf16be],
];

/**
 * What the first bytes of a file say, and how many of them are a mark and no text. Undefined while there are too few to tell;
 * `isAll` says that no more will come.
 */
export function encodingOf(
  head: Uint8Array,
  isAll = false,
): { readonly encoding: Encoding; readonly mark: number } | undefined {
  for (const [mark, encoding] of MARKS) {
    const same = mark.filter((byte, i) => i < head.length && head[i] === byte).length;
    if (same === mark.length) return { encoding, mark: mark.length };
    if (same === head.length && !isAll) return undefined;
  }
  return { encoding: utf8, mark: 0 };
}
