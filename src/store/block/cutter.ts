/** A text → the template that it follows and what stands in its slots; `./template.ts` has both. */
import { fieldFinder } from './field-finder.ts';
import { LEAST_NUMBER, type NumberReference, type References } from './references.ts';
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
  /** Whether a text follows a template that another one was cut into; much sooner known than cut. */
  follows(template: Uint8Array, from: number, to: number, row: number, time: number): boolean;
  readonly template: Uint8Array;
  slots(): number;
  readonly kinds: Uint8Array;
  readonly values: Float64Array;
  readonly ends: Uint32Array;
}

/** `bytes`: plain, see `asPlain`. */
export function cutting(bytes: Uint8Array, references: References, tokens: TokenSink): Cutter {
  const template = new Uint8Array(LONGEST * 3);
  const kinds = new Uint8Array(MOST_SLOTS + 1);
  const values = new Float64Array(MOST_SLOTS + 1);
  const ends = new Uint32Array(MOST_SLOTS + 1);
  const fields = fieldFinder(bytes, references);
  let slots = 0;
  /** Of the mark that was made last: of which column, where it stands for a field, and the place behind what it stands for. */
  let [column, behind] = [0, 0];
  const slot = (kind: number, value: number, end: number): number => {
    kinds[slots] = kind;
    values[slots] = value;
    ends[slots] = end;
    if (slots < MOST_SLOTS) slots++;
    return kind;
  };
  /** The mark of digits alone, from `at` to `end`. */
  const digits = (at: number, end: number, row: number): number => {
    if (end - at > MOST_DIGITS) return slot(WORD, at, end);
    let value = 0;
    for (let i = at; i < end; i++) value = value * 10 + (bytes[i] ?? 0) - 0x30;
    if (value >= LEAST_NUMBER && bytes[at] !== 0x30) {
      const numbers = references.numbers(row);
      for (let i = 0; i < numbers.length; i++) {
        const number = numbers[i] as NumberReference;
        if (number.numberOf(row) !== value) continue;
        column = number.column;
        return FIELD_NUMBER;
      }
    }
    return slot(NUMBER, value + (OFFSETS[end - at] ?? 0), 0);
  };
  /** The mark of a token with so many digits, from `at` to `end`, in the text from `from` to `to`. */
  const token = (
    at: number,
    end: number,
    count: number,
    from: number,
    to: number,
    row: number,
    time: number,
  ): number => {
    behind = end;
    if (end - at === 4 && bytes[end] === DASH && !(at > from && bytes[at - 1] === DOT)) {
      const stamp = stampIn(bytes, at, to);
      if (stamp !== undefined && Number.isSafeInteger(time)) {
        behind = at + STAMP_LENGTH;
        return slot(STAMP, stamp - time, 0);
      }
    }
    if (count === end - at) {
      listDotted(tokens, bytes, at, end, from, to);
      return digits(at, end, row);
    }
    listToken(tokens, bytes, at, end);
    return slot(WORD, at, end);
  };
  return {
    template,
    kinds,
    values,
    ends,
    slots: () => slots,
    follows(known, from, to, row, time) {
      slots = 0;
      let at = from;
      for (let i = 0; i < known.length; i++) {
        const mark = known[i] ?? 0;
        if (mark >= MARKS) {
          if (at >= to || bytes[at++] !== mark) return false;
          continue;
        }
        const wanted = mark < FIELD_TEXT ? 0 : (known[i + 1] ?? 0) + (known[i + 2] ?? 0) * 256;
        if (mark >= FIELD_TEXT) i += 2;
        if (mark === FIELD_TEXT) {
          at = fields.behind(wanted, row, at, from, to);
          if (at === 0) return false;
        } else {
          let [end, count] = [at, 0];
          for (; end < to && IS_TOKEN[bytes[end] ?? 0] === 1; end++) count += IS_DIGIT[bytes[end] ?? 0] ?? 0;
          if (count === 0 || token(at, end, count, from, to, row, time) !== mark) return false;
          if (mark === FIELD_NUMBER && column !== wanted) return false;
          at = behind;
        }
      }
      return at === to && slots < MOST_SLOTS;
    },
    cut(from, to, row, time) {
      slots = 0;
      let length = 0;
      fields.of(row);
      for (let at = from; at < to; at = behind) {
        const byte = bytes[at] ?? 0;
        if (byte < MARKS) return -1;
        behind = fields.mayBegin(byte) ? fields.at(at, from, to) : 0;
        let mark = FIELD_TEXT;
        if (behind > 0) column = fields.column();
        else {
          // Written as it is looked at: what turns out to hold digits is written over.
          template[length] = byte;
          let [end, count] = [at + 1, IS_DIGIT[byte] ?? 0];
          if (IS_TOKEN[byte] === 1) {
            for (; end < to && IS_TOKEN[bytes[end] ?? 0] === 1; end++) {
              template[length + end - at] = bytes[end] ?? 0;
              count += IS_DIGIT[bytes[end] ?? 0] ?? 0;
            }
          }
          if (count === 0) {
            length += end - at;
            behind = end;
            continue;
          }
          mark = token(at, end, count, from, to, row, time);
        }
        template[length++] = mark;
        if (mark < FIELD_TEXT) continue;
        template[length++] = column & 0xff;
        template[length++] = column >> 8;
      }
      return slots < MOST_SLOTS ? length : -1;
    },
  };
}

/** The time of a stamp that stands here, and does not go on. */
function stampIn(bytes: Uint8Array, at: number, to: number): number | undefined {
  const behind = at + STAMP_LENGTH;
  if (behind > to) return undefined;
  const goesOn = behind < to && (IS_TOKEN[bytes[behind] ?? 0] === 1 || bytes[behind] === DOT);
  return goesOn ? undefined : stampAt(bytes, at);
}
