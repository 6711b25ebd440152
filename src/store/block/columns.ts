/**
 * Events as columns, in memory: what batches and blocks are written from and read into.
 *
 * An event's *shape* is the row of its fields, in the order in which they were set. Few shapes occur, so which fields an event has costs
 * about nothing. A column holds the values of only those events whose shape names it, in the events' order.
 */
import type { FieldValue } from '#contract';

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

/** The ordinals of the events whose shape names the column, ascending. */
export function rowsOf(columns: Pick<Columns, 'count' | 'shapes' | 'shapeOf'>, column: number): Uint32Array {
  const { count, shapeOf } = columns;
  const has = Uint8Array.from(columns.shapes, (shape) => (shape.includes(column) ? 1 : 0));
  const rows = new Uint32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) if (has[shapeOf[row] ?? 0] === 1) rows[found++] = row;
  return rows.subarray(0, found);
}
