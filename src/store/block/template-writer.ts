/** Texts → templates and slots; `./template.ts` has the form. Every text is looked at once, byte by byte. */
import type { Writer } from './bytes.ts';
import type { Texts } from './columns.ts';
import { writeNumbers } from './numbers.ts';
import { type References, LEAST_NUMBER, type TextReference } from './references.ts';
import { stampAt } from './stamp.ts';
import {
  AS_THEY_ARE,
  BY_LENGTH,
  FIELD_NUMBER,
  FIELD_TEXT,
  itemsOf,
  MARKS,
  MOST_DIGITS,
  NUMBER,
  OFFSETS,
  STAMP,
  STAMP_LENGTH,
  WORD,
} from './template.ts';
import { TEMPLATES, writeTexts } from './text.ts';
import { DOT, hashOf, IS_DIGIT, IS_TOKEN, listDotted, listToken, listTokens, type TokenSink } from './tokens.ts';

export interface TextsToWrite {
  readonly texts: Texts;
  /** The event of each text, and the events' times. */
  readonly rows: Uint32Array;
  readonly times: ArrayLike<number>;
  readonly references: References;
  /** Is told every word of the texts, but for those of other columns' values. */
  readonly tokens: TokenSink;
}

/** Longer texts have no template. */
const LONGEST = 8192;
const MOST_SLOTS = 64;
/** A template that fewer texts have costs more than they do. */
const FEWEST = 2;
const SHORTEST_FIELD = 3;
const DASH = 0x2d;

interface Slot {
  readonly kind: number;
  /** Numbers; of words, where each begins in the texts' bytes. */
  readonly values: number[];
  /** Of words, where each ends. */
  readonly ends: number[];
}

interface Template {
  readonly bytes: Uint8Array;
  readonly slots: readonly Slot[];
  /** Another one whose hash is the same. */
  readonly other: Template | undefined;
  uses: number;
  /** As it will be written; 0 while nobody knows. */
  number: number;
}

export function writeTemplates(out: Writer, input: TextsToWrite): void {
  const { texts, tokens } = input;
  const { chosen, found } = templatesOf(input);
  const kept = found.filter(({ uses }) => uses >= FEWEST).toSorted((a, b) => b.uses - a.uses);
  for (const [index, template] of kept.entries()) template.number = index + 1;
  for (const { bytes } of kept) {
    for (const item of itemsOf(bytes) ?? []) {
      if (item.kind === 'text') listTokens(tokens, item.bytes, 0, item.bytes.length);
    }
  }
  out.byte(TEMPLATES);
  out.count(kept.length);
  writeTexts(out, joined(kept.map(({ bytes }) => bytes)));
  writeNumbers(
    out,
    chosen.map((template) => template?.number ?? 0),
  );
  const plain: Uint8Array[] = [];
  for (const [position, template] of chosen.entries()) {
    if (template !== undefined && template.number > 0) continue;
    const [from, to] = [texts.starts[position] ?? 0, texts.starts[position + 1] ?? 0];
    listTokens(tokens, texts.bytes, from, to);
    plain.push(texts.bytes.subarray(from, to));
  }
  writeTexts(out, joined(plain));
  for (const { slots } of kept) for (const slot of slots) writeSlot(out, slot, texts);
}

function joined(texts: readonly Uint8Array[]): Texts {
  const starts = new Uint32Array(texts.length + 1);
  for (const [index, { length }] of texts.entries()) starts[index + 1] = (starts[index] ?? 0) + length;
  return { bytes: Buffer.concat(texts), starts };
}

function writeSlot(out: Writer, { kind, values, ends }: Slot, texts: Texts): void {
  if (kind === STAMP) writeNumbers(out, values);
  else if (kind === NUMBER) writeDigits(out, values);
  else writeTexts(out, joined(values.map((from, index) => texts.bytes.subarray(from, ends[index]))));
}

/** Numbers come counted by length, and are written so that they are small. */
function writeDigits(out: Writer, counted: readonly number[]): void {
  let [padded, shortest, longest] = [false, MOST_DIGITS, 0];
  const plain = counted.map((value) => {
    let length = 1;
    while (length < MOST_DIGITS && value >= (OFFSETS[length + 1] ?? Infinity)) length++;
    const number = value - (OFFSETS[length] ?? 0);
    if (length > 1 && number < 10 ** (length - 1)) padded = true;
    shortest = Math.min(shortest, length);
    longest = Math.max(longest, length);
    return number;
  });
  const form = padded ? (shortest === longest ? longest : BY_LENGTH) : AS_THEY_ARE;
  out.byte(form);
  writeNumbers(out, form === BY_LENGTH ? counted : plain);
}

interface Found {
  readonly found: readonly Template[];
  /** Of each text; undefined: none. */
  readonly chosen: readonly (Template | undefined)[];
}

function templatesOf({ texts, rows, times, references, tokens }: TextsToWrite): Found {
  const cutter = cutting(texts.bytes, references, tokens);
  const byHash = new Map<number, Template>();
  const found: Template[] = [];
  const chosen: (Template | undefined)[] = [];
  for (let position = 0; position < rows.length; position++) {
    const row = rows[position] ?? 0;
    const [from, to] = [texts.starts[position] ?? 0, texts.starts[position + 1] ?? 0];
    const length = to - from > LONGEST ? -1 : cutter.cut(from, to, row, times[row] ?? 0);
    if (length < 0) {
      chosen.push(undefined);
      continue;
    }
    const hash = hashOf(cutter.template, 0, length);
    const first = byHash.get(hash);
    let template = first;
    while (template !== undefined && !isSame(template.bytes, cutter.template, length)) template = template.other;
    if (template === undefined) {
      template = newTemplate(cutter, length, first);
      byHash.set(hash, template);
      found.push(template);
    }
    take(template, cutter);
    chosen.push(template);
  }
  return { found, chosen };
}

function take(template: Template, { values, ends }: Cutter): void {
  template.uses++;
  const { slots } = template;
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index] as Slot;
    slot.values.push(values[index] ?? 0);
    if (slot.kind === WORD) slot.ends.push(ends[index] ?? 0);
  }
}

function isSame(bytes: Uint8Array, other: Uint8Array, length: number): boolean {
  if (bytes.length !== length) return false;
  for (let at = 0; at < length; at++) if (bytes[at] !== other[at]) return false;
  return true;
}

const newTemplate = ({ template, kinds, slots }: Cutter, length: number, other: Template | undefined): Template => ({
  bytes: template.slice(0, length),
  slots: Array.from(kinds.subarray(0, slots()), (kind) => ({ kind, values: [], ends: [] })),
  other,
  uses: 0,
  number: 0,
});

/** One text at a time; the result lies here until the next. */
interface Cutter {
  /** The template's length; -1 where there is none. */
  cut(from: number, to: number, row: number, time: number): number;
  readonly template: Uint8Array;
  slots(): number;
  readonly kinds: Uint8Array;
  readonly values: Float64Array;
  readonly ends: Uint32Array;
}

function cutting(bytes: Uint8Array, references: References, tokens: TokenSink): Cutter {
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

interface FieldFinder {
  /** The event whose values are looked for from now on. */
  of(row: number): void;
  mayBegin(byte: number): boolean;
  /** The place behind the longest value that stands here; 0 where none does. `column` tells whose it was. */
  at(at: number, from: number, to: number): number;
  column(): number;
}

function fieldFinder(bytes: Uint8Array, references: readonly TextReference[]): FieldFinder {
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
        if (text < 0 || (texts.starts[text + 1] ?? 0) - start < SHORTEST_FIELD) continue;
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
