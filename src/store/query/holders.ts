/** Which events hold a piece of a token in one column: asked for by texts that are told by other columns' values. */
import { holders } from '../block/digits.ts';
import { NO, YES } from '../block/marks.ts';
import type { Among } from '../block/text-column.ts';
import type { StoredColumns } from '../block/stored.ts';
import { fold } from './fold.ts';
import { textsOf } from './match.ts';

/** Answers are remembered for as long as the function is. */
export function holdersIn(columns: StoredColumns, piece: string): Among {
  const known = new Map<number, Uint8Array | undefined>();
  const among: Among = (column) => {
    if (!known.has(column)) known.set(column, marksOf(columns, column, markOf(columns, column, piece, among)));
    return known.get(column);
  };
  return among;
}

type Mark = (position: number) => number;

function marksOf(columns: StoredColumns, column: number, mark: Mark | undefined): Uint8Array | undefined {
  if (mark === undefined) return undefined;
  const marks = new Uint8Array(columns.count);
  const rows = columns.rows(column);
  for (let position = 0; position < rows.length; position++) marks[rows[position] ?? 0] = mark(position);
  return marks;
}

/** Undefined where no value holds it. */
function markOf(columns: StoredColumns, column: number, piece: string, among: Among): Mark | undefined {
  const data = columns.data(column);
  if (data.kind === 'texts') {
    const marks = data.texts.holding(piece, among);
    return marks === undefined ? undefined : (position) => marks[position] ?? NO;
  }
  if (data.kind === 'values') {
    const answers = data.values.map((value) => (textsOf(value).some((text) => fold(text).includes(piece)) ? YES : NO));
    if (!answers.includes(YES)) return undefined;
    const codes = data.codes();
    return (position) => answers[codes[position] ?? -1] ?? NO;
  }
  if (!/^\d+$/.test(piece)) return undefined;
  const holds = holders(piece);
  const { numbers } = data;
  return (position) => holds(numbers[position] ?? 0);
}
