/**
 * Events as columns, in memory: what batches and blocks are written from and read into.
 *
 * An event's *shape* is the row of its fields, in the order in which they were set. Few shapes occur, so which fields an event has costs
 * about nothing. A column holds the values of only those events whose shape names it, in the events' order.
 */
import type { FieldValue } from '#contract';
import type { Codes } from './numbers.ts';
import { once } from './once.ts';

export interface Columns {
  readonly count: number;
  /** Each event's place in `shapes`. */
  readonly shapeOf: Uint32Array;
  /** Places in `data`. */
  readonly shapes: readonly (readonly number[])[];
  readonly names: readonly string[];
  readonly data: readonly ColumnData[];
}

export type ColumnData =
  /** Few different values, or values of different kinds. */
  | { readonly kind: 'values'; readonly values: readonly FieldValue[]; readonly codes: Uint32Array }
  | { readonly kind: 'numbers'; readonly numbers: Float64Array }
  /** Well-formed texts, most of them different. */
  | { readonly kind: 'texts'; readonly texts: Texts };

/** Texts in UTF-8, one behind the other. */
export interface Texts {
  readonly bytes: Uint8Array;
  /** Where each begins; one more entry for the end. */
  readonly starts: Uint32Array;
}

export const lengthOf = (data: ColumnData): number => {
  if (data.kind === 'values') return data.codes.length;
  return data.kind === 'numbers' ? data.numbers.length : data.texts.starts.length - 1;
};

/** Undefined where a text is not well-formed Unicode: UTF-8 cannot hold it. */
export function textsOfStrings(strings: readonly string[]): Texts | undefined {
  const joined = strings.join('');
  const bytes = Buffer.from(joined);
  const starts = new Uint32Array(strings.length + 1);
  const ascii = bytes.length === joined.length;
  let at = 0;
  for (let i = 0; i < strings.length; i++) {
    const text = strings[i] ?? '';
    if (!ascii && !text.isWellFormed()) return undefined;
    at += ascii ? text.length : Buffer.byteLength(text);
    starts[i + 1] = at;
  }
  return { bytes, starts };
}

interface Shaped extends Pick<Columns, 'count' | 'shapes'> {
  readonly shapeOf: Codes;
}

export interface Holders {
  /** A text that columns have in common which the same events have. */
  readonly key: string;
  /** The shapes that name the column. */
  readonly shapes: readonly number[];
  /** The ordinals of the events whose shape names the column, ascending. */
  rows(): Uint32Array;
}

/**
 * Which events have a column. Columns that stand in the same shapes share the answer: most events have most fields, and of made-up
 * names all those of one event.
 */
export function holders(columns: Shaped): (column: number) => Holders {
  const shapesOf: number[][] = [];
  for (const [shape, named] of columns.shapes.entries())
    for (const column of named) (shapesOf[column] ??= []).push(shape);
  const shared = new Map<string, Holders>();
  return (column) => {
    const shapes = shapesOf[column] ?? [];
    const key = shapes.join();
    let held = shared.get(key);
    if (held === undefined) shared.set(key, (held = { key, shapes, rows: once(() => rowsOf(columns, shapes)) }));
    return held;
  };
}

function rowsOf({ count, shapes, shapeOf }: Shaped, wanted: readonly number[]): Uint32Array {
  const has = new Uint8Array(shapes.length);
  for (const shape of wanted) has[shape] = 1;
  const rows = new Uint32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) if (has[shapeOf[row] ?? 0] === 1) rows[found++] = row;
  return found * 2 < count ? rows.slice(0, found) : rows.subarray(0, found);
}
