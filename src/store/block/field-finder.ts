/** The values of an event's other columns, found in one of its texts. */
import type { References, TextReference } from './references.ts';
import { DOT, IS_TOKEN } from './tokens.ts';

const SHORTEST = 3;
const NONE = -1;

export interface FieldFinder {
  /** The event whose values are looked for from now on. */
  of(row: number): void;
  mayBegin(byte: number): boolean;
  /** The place behind the longest value that stands here; 0 where none does. `column` tells whose it was. */
  at(at: number, from: number, to: number): number;
  column(): number;
  /** The place behind the value that the event has in this column, where it stands here; else 0. */
  behind(column: number, row: number, at: number, from: number, to: number): number;
}

export function fieldFinder(bytes: Uint8Array, references: References): FieldFinder {
  const none: readonly TextReference[] = [];
  const first = new Int16Array(256).fill(NONE);
  // What is known of each value of the event: most of those that begin alike are told apart by their second byte.
  let room = newRoom(64);
  let [now, taken, column] = [none, 0, 0];
  return {
    of(row) {
      for (let i = 0; i < taken; i++) first[room.firstBytes[i] ?? 0] = NONE;
      taken = 0;
      now = references.texts(row);
      if (now.length > room.next.length) room = newRoom(now.length * 2);
      const { firstBytes, secondBytes, starts, lengths, next } = room;
      for (let i = 0; i < now.length; i++) {
        const reference = now[i] as TextReference;
        const { texts } = reference;
        const text = reference.textOf(row);
        const start = texts.starts[text] ?? 0;
        const length = (texts.starts[text + 1] ?? 0) - start;
        if (length < SHORTEST) continue;
        const byte = texts.bytes[start] ?? 0;
        next[i] = first[byte] ?? NONE;
        first[byte] = i;
        starts[i] = start;
        lengths[i] = length;
        secondBytes[i] = texts.bytes[start + 1] ?? 0;
        firstBytes[taken++] = byte;
      }
    },
    mayBegin: (byte) => first[byte] !== NONE,
    at(at, from, to) {
      const byte = bytes[at] ?? 0;
      if (at > from && isDotted(bytes[at - 1] ?? 0) && isDotted(byte)) return 0;
      const { secondBytes, starts, lengths, next } = room;
      const second = bytes[at + 1] ?? 0;
      for (let i = first[byte] ?? NONE; i !== NONE; i = next[i] ?? NONE) {
        if (secondBytes[i] !== second) continue;
        const end = at + (lengths[i] ?? 0);
        const { texts, column: found } = now[i] as TextReference;
        if (end > to || !stands(bytes, at, end, texts.bytes, starts[i] ?? 0) || goesOn(bytes, end, to)) continue;
        column = found;
        return end;
      }
      return 0;
    },
    column: () => column,
    behind(wanted, row, at, from, to) {
      const reference = references.text(wanted);
      if (reference === undefined) return 0;
      const { texts } = reference;
      const text = reference.textOf(row);
      const start = texts.starts[text] ?? 0;
      const length = (texts.starts[text + 1] ?? 0) - start;
      const end = at + length;
      if (length < SHORTEST || end > to) return 0;
      const byte = bytes[at] ?? 0;
      if (byte !== texts.bytes[start] || bytes[at + 1] !== texts.bytes[start + 1]) return 0;
      if (at > from && isDotted(bytes[at - 1] ?? 0) && isDotted(byte)) return 0;
      return stands(bytes, at, end, texts.bytes, start) && !goesOn(bytes, end, to) ? end : 0;
    },
  };
}

const newRoom = (length: number) => ({
  firstBytes: new Uint8Array(length),
  secondBytes: new Uint8Array(length),
  starts: new Uint32Array(length),
  lengths: new Uint32Array(length),
  /** Of those that begin with the same byte. */
  next: new Int16Array(length),
});

const isDotted = (byte: number): boolean => IS_TOKEN[byte] === 1 || byte === DOT;

/** Their first two bytes are known to be alike. */
function stands(bytes: Uint8Array, from: number, to: number, wanted: Uint8Array, start: number): boolean {
  for (let at = from + 2, i = start + 2; at < to; at++, i++) if (bytes[at] !== wanted[i]) return false;
  return true;
}

/** Whether a token or something dotted reaches from before this place to behind it. */
function goesOn(bytes: Uint8Array, end: number, to: number): boolean {
  if (end >= to || !isDotted(bytes[end - 1] ?? 0)) return false;
  const byte = bytes[end] ?? 0;
  return IS_TOKEN[byte] === 1 || (byte === DOT && end + 1 < to && IS_TOKEN[bytes[end + 1] ?? 0] === 1);
}
