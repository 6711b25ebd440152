/** What the texts of a column may be told by: the values that the same event has in other columns. */
import { asPlain } from './bytes.ts';
import { type Columns, holders, lengthOf, type Texts, textsOfStrings } from './columns.ts';

export interface TextReference {
  readonly column: number;
  readonly texts: Texts;
  /** Which of the texts the event has, which must have one; soonest where events are asked for in their order. */
  textOf(row: number): number;
}

export interface NumberReference {
  readonly column: number;
  numberOf(row: number): number;
}

/** Of an event only those columns that it has: a block may know hundreds, an event has a few dozen of them. */
export interface References {
  /** Events of one shape have the same columns. */
  shape(row: number): number;
  /** Longest texts last. */
  texts(row: number): readonly TextReference[];
  /** Of a column that the event has. */
  text(column: number): TextReference | undefined;
  numbers(row: number): readonly NumberReference[];
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
      const place = placing(holding(column).rows(), columns.count);
      numbers.push({ column, numberOf: (row) => data.numbers[place(row)] ?? 0 });
    } else {
      const found = data.kind === 'texts' ? data.texts : strings(data.values);
      if (found === undefined) continue;
      const place = placing(holding(column).rows(), columns.count);
      const codes = data.kind === 'values' ? data.codes : undefined;
      texts.push({
        column,
        texts: { bytes: asPlain(found.bytes), starts: found.starts },
        textOf: codes === undefined ? place : (row) => codes[place(row)] ?? 0,
      });
    }
  }
  const numbersOf = byShape(columns, numbers);
  const textIn: (TextReference | undefined)[] = columns.data.map(() => undefined);
  for (const reference of texts) textIn[reference.column] = reference;
  return {
    before: (column) => ({
      shape: (row) => columns.shapeOf[row] ?? 0,
      text: (other) => textIn[other],
      texts: byShape(
        columns,
        texts.filter((reference) => reference.column < column).toSorted((a, b) => meanOf(a) - meanOf(b)),
      ),
      numbers: numbersOf,
    }),
  };
}

/** Where the value of an event stands among those of its column. A list of all events for each of hundreds of columns would take longer than all else. */
function placing(rows: Uint32Array, count: number): (row: number) => number {
  if (rows.length === count) return (row) => row;
  let at = 0;
  return (row) => {
    if ((rows[at] ?? Infinity) > row) at = 0;
    while ((rows[at] ?? Infinity) < row) at++;
    return at;
  };
}

/** Of an event's columns those that are among the references, in their order. */
function byShape<R extends { readonly column: number }>(
  { shapes, shapeOf }: Columns,
  references: readonly R[],
): (row: number) => readonly R[] {
  const order = new Map(references.map(({ column }, index) => [column, index]));
  const known: (readonly R[] | undefined)[] = shapes.map(() => undefined);
  const ofShape = (shape: number): readonly R[] => {
    const found = (shapes[shape] ?? []).flatMap((column) => order.get(column) ?? []).toSorted((a, b) => a - b);
    return (known[shape] = found.flatMap((index) => references[index] ?? []));
  };
  return (row) => {
    const shape = shapeOf[row] ?? 0;
    return known[shape] ?? ofShape(shape);
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
