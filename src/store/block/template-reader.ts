/** Templates and slots as they are stored; `./template.ts` has the form. */
import type { Reader } from './bytes.ts';
import type { Texts } from './columns.ts';
import { DamagedBatch } from './damage.ts';
import { readCodes, readNumbers } from './numbers.ts';
import { isStampTime, stampText } from './stamp.ts';
import { AS_THEY_ARE, BY_LENGTH, type Item, itemsOf, MOST_DIGITS, OFFSETS } from './template.ts';
import { readTexts, textAt } from './text.ts';
import { type Among, textsWith } from './text-column.ts';

export interface Templates {
  readonly templates: readonly Template[];
  /** Of each text; 0: none, else the template's place + 1. */
  readonly codes: Uint32Array;
  /** Of each text, how many before it have the same template, or none like it. */
  readonly ranks: Uint32Array;
  readonly plain: Texts;
}

export interface Template {
  readonly items: readonly Item[];
  readonly slots: readonly Slot[];
  /** All of its texts may hold the piece, none does, or it depends on the text and its event. */
  mayHold(piece: string, among: Among): boolean | ((rank: number, row: number) => boolean);
}

interface Slot {
  text(rank: number, time: () => number): string;
  /** As TextColumn's, over the texts of the template. */
  mayHold(piece: string): boolean | Uint8Array;
}

export function readTemplates(from: Reader, count: number, column: number): Templates {
  const length = from.count();
  if (length > from.left) throw new DamagedBatch('it says that it has more templates than it has room for');
  const texts = readTexts(from, length);
  const codes = readCodes(from, count, length + 1);
  const uses = new Uint32Array(length + 1);
  const ranks = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const code = codes[i] ?? 0;
    const rank = uses[code] ?? 0;
    ranks[i] = rank;
    uses[code] = rank + 1;
  }
  const plain = readTexts(from, uses[0] ?? 0);
  const templates = Array.from({ length }, (_, index) => {
    const items = itemsOf(texts.bytes.subarray(texts.starts[index], texts.starts[index + 1]));
    if (items?.every((item) => item.kind !== 'field' || item.column < column) !== true)
      throw new DamagedBatch('a template is none');
    return readTemplate(from, items, uses[index + 1] ?? 0);
  });
  return { templates, codes, ranks, plain };
}

function readTemplate(from: Reader, items: readonly Item[], uses: number): Template {
  const slots: Slot[] = [];
  for (const item of items) {
    if (item.kind === 'number') slots.push(readDigits(from, uses));
    else if (item.kind === 'word') slots.push(readWords(from, uses));
    else if (item.kind === 'stamp') slots.push(readStamps(from, uses));
  }
  return {
    items,
    slots,
    mayHold(piece, among) {
      const some: ((rank: number, row: number) => boolean)[] = [];
      for (const item of items) {
        if (item.kind === 'text') {
          if (item.text.toLowerCase().includes(piece)) return true;
        } else if (item.kind === 'field') {
          const rows = among(item.column);
          if (rows === undefined) return true;
          some.push((_, row) => rows[row] === 1);
        } else {
          const answer = slots[item.slot]?.mayHold(piece) ?? false;
          if (answer === true) return true;
          if (answer !== false) some.push((rank) => answer[rank] === 1);
        }
      }
      return some.length === 0 ? false : (rank, row) => some.some((one) => one(rank, row));
    },
  };
}

function readWords(from: Reader, uses: number): Slot {
  const words = readTexts(from, uses);
  return { text: (rank) => textAt(words, rank), mayHold: (piece) => textsWith(words, piece) };
}

function readStamps(from: Reader, uses: number): Slot {
  const distances = readNumbers(from, uses);
  return {
    text(rank, time) {
      const at = (distances[rank] ?? 0) + time();
      if (!isStampTime(at)) throw new DamagedBatch('a stamp is no time');
      return stampText(at);
    },
    mayHold: (piece) => /^[\dtz]+$/.test(piece),
  };
}

function readDigits(from: Reader, uses: number): Slot {
  const form = from.byte();
  if (form > BY_LENGTH) throw new DamagedBatch('digits are of no known form');
  const numbers = readNumbers(from, uses);
  const text = (rank: number): string => {
    const number = numbers[rank] ?? 0;
    if (form === AS_THEY_ARE) return String(number);
    if (form < BY_LENGTH) return String(number).padStart(form, '0');
    let length = 1;
    while (length < MOST_DIGITS && number >= (OFFSETS[length + 1] ?? Infinity)) length++;
    return String(number - (OFFSETS[length] ?? 0)).padStart(length, '0');
  };
  return {
    text,
    mayHold(piece) {
      if (!/^\d+$/.test(piece)) return false;
      return Uint8Array.from({ length: uses }, (_, rank) => (text(rank).includes(piece) ? 1 : 0));
    },
  };
}
