/** A table as lines for a terminal. Everything in it may come from an attacker. */
import { printable } from '#lib/printable';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Widest that a column of text becomes; what is longer is cut. */
const WIDEST = 60;
const LONGEST_BAR = 40;

/** Columns aligned, the count at the right; where there is room, a bar beside it. */
export function tableLines({ columns, rows }: Table, width: number): string[] {
  const cells = rows.map((row) => row.map((cell, at) => shown(cell, columns[at] ?? '')));
  const widths = columns.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at === columns.length - 1 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ');
  const room = width - widths.reduce((sum, one) => sum + one + 2, 0);
  const bars = room >= 8 && Number.isFinite(width) && rows.length > 1 ? barsOf(rows, Math.min(room, LONGEST_BAR)) : [];
  return [
    line(columns.map((name) => printable(name))),
    ...cells.map((row, at) => `${line(row)}  ${bars[at] ?? ''}`),
  ].map((text) => text.trimEnd());
}

function shown(cell: string | number, column: string): string {
  if (typeof cell === 'number') return cell.toLocaleString('en');
  if (column === '@timestamp') return localTime(Date.parse(cell));
  const text = printable(cell);
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

/** `2026-03-14 12:00:00`, this machine's time. */
function localTime(ms: number): string {
  const date = new Date(ms);
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}

function barsOf(rows: Table['rows'], longest: number): string[] {
  const counts = rows.map((row) => Number(row.at(-1)));
  const most = Math.max(1, ...counts);
  return counts.map((count) => '█'.repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * longest))));
}
