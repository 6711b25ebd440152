/**
 * Columns of several sources → the columns of one. Values are carried over as they are stored: a code is translated by one look into a table, texts
 * are copied as bytes; no event is put together.
 */
import { type Columns, lengthOf } from './columns.ts';
import { mergeColumn, type Piece } from './merge-column.ts';
import type { StoredColumns } from './stored.ts';

export interface MergeSource {
  readonly columns: StoredColumns;
  /** Ascending; absent: all. */
  readonly ordinals: Uint32Array | undefined;
}

export function mergeColumns(sources: readonly MergeSource[]): Columns {
  const indexes = new Map<string, number>();
  const pieces: Piece[][] = [];
  const shapes: (readonly number[])[] = [];
  const shapeByKey = new Map<string, number>();
  const shapeOf: Uint32Array[] = [];
  for (const { columns, ordinals } of sources) {
    const targets = columns.names.map((name) => {
      const known = indexes.get(name);
      if (known === undefined) indexes.set(name, indexes.size);
      return known ?? indexes.size - 1;
    });
    const shapeTargets = columns.shapes.map((shape) => {
      const target = shape.map((column) => targets[column] ?? 0);
      const key = target.join();
      const known = shapeByKey.get(key);
      if (known !== undefined) return known;
      shapeByKey.set(key, shapes.length);
      return shapes.push(target) - 1;
    });
    const rows = ordinals?.length ?? columns.count;
    const chosen = new Uint32Array(rows);
    for (let i = 0; i < rows; i++) chosen[i] = shapeTargets[columns.shapeOf[ordinals?.[i] ?? i] ?? 0] ?? 0;
    shapeOf.push(chosen);
    for (const [column, target] of targets.entries()) {
      const positions = ordinals === undefined ? undefined : chosenPositions(columns, column, ordinals);
      if (positions?.length !== 0) (pieces[target] ??= []).push({ data: columns.data(column), positions });
    }
  }
  return settled(shapeOf, shapes, [...indexes.keys()], pieces);
}

function chosenPositions(columns: StoredColumns, column: number, ordinals: Uint32Array): Uint32Array {
  const positions = columns.positions(column);
  const chosen = new Uint32Array(ordinals.length);
  let found = 0;
  for (const ordinal of ordinals) {
    const position = positions[ordinal] ?? -1;
    if (position >= 0) chosen[found++] = position;
  }
  return chosen.subarray(0, found);
}

function settled(
  shapeOf: readonly Uint32Array[],
  shapes: Columns['shapes'],
  names: readonly string[],
  pieces: readonly (readonly Piece[] | undefined)[],
): Columns {
  const count = shapeOf.reduce((sum, { length }) => sum + length, 0);
  const all = new Uint32Array(count);
  let at = 0;
  for (const some of shapeOf) {
    all.set(some, at);
    at += some.length;
  }
  return { count, shapeOf: all, shapes, names, data: names.map((_, index) => mergeColumn(pieces[index] ?? [])) };
}

/** Columns and shapes that no event has are left out, and columns stand in the order `rank` gives, lowest first. */
export function arranged(columns: Columns, rank: (column: number) => number): Columns {
  const order = columns.names.map((_, index) => index).filter((index) => lengthOf(columns.data[index] ?? NONE) > 0);
  order.sort((a, b) => rank(a) - rank(b) || a - b);
  const moved = new Map(order.map((from, to) => [from, to]));
  const used = new Set(columns.shapeOf);
  const kept = [...columns.shapes.keys()].filter((shape) => used.has(shape));
  const shapeMoved = new Uint32Array(columns.shapes.length);
  for (const [to, from] of kept.entries()) shapeMoved[from] = to;
  return {
    count: columns.count,
    names: order.map((index) => columns.names[index] ?? ''),
    data: order.map((index) => columns.data[index] ?? NONE),
    shapes: kept.map((shape) => (columns.shapes[shape] ?? []).map((column) => moved.get(column) ?? 0)),
    shapeOf: columns.shapeOf.map((shape) => shapeMoved[shape] ?? 0),
  };
}

const NONE = { kind: 'numbers', numbers: new Float64Array(0) } as const;
