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

/** The parts, schema first; `places` is put behind it where there is one. */
export function columnParts(columns: Columns, places?: Uint8Array, writeText?: WriteText): Uint8Array[] {
  const parts: Uint8Array[] = [new Uint8Array(0)];
  if (places !== undefined) parts.push(places);
  const placed: { part: number; bytes: number }[] = [];
  let group = writer(1024);
  let open = 0;
  const close = (): void => {
    if (open > 0) parts.push(group.done());
    group = writer(1024);
    open = 0;
  };
  for (const [index, data] of columns.data.entries()) {
    const column = writer(1024);
    if (data.kind === 'texts' && writeText !== undefined) writeText(column, index);
    else writeColumn(column, data);
    const alone = column.length >= ALONE_FROM || columns.names[index] === '@timestamp';
    if (alone) close();
    placed.push({ part: parts.length, bytes: column.length });
    group.bytes(column.done());
    open++;
    if (alone) close();
  }
  close();
  parts[0] = schema(columns, placed);
  return parts;
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

function schema(columns: Columns, placed: readonly { readonly part: number; readonly bytes: number }[]): Uint8Array {
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
