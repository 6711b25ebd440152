/** Figures as people read them, and Markdown tables of them. */
import { quantile } from './quantile.ts';

export const figure = (value: number): string => Math.round(value).toLocaleString('en');

/** `p50 12 ms, max 80 ms`; a share of 1 is the longest. */
export const milliseconds = (values: readonly number[], ...shares: readonly number[]): string =>
  values.length === 0
    ? '-'
    : shares
        .map((share) => `${share === 1 ? 'max' : `p${share * 100}`} ${figure(quantile(values, share))} ms`)
        .join(', ');

export const listed = (counts: Iterable<readonly [string, number]>): string =>
  Array.from(counts)
    .filter(([, times]) => times > 0)
    .map(([name, times]) => `${name} ${figure(times)}`)
    .join(', ') || 'none';

/** The first row is the head; all columns but the first are to the right. */
export function grid(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows;
  const widths = head.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]): string => {
    const cells = row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)));
    return `| ${cells.join(' | ')} |`;
  };
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), line(rule), ...rest.map(line)].join('\n');
}
