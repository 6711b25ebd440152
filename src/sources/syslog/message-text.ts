/** The bytes of one message → its text. */
import { isAscii, isUtf8 } from 'node:buffer';

const LF = 10;
const CR = 13;
const NUL = 0;

export interface MessageText {
  readonly text: string;
  /** It was not UTF-8: what was broken is U+FFFD now. */
  readonly mended: boolean;
}

/** Senders end a message with LF, CR LF or NUL even where its length is known: that is no part of it. */
export function messageText(bytes: Buffer, begin: number, end: number): MessageText {
  let last = end;
  while (last > begin && isEnding(bytes[last - 1])) last--;
  const span = bytes.subarray(begin, last);
  if (isAscii(span)) return { text: span.toString('latin1'), mended: false };
  return { text: span.toString('utf8'), mended: !isUtf8(span) };
}

const isEnding = (byte: number | undefined): boolean => byte === LF || byte === CR || byte === NUL;

/** Where the last whole character at or before `end` ends: a message that is cut is not cut inside one. */
export function characterEnd(bytes: Buffer, end: number): number {
  let at = end;
  while (at > end - 3 && at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}
