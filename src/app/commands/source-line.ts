/** One source as start-up and `doctor` show it. */
import type { SourceStatus } from '#contract';
import { printable } from '#lib/printable';

const STATE_WORDS: Readonly<Record<SourceStatus['state'], string>> = {
  following: 'followed',
  waiting: 'waiting',
  missing: 'missing',
  denied: 'DENIED',
  failed: 'FAILED',
  off: 'off',
};

type Row = Pick<SourceStatus, 'id' | 'state' | 'reason'>;

export const sourceLine = ({ id, state, reason }: Row): string =>
  `    ${STATE_WORDS[state].padEnd(9)} ${printable(id.replace(/^file:/, ''))}: ${printable(reason)}`;

/** As many healthy sources are told one by one; of the others each is. */
const HEALTHY_MOST = 12;
const HEALTHY: ReadonlySet<SourceStatus['state']> = new Set(['following', 'waiting', 'off']);

/** A pattern may bring thousands of files: they would push the address of the dashboard off the screen. */
export function sourceLines(rows: readonly Row[]): readonly string[] {
  let room = HEALTHY_MOST;
  const shown = rows.filter(({ state }) => !HEALTHY.has(state) || room-- > 0);
  const left = rows.length - shown.length;
  return [...shown.map(sourceLine), ...(left > 0 ? [`    and ${left} more; porchlight doctor names them all.`] : [])];
}
