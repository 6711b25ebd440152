/** The four measures of a machine: what they are called, how their values read, and the axis each is drawn against. */
import { unreachable } from '#lib/unreachable';
import type { Column, Measure, Span } from './series.ts';
import { extent } from './series.ts';
import { thousands } from './text.ts';

const NAMES: Record<Measure, string> = {
  score: 'Score',
  load: 'CPU load',
  memory: 'Memory',
  connections: 'Connections',
};

export const measureName = (measure: Measure): string => NAMES[measure];

/** '85', '1.20', '62 %', '144'; 'not known' where the system does not say. */
export function measureValue(measure: Measure, value: number | null | undefined): string {
  if (value === null || value === undefined) return 'not known';
  switch (measure) {
    case 'load':
      return value.toFixed(2);
    case 'memory':
      return `${Math.round(value)} %`;
    case 'score':
    case 'connections':
      return thousands(Math.round(value));
    default:
      return unreachable(measure);
  }
}

export interface Axis {
  readonly low: number;
  readonly high: number;
}

const SCORE_FOOT = 60;

/**
 * The axis for a part of a column. Percent and score have fixed axes; a score that stays above 60 is drawn from there, because most
 * of its life is lived between 60 and 100. Load reaches at least to the number of CPUs: that is where it begins to hurt.
 */
export function axisOf(measure: Measure, column: Column, span: Span, cpus: number): Axis {
  const [low, high] = extent(column, span) ?? [0, 0];
  switch (measure) {
    case 'score':
      return { low: low >= SCORE_FOOT ? SCORE_FOOT : 0, high: 100 };
    case 'memory':
      return { low: 0, high: 100 };
    case 'load':
      return { low: 0, high: roundUp(Math.max(high, cpus, 1)) };
    case 'connections':
      return { low: 0, high: roundUp(Math.max(high, 10)) };
    default:
      return unreachable(measure);
  }
}

/** Round numbers whose half is round too: the middle grid line is labelled. */
const ROUND = [1, 2, 3, 4, 5, 6, 8, 10];

function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return (ROUND.find((round) => round * power >= value) ?? 10) * power;
}

/** Labels of the three grid lines, from the foot up. */
export const axisTicks = ({ low, high }: Axis): readonly number[] => [low, (low + high) / 2, high];

/** '0', '2', '2.5', '125', '1,000', and '50k' where a column of labels has no room for more. */
export const tickLabel = (value: number): string =>
  value >= 10_000 ? `${value / 1000}k` : Number.isInteger(value) ? thousands(value) : String(value);
