/** A column of texts as it is stored: read back, and looked through without putting every text together. */
import type { Reader } from './bytes.ts';
import { type Texts, textsOfStrings } from './columns.ts';
import { DamagedBatch } from './damage.ts';
import { once } from './once.ts';
import { isStampTime, stampText } from './stamp.ts';
import type { Item } from './template.ts';
import { readTemplates, type Slot } from './template-reader.ts';
import type { StoredColumns } from './stored.ts';
import { PLAIN_TEXTS, readTexts, TEMPLATES, textAt } from './text.ts';

export interface TextColumn {
  readonly count: number;
  text(position: number): string;
  /** All of them, as bytes. */
  texts(): Texts;
  /** Which texts hold this piece of a token (folded ASCII letters, digits, `_`), by position; undefined: none. */
  holding(piece: string, among: Among): Uint8Array | undefined;
}

/** What is known of a value and a piece of text. */
export const NO = 0;
export const PERHAPS = 1;
export const YES = 2;

/** Of another column: which events' values hold the piece, by the event's ordinal. */
export type Among = (column: number) => Uint8Array;

/** `column`: the place of this column, whose texts refer to those before it only. */
export function readTextColumn(from: Reader, count: number, columns: StoredColumns, column: number): TextColumn {
  const form = from.byte();
  if (form === TEMPLATES) return templateColumn(from, count, columns, column);
  if (form !== PLAIN_TEXTS) throw new DamagedBatch('texts are of no known form');
  const texts = readTexts(from, count);
  return {
    count,
    text: (position) => textAt(texts, position),
    texts: () => texts,
    holding: (piece) => textsWith(texts, piece),
  };
}

function templateColumn(from: Reader, count: number, columns: StoredColumns, column: number): TextColumn {
  const { templates, codes, ranks, plain } = readTemplates(from, count, column);
  const rows = once(() => columns.rows(column));
  const text = (position: number): string => {
    const rank = ranks[position] ?? 0;
    const template = templates[(codes[position] ?? 0) - 1];
    if (template === undefined) return textAt(plain(), rank);
    const { items, slots } = template;
    let read = '';
    for (let index = 0; index < items.length; index++) {
      const item = items[index] as Item;
      if (item.kind === 'text') read += item.text;
      else if (item.kind === 'field') read += fieldText(columns, item.column, rows()[position] ?? -1);
      else {
        const slot = slots[item.slot] as Slot;
        const distance = slot.distance?.(rank);
        read += distance === undefined ? slot.text(rank) : stampOf(columns, rows()[position] ?? -1, distance);
      }
    }
    return read;
  };
  return {
    count,
    text,
    texts: () => textsOfStrings(Array.from({ length: count }, (_, position) => text(position))) ?? plain(),
    holding(piece, among) {
      const plainMarks = textsWith(plain(), piece);
      const judges = templates.map((template) => template.holding(piece, among));
      if (!plainMarks.includes(YES) && judges.every((judge) => judge === NO)) return undefined;
      const marks = new Uint8Array(count);
      for (let position = 0; position < count; position++) {
        const code = codes[position] ?? 0;
        const rank = ranks[position] ?? 0;
        const judge = code === 0 ? (plainMarks[rank] ?? NO) : (judges[code - 1] ?? NO);
        marks[position] = typeof judge === 'number' ? judge : judge(rank, rows()[position] ?? 0);
      }
      return marks;
    },
  };
}

function fieldText(columns: StoredColumns, column: number, row: number): string {
  const position = columns.positions(column)[row] ?? -1;
  if (position < 0) throw new DamagedBatch('a text refers to a field that its event lacks');
  return String(columns.value(column, position));
}

function stampOf(columns: StoredColumns, row: number, distance: number): string {
  const times = columns.indexes.get('@timestamp') ?? -1;
  const time = columns.value(times, columns.positions(times)[row] ?? -1);
  const stamp = typeof time === 'number' ? time + distance : Number.NaN;
  if (!isStampTime(stamp)) throw new DamagedBatch('a stamp is no time');
  return stampText(stamp);
}

/** Which texts hold a piece of ASCII, in any case. */
export function textsWith(texts: Texts, piece: string): Uint8Array {
  const { starts } = texts;
  const marked = new Uint8Array(starts.length - 1);
  if (marked.length === 0) return marked;
  const all = Buffer.from(texts.bytes.buffer, texts.bytes.byteOffset, texts.bytes.length).toString('latin1');
  const wanted = new RegExp(piece.replace(/[^\w]/g, '\\$&'), 'gi');
  let text = 0;
  for (wanted.lastIndex = 0; wanted.test(all);) {
    const [from, to] = [wanted.lastIndex - piece.length, wanted.lastIndex];
    text = textAround(starts, text, from);
    const end = starts[text + 1] ?? all.length;
    if (to <= end) {
      marked[text] = YES;
      wanted.lastIndex = Math.max(end, to);
    } else wanted.lastIndex = from + 1;
  }
  return marked;
}

/** The text in which a byte stands, not before `from`. */
function textAround(starts: Uint32Array, from: number, at: number): number {
  let [low, high] = [from, starts.length - 2];
  // Hits lie close together or far apart: steps first, then halves.
  for (let step = 1; low + step <= high && (starts[low + step] ?? 0) <= at; step *= 2) low += step;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
