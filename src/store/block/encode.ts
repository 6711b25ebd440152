/**
 * Columns as bytes: the parts of a batch or a block (`./parts.ts` has the frame).
 *
 *   part 0   schema    names (JSON) · each column: kind u8, values, part, bytes · shapes: length, columns · shape of each event
 *   part 1   places    of a block only: where each run of events comes from (`./places.ts`)
 *   part …   columns   `@timestamp` alone; small columns together, in the order of the schema; large ones alone
 *
 *   column   values    how many · them as a JSON array · code of each event
 *            numbers   `./numbers.ts`
 *            texts     `./text.ts`
 *
 *      schema ──▶ column 'user.name' = values, 31,000 of them, part 4, 31,420 bytes
 *                                                        │
 *      part 4 ──▶ [ host.name | user.name | process.name ]   one zstd frame
 */
import { unreachable } from '#lib/unreachable';
import { writer, type Writer } from './bytes.ts';
import type { ColumnData, Columns } from './columns.ts';
import { lengthOf } from './columns.ts';
import { jsonOfAll } from './gather.ts';
import { writeNumbers } from './numbers.ts';
import { PLAIN_TEXTS, writeTexts } from './text.ts';

export const KINDS = ['values', 'numbers', 'texts'] as const;

/** A column of at least so many bytes has a part of its own. */
const ALONE_FROM = 8192;

/** How a column of texts is to be written; absent: plainly. */
export type WriteText = (out: Writer, column: number) => void;

/** Columns are written one behind the other; a larger memory than this is not kept for the next ones. */
const MOST_KEPT = 4 * 1024 * 1024;
let idle: Writer | undefined;

/** Where a part begins among the columns, and ends. */
interface Range {
  readonly from: number;
  to: number;
}

/** The parts, schema first; `places` is put behind it where there is one. They are valid until the next call. */
export function columnParts(columns: Columns, places?: Uint8Array, writeText?: WriteText): Uint8Array[] {
  const out = idle ?? writer(65_536);
  idle = undefined;
  out.reset();
  const before = places === undefined ? 1 : 2;
  const ranges: Range[] = [];
  const placed: Placed[] = [];
  let group: Range | undefined;
  for (const [index, data] of columns.data.entries()) {
    const from = out.length;
    if (data.kind === 'texts' && writeText !== undefined) writeText(out, index);
    else writeColumn(out, data);
    const to = out.length;
    const alone = to - from >= ALONE_FROM || columns.names[index] === '@timestamp';
    if (group === undefined || alone) ranges.push((group = { from, to }));
    else group.to = to;
    placed.push({ part: before + ranges.length - 1, bytes: to - from });
    if (alone) group = undefined;
  }
  const all = out.done();
  if (all.length <= MOST_KEPT) idle = out;
  const parts = ranges.map(({ from, to }) => all.subarray(from, to));
  const first = schema(columns, placed);
  return places === undefined ? [first, ...parts] : [first, places, ...parts];
}

interface Placed {
  readonly part: number;
  readonly bytes: number;
}

function writeColumn(out: Writer, data: ColumnData): void {
  switch (data.kind) {
    case 'values':
      out.count(data.values.length);
      out.text(jsonOfAll(data.values));
      return writeNumbers(out, data.codes);
    case 'numbers':
      return writeNumbers(out, data.numbers);
    case 'texts':
      out.byte(PLAIN_TEXTS);
      return writeTexts(out, data.texts);
    default:
      return unreachable(data);
  }
}

function schema(columns: Columns, placed: readonly Placed[]): Uint8Array {
  const out = writer(4096);
  out.text(JSON.stringify(columns.names));
  for (const [index, data] of columns.data.entries()) {
    const { part, bytes } = placed[index] ?? { part: 0, bytes: 0 };
    out.byte(KINDS.indexOf(data.kind));
    out.count(lengthOf(data));
    out.count(part);
    out.count(bytes);
  }
  out.count(columns.shapes.length);
  for (const shape of columns.shapes) {
    out.count(shape.length);
    for (const column of shape) out.count(column);
  }
  writeNumbers(out, columns.shapeOf);
  return out.done();
}
