/** Templates and slots as they are stored; `./template.ts` has the form. */
import type { Reader } from './bytes.ts';
import type { Texts } from './columns.ts';
import { DamagedBatch } from './damage.ts';
import { holders } from './digits.ts';
import { type Codes, readCodes, takeNumbers } from './numbers.ts';
import { FEW, fewOf } from './few.ts';
import { once } from './once.ts';
import { AS_THEY_ARE, BY_LENGTH, type Item, itemsOf, MOST_DIGITS, OFFSETS } from './template.ts';
import { type FewTexts, fewTexts, readTexts, takeTexts } from './text.ts';
import { NO, textsOfLength, textsWith, YES } from './marks.ts';

export interface Templates {
  readonly templates: readonly Template[];
  /** Of a text; 0: none, else the template's place + 1. */
  code(position: number): number;
  /** How many texts before it have the same template, or none like it. */
  rank(position: number): number;
  readonly plain: FewTexts;
  /** Where the texts of each code stand, by rank. */
  positions(): readonly Uint32Array[];
  /** Of one code. `ranks`: ascending; absent: all. */
  standing(code: number, ranks?: readonly number[]): readonly number[];
}

export interface Template {
  readonly items: readonly Item[];
  readonly slots: readonly Slot[];
}

export interface Slot {
  text(rank: number): string;
  /** Of words: all of them. */
  readonly words: (() => Texts) | undefined;
  /** Of a stamp: its distance from the event's time. */
  readonly distance: ((rank: number) => number) | undefined;
  /** As TextColumn's: of all alike, or by rank. */
  holding(piece: string): number | Uint8Array;
  /** Which of these ranks (undefined: of all) may be this token (folded ASCII). */
  being(token: string, among: readonly number[] | undefined): readonly number[] | undefined;
}

export function readTemplates(from: Reader, count: number, column: number): Templates {
  const length = from.count();
  if (length > from.left) throw new DamagedBatch('it says that it has more templates than it has room for');
  const texts = readTexts(from, length);
  const codes = readCodes(from, count, length + 1);
  const uses = new Uint32Array(length + 1);
  for (let position = 0; position < count; position++) {
    const code = codes[position] ?? 0;
    uses[code] = (uses[code] ?? 0) + 1;
  }
  const plain = fewTexts(takeTexts(from, uses[0] ?? 0));
  const templates = Array.from({ length }, (_, index) => {
    const items = itemsOf(texts.bytes.subarray(texts.starts[index], texts.starts[index + 1]));
    if (items?.every((item) => item.kind !== 'field' || item.column < column) !== true)
      throw new DamagedBatch('a template is none');
    return { items, slots: readSlots(from, items, uses[index + 1] ?? 0) };
  });
  const positions = once(() => positionsOf(codes, uses));
  return {
    templates,
    plain,
    positions,
    code: (position) => codes[position] ?? 0,
    rank: rankIn(codes, length + 1),
    standing(code, ranks) {
      if (uses[code] === count) return ranks ?? Array.from({ length: count }, (_, position) => position);
      return ranks === undefined ? allOf(codes, code) : standing(codes, code, ranks);
    },
  };
}

/** The first ranks that are asked for are counted, ascending positions from one to the next; then all are at once. */
function rankIn(codes: Codes, different: number): (position: number) => number {
  let asked = 0;
  const all = once(() => ranksOf(codes, different));
  const counted = new Map<number, { readonly to: number; readonly rank: number }>();
  return (position) => {
    if (asked++ >= FEW) return all()[position] ?? 0;
    const code = codes[position] ?? 0;
    const before = counted.get(code);
    let { to, rank } = before === undefined || before.to > position ? { to: 0, rank: 0 } : before;
    for (; to < position; to++) if (codes[to] === code) rank++;
    counted.set(code, { to, rank });
    return rank;
  };
}

function ranksOf(codes: Codes, different: number): Uint32Array {
  const next = new Uint32Array(different);
  const ranks = new Uint32Array(codes.length);
  for (let position = 0; position < codes.length; position++) {
    const code = codes[position] ?? 0;
    const rank = next[code] ?? 0;
    ranks[position] = rank;
    next[code] = rank + 1;
  }
  return ranks;
}

function allOf(codes: Codes, code: number): number[] {
  const found: number[] = [];
  for (let at = codes.indexOf(code); at >= 0; at = codes.indexOf(code, at + 1)) found.push(at);
  return found;
}

/** Where the texts of a code with these ranks stand. */
function standing(codes: Codes, code: number, ranks: readonly number[]): number[] {
  const found: number[] = [];
  for (let position = 0, rank = 0; found.length < ranks.length && position < codes.length; position++) {
    if (codes[position] !== code) continue;
    if (rank++ === ranks[found.length]) found.push(position);
  }
  return found;
}

function positionsOf(codes: Codes, uses: Uint32Array): Uint32Array[] {
  const positions = Array.from(uses, (length) => new Uint32Array(length));
  const ends = new Uint32Array(uses.length);
  for (let position = 0; position < codes.length; position++) {
    const code = codes[position] ?? 0;
    const end = ends[code] ?? 0;
    (positions[code] as Uint32Array)[end] = position;
    ends[code] = end + 1;
  }
  return positions;
}

function readSlots(from: Reader, items: readonly Item[], uses: number): Slot[] {
  const slots: Slot[] = [];
  for (const item of items) {
    if (item.kind === 'number') slots.push(readDigits(from, uses));
    else if (item.kind === 'word') slots.push(readWords(from, uses));
    else if (item.kind === 'stamp') slots.push(readStamps(from, uses));
  }
  return slots;
}

function readWords(from: Reader, uses: number): Slot {
  const words = fewTexts(takeTexts(from, uses));
  return {
    distance: undefined,
    words: words.all,
    text: words.at,
    holding: (piece) => textsWith(words.all(), piece),
    being: (token, among) =>
      among === undefined
        ? textsOfLength(words.all(), token.length)
        : among.filter((rank) => words.at(rank).length === token.length),
  };
}

function readStamps(from: Reader, uses: number): Slot {
  const distances = fewOf(takeNumbers(from, uses));
  return {
    words: undefined,
    distance: (rank) => distances.at(rank) ?? 0,
    text: () => '',
    // Nothing dotted reaches across its ends: the whole piece was asked for before its tokens are.
    holding: () => NO,
    being: (_, among) => among,
  };
}

function readDigits(from: Reader, uses: number): Slot {
  const form = from.byte();
  if (form > BY_LENGTH) throw new DamagedBatch('digits are of no known form');
  const stored = takeNumbers(from, uses);
  const numbers = fewOf(stored);
  const text = (rank: number): string => {
    const number = numbers.at(rank) ?? 0;
    if (form === AS_THEY_ARE) return String(number);
    if (form < BY_LENGTH) return String(number).padStart(form, '0');
    let length = 1;
    while (length < MOST_DIGITS && number >= (OFFSETS[length + 1] ?? Infinity)) length++;
    return String(number - (OFFSETS[length] ?? 0)).padStart(length, '0');
  };
  return {
    words: undefined,
    distance: undefined,
    text,
    holding(piece) {
      if (!/^\d+$/.test(piece)) return NO;
      const marks = new Uint8Array(uses);
      if (form === AS_THEY_ARE) {
        const holds = holders(piece);
        const read = numbers.all();
        for (let rank = 0; rank < uses; rank++) marks[rank] = holds(read[rank] ?? 0);
      } else for (let rank = 0; rank < uses; rank++) marks[rank] = text(rank).includes(piece) ? YES : NO;
      return marks;
    },
    being(token, among) {
      const wanted = storedDigits(token, form);
      if (wanted === undefined) return [];
      if (among === undefined) return stored.where(wanted);
      return among.filter((rank) => (stored.direct ? stored.at(rank) : numbers.at(rank)) === wanted);
    },
  };
}

/** The number that stands for these digits; undefined where none of this form does. */
function storedDigits(token: string, form: number): number | undefined {
  if (!/^\d+$/.test(token) || token.length > MOST_DIGITS) return undefined;
  const number = Number(token);
  if (form === BY_LENGTH) return number + (OFFSETS[token.length] ?? 0);
  const digits = String(number);
  return token === (form === AS_THEY_ARE ? digits : digits.padStart(form, '0')) ? number : undefined;
}
