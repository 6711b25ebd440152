/** A column of texts as it is stored: read back, and looked through without putting every text together. */
import { fold } from '../query/fold.ts';
import { textsOf } from '../query/match.ts';
import { alike } from './alike.ts';
import { holdingDotted } from './dotted.ts';
import type { Reader } from './bytes.ts';
import { type Texts, textsOfStrings } from './columns.ts';
import { DamagedBatch } from './damage.ts';
import { FEW } from './few.ts';
import { once } from './once.ts';
import { isStampTime, mayHold, stampText } from './stamp.ts';
import { type Marking, marking, NO, PERHAPS, textsOfLength, textsWith, YES } from './marks.ts';
import type { Item } from './template.ts';
import { readTemplates, type Slot, type Template } from './template-reader.ts';
import type { StoredColumn, StoredColumns } from './stored.ts';
import { fewTexts, PLAIN_TEXTS, takeTexts, TEMPLATES } from './text.ts';

export interface TextColumn {
  readonly count: number;
  /** `row`: the event that has it, where the caller knows. */
  text(position: number, row?: number): string;
  /** All of them, as bytes. */
  texts(): Texts;
  /**
   * Which texts hold this piece of a token (folded ASCII letters, digits, `_`) or of several with single dots between, by position;
   * undefined: none.
   */
  holding(piece: string, among: Among): Uint8Array | undefined;
  /** All bytes that the texts are made of, but for other columns' values, times and numbers. Tokens are whole. */
  pieces(): readonly Texts[];
  /** Positions of the texts that may be this one (folded ASCII). */
  alike(text: string): readonly number[];
}

/** Of another column: which events' values hold the piece, by the event's ordinal; undefined: none. */
export type Among = (column: number) => Uint8Array | undefined;

/** `column`: the place of this column, whose texts refer to those before it only. */
export function readTextColumn(from: Reader, count: number, columns: StoredColumns, column: number): TextColumn {
  const form = from.byte();
  if (form === TEMPLATES) return templateColumn(from, count, columns, column);
  if (form !== PLAIN_TEXTS) throw new DamagedBatch('texts are of no known form');
  const texts = fewTexts(takeTexts(from, count));
  return {
    count,
    text: (position) => texts.at(position),
    texts: texts.all,
    holding: (piece) => textsWith(texts.all(), piece),
    pieces: () => [texts.all()],
    alike: (text) => textsOfLength(texts.all(), text.length),
  };
}

function templateColumn(from: Reader, count: number, columns: StoredColumns, column: number): TextColumn {
  const { templates, plain, code, rank: rankOf, positions, standing } = readTemplates(from, count, column);
  const rows = once(() => columns.rows(column));
  let asked = 0;
  const text = (position: number, row?: number): string => {
    const event = (): number => row ?? (asked++ < FEW ? columns.row(column, position) : (rows()[position] ?? -1));
    const rank = rankOf(position);
    const template = templates[code(position) - 1];
    if (template === undefined) return plain.at(rank);
    const { items, slots } = template;
    let read = '';
    for (let index = 0; index < items.length; index++) {
      const item = items[index] as Item;
      if (item.kind === 'text') read += item.text;
      else if (item.kind === 'field') read += fieldText(columns, item.column, event());
      else {
        const slot = slots[item.slot] as Slot;
        const distance = slot.distance?.(rank);
        read += distance === undefined ? slot.text(rank) : stampOf(columns, event(), distance);
      }
    }
    return read;
  };
  return {
    count,
    text,
    texts: () => textsOfStrings(Array.from({ length: count }, (_, position) => text(position))) ?? plain.all(),
    holding(piece, among) {
      const marks = marking(count);
      for (const [place, at] of positions().entries()) {
        const template = templates[place - 1];
        if (template === undefined) marks.each(at, textsWith(plain.all(), piece));
        else
          markTemplate(template, at, piece, marks, {
            holding: (other) => atRows(among(other), at, rows()),
            isNumber: (other) => columns.kind(other) === 'numbers',
          });
      }
      return marks.done();
    },
    pieces: () => [
      plain.all(),
      ...templates.flatMap(({ items, slots }) => [...literalsOf(items), ...slots.flatMap(wordsOf)]),
    ],
    alike: (wanted) => [
      ...standing(0, textsOfLength(plain.all(), wanted.length)),
      ...templates.flatMap((template, place) => {
        const found = alike(template, wanted, (other) => mayBe(columns.data(other), wanted));
        return found?.length === 0 ? [] : standing(place + 1, found);
      }),
    ],
  };
}

const literalsOf = (items: readonly Item[]): Texts[] =>
  items.flatMap((item) =>
    item.kind === 'text' ? [{ bytes: item.bytes, starts: Uint32Array.of(0, item.bytes.length) }] : [],
  );

const wordsOf = ({ words }: Slot): Texts[] => (words === undefined ? [] : [words()]);

function mayBe(data: StoredColumn, wanted: string): boolean {
  if (data.kind === 'values') return data.values.some((value) => textsOf(value).some((text) => fold(text) === wanted));
  return data.kind === 'texts' ? data.texts.alike(wanted).length > 0 : !Number.isNaN(Number(wanted));
}

/** Of the other columns that a template names. */
interface Fields {
  holding(column: number): Uint8Array | undefined;
  isNumber(column: number): boolean;
}

/**
 * A piece lies in one field's text, in one stamp or wholly outside of them; outside, each of its tokens lies in the template's text, in one slot or in
 * one field's number.
 */
function markTemplate(
  { items, slots }: Template,
  at: Uint32Array,
  piece: string,
  marks: Marking,
  fields: Fields,
): void {
  const texts = items.flatMap((item) => (item.kind === 'text' ? [fold(item.text)] : []));
  if (texts.some((text) => text.includes(piece))) return marks.all(at, YES);
  for (const item of items) {
    if (item.kind === 'field') marks.each(at, fields.holding(item.column));
    else if (item.kind === 'stamp' && mayHold(piece)) marks.all(at, PERHAPS);
  }
  const tokens = piece.split('.');
  if (tokens.length === 1) for (const slot of slots) markSlot(marks, at, slot.holding(piece));
  else marks.each(at, holdingDotted(items, slots, tokens, at.length, fields.isNumber));
}

function markSlot(marks: Marking, at: Uint32Array, answer: number | Uint8Array): void {
  if (typeof answer === 'number') marks.all(at, answer);
  else marks.each(at, answer);
}

/** Marks of events → marks of the texts at these positions. */
function atRows(marks: Uint8Array | undefined, positions: Uint32Array, rows: Uint32Array): Uint8Array | undefined {
  if (marks === undefined) return undefined;
  const found = new Uint8Array(positions.length);
  for (let rank = 0; rank < found.length; rank++) found[rank] = marks[rows[positions[rank] ?? 0] ?? 0] ?? NO;
  return found;
}

function fieldText(columns: StoredColumns, column: number, row: number): string {
  const position = columns.position(column, row);
  if (position < 0) throw new DamagedBatch('a text refers to a field that its event lacks');
  return String(columns.value(column, position, row));
}

function stampOf(columns: StoredColumns, row: number, distance: number): string {
  const times = columns.indexes.get('@timestamp') ?? -1;
  const time = columns.value(times, columns.position(times, row));
  const stamp = typeof time === 'number' ? time + distance : Number.NaN;
  if (!isStampTime(stamp)) throw new DamagedBatch('a stamp is no time');
  return stampText(stamp);
}
