/**
 * What counts as a word of a text, for the filter of a block and for the queries that ask it. Both sides must cut alike, or events get lost.
 *
 * - A token is the longest run of ASCII letters, digits and `_` and of bytes beyond ASCII. Case is folded.
 * - It is *listed* if it is ASCII, 3 to 64 bytes long, and neither all digits nor a piece of an ISO stamp: those are nearly all different and
 *   would fill the filter without telling blocks apart.
 * - An IPv4 address is listed whole: four numbers of up to three digits with dots between, no further dotted token on either side.
 * - Two numbers between dots are listed with all three dots (`.51.100.`), and with the digit before and one, two and three digits behind
 *   (`8.51.100.7`, `8.51.100.77`): a search for an address that may be part of something longer can still ask for those.
 */
export const IS_TOKEN = new Uint8Array(256);
export const IS_DIGIT = new Uint8Array(256);
const FOLDED = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const char = String.fromCharCode(byte);
  IS_TOKEN[byte] = byte >= 0x80 || /\w/.test(char) ? 1 : 0;
  IS_DIGIT[byte] = /\d/.test(char) ? 1 : 0;
  FOLDED[byte] = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
export const DOT = 0x2e;
/** So many digits behind two numbers between dots are looked at. */
const NEAR = 3;
const AROUND = /^\d\.\d+\.\d+\.\d{1,3}/;
const SHORTEST = 3;
const LONGEST = 64;
const STAMP_PIECE = /^(?:\d\dT\d\d|\d{3}Z)$/i;

/** Takes the hashes of what is listed. */
export interface TokenSink {
  add(hash: number): void;
}

/** Everything listed in the text between two places. */
export function listTokens(into: TokenSink, bytes: Uint8Array, from: number, to: number): void {
  for (let at = from; at < to;) {
    if (IS_TOKEN[bytes[at] ?? 0] === 0) {
      at++;
      continue;
    }
    let digits = 0;
    let end = at;
    for (; end < to && IS_TOKEN[bytes[end] ?? 0] === 1; end++) digits += IS_DIGIT[bytes[end] ?? 0] ?? 0;
    if (digits === end - at) listDotted(into, bytes, at, end, from, to);
    else listToken(into, bytes, at, end);
    at = end;
  }
}

/** A token that is not all digits. */
export function listToken(into: TokenSink, bytes: Uint8Array, from: number, to: number): void {
  const length = to - from;
  if (length < SHORTEST || length > LONGEST) return;
  for (let at = from; at < to; at++) if ((bytes[at] ?? 0) >= 0x80) return;
  const digitFirst = IS_DIGIT[bytes[from] ?? 0] === 1;
  if (digitFirst && length <= 5 && STAMP_PIECE.test(String.fromCharCode(...bytes.subarray(from, to)))) return;
  into.add(hashOf(bytes, from, to));
}

/** What dotted things begin with the digits between `from` and `to`, in a text from `first` to `last`. */
export function listDotted(
  into: TokenSink,
  bytes: Uint8Array,
  from: number,
  to: number,
  first: number,
  last: number,
): void {
  if (to >= last || bytes[to] !== DOT) return;
  const second = digitsEnd(bytes, to + 1, last);
  if (second < 0) return;
  if (from > first && bytes[from - 1] === DOT) {
    if (second < last && bytes[second] === DOT) listBetween(into, bytes, from - 1, second, first, last);
    return;
  }
  if (to - from > 3 || second - to > 4 || bytes[second] !== DOT) return;
  const third = digitsEnd(bytes, second + 1, last);
  if (third < 0 || third - second > 4 || third >= last || bytes[third] !== DOT) return;
  const fourth = digitsEnd(bytes, third + 1, last);
  if (fourth < 0 || fourth - third > 4) return;
  const goesOn = fourth + 1 < last && bytes[fourth] === DOT && IS_TOKEN[bytes[fourth + 1] ?? 0] === 1;
  if (!goesOn) into.add(hashOf(bytes, from, fourth));
}

/** `dot`: before the first of two numbers, `behind`: the dot behind the second. */
function listBetween(
  into: TokenSink,
  bytes: Uint8Array,
  dot: number,
  behind: number,
  first: number,
  last: number,
): void {
  into.add(hashOf(bytes, dot, behind + 1));
  if (dot <= first || IS_DIGIT[bytes[dot - 1] ?? 0] === 0) return;
  for (let end = behind + 1; end < last && end <= behind + NEAR && IS_DIGIT[bytes[end] ?? 0] === 1; end++)
    into.add(hashOf(bytes, dot - 1, end + 1));
}

/** What is listed of two numbers between dots with what stands around them, of a text that may go on at both ends. */
export function listAround(into: TokenSink, text: string): void {
  for (let from = 0; from < text.length; from++) {
    const [found] = AROUND.exec(text.slice(from)) ?? [];
    if (found !== undefined) into.add(hashOf(Buffer.from(found), 0, found.length));
  }
}

/** The end of a token of digits alone that begins here; -1 where none does. */
function digitsEnd(bytes: Uint8Array, from: number, last: number): number {
  let end = from;
  while (end < last && IS_DIGIT[bytes[end] ?? 0] === 1) end++;
  return end === from || (end < last && IS_TOKEN[bytes[end] ?? 0] === 1) ? -1 : end;
}

/** FNV-1a, then mixed so that every bit depends on all. */
function hashOf(bytes: Uint8Array, from: number, to: number, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (FOLDED[bytes[at] ?? 0] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A field's name is listed too, apart from words and with its case. */
export function nameHash(name: string): number {
  const bytes = Buffer.from(`${name}\0`);
  let hash = 0;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hashOf(bytes, 0, 0, hash);
}
