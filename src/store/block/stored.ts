/** The columns of a batch or block as they are stored: read, one by one, when they are asked for. */
import type { FieldValue } from '#contract';
import { unreachable } from '#lib/unreachable';
import { reader, type Reader } from './bytes.ts';
import { type Columns, type Holders, holders } from './columns.ts';
import { DamagedBatch } from './damage.ts';
import { KINDS } from './encode.ts';
import { once } from './once.ts';
import { FEW, fewOf } from './few.ts';
import { type Codes, readCodes, takeCodes, takeNumbers } from './numbers.ts';
import type { Parts } from './parts.ts';
import { readTextColumn, type TextColumn } from './text-column.ts';

export type StoredColumn =
  | {
      readonly kind: 'values';
      readonly values: readonly FieldValue[];
      codes(): Codes;
      code(position: number): number;
    }
  | { readonly kind: 'numbers'; readonly numbers: Float64Array; number(position: number): number | undefined }
  | { readonly kind: 'texts'; readonly texts: TextColumn };

export interface StoredColumns extends Pick<Columns, 'count' | 'shapes' | 'names'> {
  /** Each event's place in `shapes`. */
  readonly shapeOf: Codes;
  readonly indexes: ReadonlyMap<string, number>;
  /** Without reading the column. */
  kind(column: number): StoredColumn['kind'] | undefined;
  data(column: number): StoredColumn;
  /** Ordinals of the events that have the column, ascending. */
  rows(column: number): Uint32Array;
  /** Of each event, where its value stands in the column; -1 where it has none. */
  positions(column: number): Int32Array;
  /** The same of one event: of few events it costs less than asking for all. */
  position(column: number, row: number): number;
  /** The other way round, of one position: of few it costs less than asking for all. */
  row(column: number, position: number): number;
  /** How many events have the column. */
  held(column: number): number;
  /** The value at a position of the column. `row`: its event, where the caller knows. */
  value(column: number, position: number, row?: number): FieldValue;
}

interface Entry {
  readonly kind: (typeof KINDS)[number];
  readonly length: number;
  readonly part: number;
  readonly from: number;
  readonly bytes: number;
}

export function storedColumns(parts: Parts): StoredColumns {
  const schema = readSchema(reader(parts.part(0)), parts.count);
  const data: (StoredColumn | undefined)[] = [];
  const where = whoHas(schema);
  const self: StoredColumns = {
    ...schema,
    indexes: new Map(schema.names.map((name, index) => [name, index])),
    kind: (column) => schema.entries[column]?.kind,
    data: (column) => (data[column] ??= readColumn(self, parts, schema.entries, column)),
    rows: (column) => where(column).rows(),
    positions: (column) => where(column).positions(),
    position: (column, row) => where(column).position(row),
    row: (column, position) => where(column).row(position),
    held: (column) => where(column).count(),
    value(column, position, row) {
      if (position < 0) return null;
      const stored = self.data(column);
      const value = stored.kind === 'values' ? stored.values[stored.code(position)] : undefined;
      if (value !== undefined) return value;
      if (stored.kind === 'numbers') return stored.number(position) ?? null;
      return stored.kind === 'texts' ? stored.texts.text(position, row) : null;
    },
  };
  return self;
}

/** Where the events that have a column stand. */
interface Held {
  count(): number;
  rows(): Uint32Array;
  positions(): Int32Array;
  position(row: number): number;
  row(position: number): number;
}

/** As `holders`, and the other way round. */
function whoHas(schema: Schema): (column: number) => Held {
  const known: (Held | undefined)[] = [];
  const shared = new Map<string, Held>();
  const shapesTo = shapeCounts(schema);
  const holding = once(() => holders(schema));
  return (column) => {
    const before = known[column];
    if (before !== undefined) return before;
    const found = holding()(column);
    let held = shared.get(found.key);
    if (held === undefined) shared.set(found.key, (held = heldBy(schema, found, shapesTo)));
    return (known[column] = held);
  };
}

function heldBy(schema: Schema, { shapes, rows }: Holders, shapesTo: ShapesTo): Held {
  const has = new Uint8Array(schema.shapes.length);
  for (const shape of shapes) has[shape] = 1;
  const positions = once(() => positionsOf(schema.count, rows()));
  const summed = (counts: Uint32Array): number => shapes.reduce((sum, shape) => sum + (counts[shape] ?? 0), 0);
  return {
    count: () => summed(shapesTo(schema.count) ?? new Uint32Array(0)),
    rows,
    positions,
    position(row) {
      if (has[schema.shapeOf[row] ?? -1] !== 1) return -1;
      const before = shapesTo(row);
      return before === undefined ? (positions()[row] ?? -1) : summed(before);
    },
    row(position) {
      let left = position;
      for (let row = 0; row < schema.count; row++) if (has[schema.shapeOf[row] ?? 0] === 1 && left-- === 0) return row;
      return -1;
    },
  };
}

/** How many events of each shape stand before a row. */
type ShapesTo = (row: number) => Uint32Array | undefined;

/** Rows that are remembered, and how often all rows may be walked over for them. */
const MOST_KNOWN = 256;
const MOST_WALKS = 8;

/** Undefined once so many rows were asked for that an answer for all of them costs less. The last row, the end of them all, is always known. */
function shapeCounts({ count, shapes, shapeOf }: Schema): ShapesTo {
  const known = new Map<number, Uint32Array>();
  let [from, walked, sum] = [0, 0, new Uint32Array(shapes.length)];
  return (row) => {
    const before = known.get(row);
    if (before !== undefined) return before;
    const spent = known.size > MOST_KNOWN || (known.size > FEW && walked > count * MOST_WALKS);
    if (spent && row !== count) return undefined;
    // Rows mostly come ascending, and the end, which all columns ask for first, is passed over.
    const isBehind = row >= from && row < count;
    const counts = isBehind ? sum.slice() : new Uint32Array(shapes.length);
    for (let at = isBehind ? from : 0; at < row; at++) {
      const shape = shapeOf[at] ?? 0;
      counts[shape] = (counts[shape] ?? 0) + 1;
    }
    walked += isBehind ? row - from : row;
    known.set(row, counts);
    if (row < count) [from, sum] = [row, counts];
    return counts;
  };
}

function positionsOf(count: number, rows: Uint32Array): Int32Array {
  const positions = new Int32Array(count).fill(-1);
  for (let i = 0; i < rows.length; i++) positions[rows[i] ?? 0] = i;
  return positions;
}

interface Schema extends Pick<StoredColumns, 'count' | 'shapes' | 'shapeOf' | 'names'> {
  readonly entries: readonly Entry[];
}

function readSchema(from: Reader, count: number): Schema {
  const names = jsonArray(from.text());
  if (!names.every((name) => typeof name === 'string')) throw new DamagedBatch('a field has no name');
  const ends = new Map<number, number>();
  const entries = names.map((): Entry => {
    const kind = KINDS[from.byte()];
    if (kind === undefined) throw new DamagedBatch('a column is of no known kind');
    const [length, part, bytes] = [from.count(), from.count(), from.count()];
    const start = ends.get(part) ?? 0;
    ends.set(part, start + bytes);
    return { kind, length, part, from: start, bytes };
  });
  const shapeCount = from.count();
  if (shapeCount > from.left) throw new DamagedBatch('it says that it has more shapes than it has room for');
  const shapes = Array.from({ length: shapeCount }, () => {
    const length = from.count();
    if (length > from.left) throw new DamagedBatch('a shape is longer than its part');
    return Array.from({ length }, () => {
      const column = from.count();
      if (column >= names.length) throw new DamagedBatch('a shape names no column');
      return column;
    });
  });
  return { count, names, entries, shapes, shapeOf: readCodes(from, count, shapes.length) };
}

function readColumn(columns: StoredColumns, parts: Parts, entries: readonly Entry[], column: number): StoredColumn {
  const entry = entries[column];
  if (entry === undefined) throw new DamagedBatch('a column is missing');
  const length = columns.held(column);
  if (entry.length !== length) throw new DamagedBatch('a column is not as long as its events are many');
  const part = parts.part(entry.part);
  if (entry.from + entry.bytes > part.length) throw new DamagedBatch('a column is longer than its part');
  const from = reader(part.subarray(entry.from, entry.from + entry.bytes));
  switch (entry.kind) {
    case 'values': {
      const different = from.count();
      const values = jsonArray(from.text());
      if (values.length !== different) throw new DamagedBatch('values are missing');
      const codes = fewOf(takeCodes(from, length, different));
      return { kind: 'values', values, codes: codes.all, code: (position) => codes.at(position) ?? -1 };
    }
    case 'numbers': {
      const numbers = fewOf(takeNumbers(from, length));
      return {
        kind: 'numbers',
        get numbers() {
          return numbers.all();
        },
        number: numbers.at,
      };
    }
    case 'texts':
      return { kind: 'texts', texts: readTextColumn(from, length, columns, column) };
    default:
      return unreachable(entry.kind);
  }
}

export function jsonArray(text: string): FieldValue[] {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (cause) {
    throw new DamagedBatch('a list of values cannot be read', { cause });
  }
  if (!Array.isArray(read)) throw new DamagedBatch('a list of values is none');
  return read;
}
