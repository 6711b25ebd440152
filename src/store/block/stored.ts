/** The columns of a batch or block as they are stored: read, one by one, when they are asked for. */
import type { FieldValue } from '#contract';
import { unreachable } from '#lib/unreachable';
import { reader, type Reader } from './bytes.ts';
import { type Columns, holders } from './columns.ts';
import { DamagedBatch } from './damage.ts';
import { KINDS } from './encode.ts';
import { once } from './once.ts';
import { readCodes, readNumbers, takeCodes } from './numbers.ts';
import type { Parts } from './parts.ts';
import { readTextColumn, type TextColumn } from './text-column.ts';

export type StoredColumn =
  | { readonly kind: 'values'; readonly values: readonly FieldValue[]; codes(): Uint32Array }
  | { readonly kind: 'numbers'; readonly numbers: Float64Array }
  | { readonly kind: 'texts'; readonly texts: TextColumn };

export interface StoredColumns extends Pick<Columns, 'count' | 'shapes' | 'shapeOf' | 'names'> {
  readonly indexes: ReadonlyMap<string, number>;
  /** Without reading the column. */
  kind(column: number): StoredColumn['kind'] | undefined;
  data(column: number): StoredColumn;
  /** Ordinals of the events that have the column, ascending. */
  rows(column: number): Uint32Array;
  /** Of each event, where its value stands in the column; -1 where it has none. */
  positions(column: number): Int32Array;
  /** The value at a position of the column. */
  value(column: number, position: number): FieldValue;
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
    value(column, position) {
      const stored = self.data(column);
      const value = stored.kind === 'values' ? stored.values[stored.codes()[position] ?? -1] : undefined;
      if (value !== undefined) return value;
      if (stored.kind === 'numbers') return stored.numbers[position] ?? null;
      return stored.kind === 'texts' ? stored.texts.text(position) : null;
    },
  };
  return self;
}

/** As `holders`, and the other way round. */
function whoHas(schema: Schema): (column: number) => Held {
  const known: (Held | undefined)[] = [];
  const shared = new Map<string, Held>();
  const holding = once(() => holders(schema));
  return (column) => {
    const before = known[column];
    if (before !== undefined) return before;
    const { key, rows } = holding()(column);
    let held = shared.get(key);
    if (held === undefined) {
      held = { rows: () => rows, positions: once(() => positionsOf(schema.count, rows)) };
      shared.set(key, held);
    }
    return (known[column] = held);
  };
}

interface Held {
  rows(): Uint32Array;
  positions(): Int32Array;
}

function positionsOf(count: number, rows: Uint32Array): Int32Array {
  const positions = new Int32Array(count).fill(-1);
  for (let i = 0; i < rows.length; i++) positions[rows[i] ?? 0] = i;
  return positions;
}

interface Schema extends Pick<Columns, 'count' | 'shapes' | 'shapeOf' | 'names'> {
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
  const { length } = columns.rows(column);
  if (entry.length !== length) throw new DamagedBatch('a column is not as long as its events are many');
  const part = parts.part(entry.part);
  if (entry.from + entry.bytes > part.length) throw new DamagedBatch('a column is longer than its part');
  const from = reader(part.subarray(entry.from, entry.from + entry.bytes));
  switch (entry.kind) {
    case 'values': {
      const different = from.count();
      const values = jsonArray(from.text());
      if (values.length !== different) throw new DamagedBatch('values are missing');
      return { kind: 'values', values, codes: once(takeCodes(from, length, different)) };
    }
    case 'numbers':
      return { kind: 'numbers', numbers: readNumbers(from, length) };
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
