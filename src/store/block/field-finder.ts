/** The values of an event's other columns, found in one of its texts. */
import type { TextReference } from './references.ts';
import { DOT, IS_TOKEN } from './tokens.ts';

const SHORTEST = 3;

export interface FieldFinder {
  /** The event whose values are looked for from now on. */
  of(row: number): void;
  mayBegin(byte: number): boolean;
  /** The place behind the longest value that stands here; 0 where none does. `column` tells whose it was. */
  at(at: number, from: number, to: number): number;
  column(): number;
}

export function fieldFinder(bytes: Uint8Array, references: readonly TextReference[]): FieldFinder {
  const none = -1;
  const first = new Int16Array(256).fill(none);
  const next = new Int16Array(references.length).fill(none);
  const firstBytes = new Uint8Array(references.length);
  let [taken, column, rowNow] = [0, 0, 0];
  return {
    of(row) {
      for (let i = 0; i < taken; i++) first[firstBytes[i] ?? 0] = none;
      taken = 0;
      for (let i = 0; i < references.length; i++) {
        const { texts, textOf } = references[i] as TextReference;
        const text = textOf[row] ?? none;
        const start = texts.starts[text] ?? 0;
        if (text < 0 || (texts.starts[text + 1] ?? 0) - start < SHORTEST) continue;
        const byte = texts.bytes[start] ?? 0;
        next[i] = first[byte] ?? none;
        first[byte] = i;
        firstBytes[taken++] = byte;
      }
      rowNow = row;
    },
    mayBegin: (byte) => first[byte] !== none,
    at(at, from, to) {
      const byte = bytes[at] ?? 0;
      if (at > from && isDotted(bytes[at - 1] ?? 0) && isDotted(byte)) return 0;
      for (let i = first[byte] ?? none; i !== none; i = next[i] ?? none) {
        const { texts, textOf, column: found } = references[i] as TextReference;
        const text = textOf[rowNow] ?? 0;
        const start = texts.starts[text] ?? 0;
        const length = (texts.starts[text + 1] ?? 0) - start;
        if (at + length > to || !stands(bytes, at, texts.bytes, start, length) || goesOn(bytes, at + length, to))
          continue;
        column = found;
        return at + length;
      }
      return 0;
    },
    column: () => column,
  };
}

const isDotted = (byte: number): boolean => IS_TOKEN[byte] === 1 || byte === DOT;

function stands(bytes: Uint8Array, at: number, wanted: Uint8Array, start: number, length: number): boolean {
  for (let i = 1; i < length; i++) if (bytes[at + i] !== wanted[start + i]) return false;
  return true;
}

/** Whether a token or something dotted reaches from before this place to behind it. */
function goesOn(bytes: Uint8Array, end: number, to: number): boolean {
  if (end >= to || !isDotted(bytes[end - 1] ?? 0)) return false;
  const byte = bytes[end] ?? 0;
  return IS_TOKEN[byte] === 1 || (byte === DOT && end + 1 < to && IS_TOKEN[bytes[end + 1] ?? 0] === 1);
}
