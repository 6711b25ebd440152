/** One field of many events, whatever their form, without reading the rest of them. */
import type { FieldValue } from '#contract';
import type { BatchView } from '../block/view.ts';
import { isRowsView } from '../rows.ts';
import { rowField } from '../row-field.ts';

/** Ordinals must be asked for in ascending order. */
export function fieldReader(view: BatchView, name: string): (ordinal: number) => FieldValue | undefined {
  if (isRowsView(view)) return rowField(view, name);
  const column = view.column(name);
  return column === undefined ? () => undefined : column.value;
}
