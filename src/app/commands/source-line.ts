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

export const sourceLine = ({ id, state, reason }: Pick<SourceStatus, 'id' | 'state' | 'reason'>): string =>
  `    ${STATE_WORDS[state].padEnd(9)} ${printable(id.replace(/^file:/, ''))}: ${printable(reason)}`;
