/** A text → the template that it follows and what stands in its slots; `./template.ts` has both. */
import { fieldFinder } from './field-finder.ts';
import { LEAST_NUMBER, type References } from './references.ts';
import { stampAt } from './stamp.ts';
import {
  FIELD_NUMBER,
  FIELD_TEXT,
  MARKS,
  MOST_DIGITS,
  NUMBER,
  OFFSETS,
  STAMP,
  STAMP_LENGTH,
  WORD,
} from './template.ts';
import { DOT, IS_DIGIT, IS_TOKEN, listDotted, listToken, type TokenSink } from './tokens.ts';

/** Longer texts have no template. */
export const LONGEST = 8192;
const MOST_SLOTS = 64;
const DASH = 0x2d;

/** One text at a time; the result lies here until the next. */
export interface Cutter {
  /** The template's length; -1 where there is none. */
  cut(from: number, to: number, row: number, time: number): number;
  readonly template: Uint8Array;
  slots(): number;
  readonly kinds: Uint8Array;
  readonly values: Float64Array;
  readonly ends: Uint32Array;
}

export function cutting(bytes: Uint8Array, references: References, tokens: TokenSink): Cutter {
  const template = new Uint8Array(LONGEST * 3);
  const kinds = new Uint8Array(MOST_SLOTS + 1);
  const values = new Float64Array(MOST_SLOTS + 1);
  const ends = new Uint32Array(MOST_SLOTS + 1);
  const fields = fieldFinder(bytes, references.texts);
  const { numbers } = references;
  let [slots, length] = [0, 0];
  const slot = (kind: number, value: number, end: number): void => {
    template[length++] = kind;
    kinds[slots] = kind;
    values[slots] = value;
    ends[slots] = end;
    if (slots < MOST_SLOTS) slots++;
  };
  const field = (mark: number, column: number): void => {
    template[length++] = mark;
    template[length++] = column & 0xff;
    template[length++] = column >> 8;
  };
  /** Digits alone, from `at` to `end`, in the text from `from` to `to`. The place behind what was taken. */
  const digits = (at: number, end: number, from: number, to: number, row: number, time: number): number => {
    if (end - at === 4 && bytes[end] === DASH && at + STAMP_LENGTH <= to && !isWithin(bytes, at, from)) {
      const behind = at + STAMP_LENGTH;
      const stamp =
        behind < to && (IS_TOKEN[bytes[behind] ?? 0] === 1 || bytes[behind] === DOT) ? undefined : stampAt(bytes, at);
      if (stamp !== undefined && Number.isSafeInteger(time)) {
        slot(STAMP, stamp - time, 0);
        return behind;
      }
    }
    listDotted(tokens, bytes, at, end, from, to);
    if (end - at > MOST_DIGITS) {
      slot(WORD, at, end);
      return end;
    }
    let value = 0;
    for (let i = at; i < end; i++) value = value * 10 + (bytes[i] ?? 0) - 0x30;
    if (value >= LEAST_NUMBER && bytes[at] !== 0x30) {
      for (const { column, numberOf } of numbers) {
        if (numberOf[row] !== value) continue;
        field(FIELD_NUMBER, column);
        return end;
      }
    }
    slot(NUMBER, value + (OFFSETS[end - at] ?? 0), 0);
    return end;
  };
  return {
    template,
    kinds,
    values,
    ends,
    slots: () => slots,
    cut(from, to, row, time) {
      slots = 0;
      length = 0;
      fields.of(row);
      let inToken = false;
      for (let at = from; at < to;) {
        const byte = bytes[at] ?? 0;
        if (byte < MARKS) return -1;
        const isToken = IS_TOKEN[byte] === 1;
        if (!(inToken && isToken) && fields.mayBegin(byte)) {
          const behind = fields.at(at, from, to);
          if (behind > 0) {
            field(FIELD_TEXT, fields.column());
            inToken = IS_TOKEN[bytes[behind - 1] ?? 0] === 1;
            at = behind;
            continue;
          }
        }
        inToken = isToken;
        if (!isToken) {
          template[length++] = byte;
          at++;
          continue;
        }
        let [end, digitCount] = [at, 0];
        for (; end < to && IS_TOKEN[bytes[end] ?? 0] === 1; end++) digitCount += IS_DIGIT[bytes[end] ?? 0] ?? 0;
        if (digitCount === 0) for (; at < end; at++) template[length++] = bytes[at] ?? 0;
        else if (digitCount === end - at) at = digits(at, end, from, to, row, time);
        else {
          listToken(tokens, bytes, at, end);
          slot(WORD, at, end);
          at = end;
        }
      }
      return slots < MOST_SLOTS ? length : -1;
    },
  };
}

/** Whether something dotted goes on to the left of this place. */
const isWithin = (bytes: Uint8Array, at: number, from: number): boolean => at > from && bytes[at - 1] === DOT;
