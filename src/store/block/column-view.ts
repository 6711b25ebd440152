/** Columns opened for reading as events. */
import { type Event, type FieldValue, newFields } from '#contract';
import { DamagedBatch } from './damage.ts';
import type { Parts } from './parts.ts';
import { type StoredColumns, storedColumns } from './stored.ts';
import type { BatchView, Column } from './view.ts';

/** A view that searches may look into. */
export interface ColumnsView extends BatchView {
  readonly columns: StoredColumns;
}

export const isColumnsView = (view: BatchView): view is ColumnsView => 'columns' in view;

export function columnsView(parts: Parts): ColumnsView {
  let stored: StoredColumns | undefined;
  let times: Float64Array | undefined;
  const columns = (): StoredColumns => (stored ??= storedColumns(parts));
  const view: ColumnsView = {
    count: parts.count,
    get columns() {
      return columns();
    },
    get times() {
      return (times ??= readTimes(columns()));
    },
    get fields() {
      return columns().names;
    },
    event: (ordinal) => readEvent(columns(), ordinal),
    size: (ordinal) => JSON.stringify(view.event(ordinal)).length,
    column(name) {
      const index = columns().indexes.get(name);
      return index === undefined ? undefined : columnOf(columns(), index);
    },
    verify() {
      for (let index = 0; index < parts.length; index++) void parts.part(index);
      void view.times;
    },
  };
  return view;
}

function readTimes(columns: StoredColumns): Float64Array {
  const index = columns.indexes.get('@timestamp') ?? -1;
  if (columns.count > 0 && columns.held(index) !== columns.count) throw new DamagedBatch('a time is missing');
  const data = columns.count === 0 ? undefined : columns.data(index);
  if (data?.kind === 'numbers') return data.numbers;
  return Float64Array.from({ length: columns.count }, (_, row) => {
    const time = columns.value(index, row);
    if (typeof time !== 'number') throw new DamagedBatch('a time is none');
    return time;
  });
}

function readEvent(columns: StoredColumns, ordinal: number): Event {
  const shape = columns.shapes[columns.shapeOf[ordinal] ?? -1];
  if (shape === undefined) throw new RangeError(`A batch of ${columns.count} has no event ${ordinal}`);
  const event = newFields();
  for (const column of shape) {
    event[columns.names[column] ?? ''] = columns.value(column, columns.position(column, ordinal), ordinal);
  }
  return event as Event;
}

function columnOf(columns: StoredColumns, index: number): Column {
  const value = (ordinal: number): FieldValue | undefined => {
    const position = columns.position(index, ordinal);
    return position < 0 ? undefined : columns.value(index, position, ordinal);
  };
  return {
    name: columns.names[index] ?? '',
    value,
    tally(add, ordinals) {
      const data = columns.data(index);
      const positions = ordinals === undefined ? undefined : positionsOf(columns, index, ordinals);
      const count = positions?.length ?? columns.rows(index).length;
      if (data.kind !== 'values') {
        const counts = new Map<FieldValue, number>();
        for (let i = 0; i < count; i++) {
          const found = columns.value(index, positions?.[i] ?? i);
          counts.set(found, (counts.get(found) ?? 0) + 1);
        }
        for (const [found, times] of counts) add(found, times);
        return;
      }
      const counts = new Uint32Array(data.values.length);
      const codes = data.codes();
      for (let i = 0; i < count; i++) {
        const code = codes[positions?.[i] ?? i] ?? 0;
        counts[code] = (counts[code] ?? 0) + 1;
      }
      for (const [code, times] of counts.entries()) if (times > 0) add(data.values[code] ?? null, times);
    },
  };
}

function positionsOf(columns: StoredColumns, index: number, ordinals: readonly number[]): number[] {
  const positions = columns.positions(index);
  const found: number[] = [];
  for (const ordinal of ordinals) {
    const position = positions[ordinal] ?? -1;
    if (position >= 0) found.push(position);
  }
  return found;
}
