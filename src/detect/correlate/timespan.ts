/** `timespan`: a number and one of s, m, h, d, w, M, y. A month and a year have their length on average, as in pySigma. */
import { Refusal, shown } from '../sigma/refusal.ts';

export interface Timespan {
  /** ms */
  readonly length: number;
  /** For sentences: "10 minutes". */
  readonly words: string;
}

const UNITS: Readonly<Record<string, readonly [seconds: number, word: string]>> = {
  s: [1, 'second'],
  m: [60, 'minute'],
  h: [3600, 'hour'],
  d: [86_400, 'day'],
  w: [604_800, 'week'],
  M: [2_629_746, 'month'],
  y: [31_556_952, 'year'],
};

export function timespan(given: unknown): Timespan {
  if (given === undefined || given === null) throw new Refusal('timespan is missing: how long a window is, such as 5m');
  const match = typeof given === 'string' ? /^(\d{1,6})([smhdwMy])$/.exec(given) : null;
  const unit = UNITS[match?.[2] ?? ''];
  const number = Number(match?.[1]);
  if (unit === undefined || number === 0)
    throw new Refusal(`timespan is not a time such as 5m, a number and one of s, m, h, d, w, M, y: ${shown(given)}`);
  return { length: number * unit[0] * 1000, words: `${number} ${unit[1]}${number === 1 ? '' : 's'}` };
}
