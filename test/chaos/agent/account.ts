/** The account of a run: what was done, what was written, what is there. */
import { quantile } from './quantile.ts';
import type { StreamTally } from './tally.ts';

export interface Account {
  readonly seed: number;
  readonly seconds: number;
  readonly streams: readonly StreamTally[];
  /** Faults by name. */
  readonly faults: ReadonlyMap<string, number>;
  readonly rows: readonly (readonly [string, string])[];
  /** What must not be; empty is a pass. */
  readonly wrong: readonly string[];
}

export const sum = (
  streams: readonly StreamTally[],
  key: 'written' | 'stored' | 'lost' | 'doubled' | 'disordered' | 'strange',
): number => streams.reduce((total, stream) => total + stream[key], 0);

export const milliseconds = (values: readonly number[], ...shares: readonly number[]): string =>
  values.length === 0
    ? '-'
    : shares
        .map((share) => `${share === 1 ? 'max' : `p${share * 100}`} ${Math.round(quantile(values, share))} ms`)
        .join(', ');

const figure = (value: number): string => Math.round(value).toLocaleString('en');

export function table({ seed, seconds, streams, faults, rows, wrong }: Account): string {
  const head = ['stream', 'written', 'stored', 'lost', 'doubled', 'out of order'];
  const body = streams.map((one) => [one.stream, one.written, one.stored, one.lost, one.doubled, one.disordered]);
  const total = [
    'all',
    ...(['written', 'stored', 'lost', 'doubled', 'disordered'] as const).map((key) => sum(streams, key)),
  ];
  const done = [...faults].map(([name, times]) => [name, figure(times)] as const);
  return [
    grid([head, ...[...body, total].map((row) => row.map((cell) => (typeof cell === 'number' ? figure(cell) : cell)))]),
    '',
    grid([['what', 'figure'], ...done, ...rows, ['time', `${figure(seconds)} s`], ['seed', String(seed)]]),
    '',
    wrong.length === 0 ? 'Nothing is wrong.' : `WRONG:\n${wrong.map((text) => `- ${text}`).join('\n')}`,
    '',
  ].join('\n');
}

/** A Markdown table; the first row is its head. */
function grid(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`;
  const [head = [], ...rest] = rows;
  return [
    line(head),
    `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`,
    ...rest.map(line),
  ].join('\n');
}
