/** What the texts of a column may be told by: the values that the same event has in other columns. */
import { type Columns, holders, lengthOf, type Texts, textsOfStrings } from './columns.ts';

export interface TextReference {
  readonly column: number;
  readonly texts: Texts;
  /** Of each event, which of the texts it has; -1: none. */
  readonly textOf: Int32Array;
}

export interface NumberReference {
  readonly column: number;
  /** Of each event; NaN: none. */
  readonly numberOf: Float64Array;
}

export interface References {
  readonly texts: readonly TextReference[];
  readonly numbers: readonly NumberReference[];
}

/** Times are told by stamps. */
const TIMES = new Set(['@timestamp', 'event.ingested']);
/** Smaller numbers are equal by chance too often. */
export const LEAST_NUMBER = 100;
const MOST_COLUMN = 0xffff;
/** Each takes room for every event, and is looked at for every text: where names are made up, those that most events have. */
const MOST_REFERENCES = 1024;

/** For each column that may be referred to, made once a block; `before(column)` are those a column may use. */
export function referencesIn(columns: Columns): { before(column: number): References } {
  const texts: TextReference[] = [];
  const numbers: NumberReference[] = [];
  const holding = holders(columns);
  const least = leastLength(columns);
  for (const [column, data] of columns.data.entries()) {
    if (column > MOST_COLUMN) break;
    if (lengthOf(data) < least) continue;
    if (data.kind === 'numbers') {
      if (TIMES.has(columns.names[column] ?? '') || !data.numbers.some((value) => value >= LEAST_NUMBER)) continue;
      const numberOf = new Float64Array(columns.count).fill(Number.NaN);
      const rows = holding(column).rows();
      for (let position = 0; position < rows.length; position++)
        numberOf[rows[position] ?? 0] = data.numbers[position] ?? 0;
      numbers.push({ column, numberOf });
    } else {
      const found = data.kind === 'texts' ? data.texts : strings(data.values);
      if (found === undefined) continue;
      const textOf = new Int32Array(columns.count).fill(-1);
      const codes = data.kind === 'values' ? data.codes : undefined;
      const rows = holding(column).rows();
      for (let position = 0; position < rows.length; position++)
        textOf[rows[position] ?? 0] = codes === undefined ? position : (codes[position] ?? 0);
      texts.push({ column, texts: found, textOf });
    }
  }
  return {
    before: (column) => ({
      // Longest texts last.
      texts: texts.filter((reference) => reference.column < column).toSorted((a, b) => meanOf(a) - meanOf(b)),
      numbers,
    }),
  };
}

/** Shorter columns are not referred to. */
function leastLength({ data }: Columns): number {
  if (data.length <= MOST_REFERENCES) return 0;
  const lengths = Float64Array.from(data, lengthOf).toSorted();
  return (lengths[lengths.length - MOST_REFERENCES] ?? 0) + 1;
}

const meanOf = ({ texts }: TextReference): number => (texts.starts.at(-1) ?? 0) / texts.starts.length;

/** A value that all events share is as good as the text itself. */
function strings(values: readonly unknown[]): Texts | undefined {
  if (values.length < 2) return undefined;
  const found = values.filter((value) => typeof value === 'string');
  return found.length === values.length ? textsOfStrings(found) : undefined;
}
