/** Past looks as the values of a sparkline. */
import type { Point } from './state.ts';

/** So much longer than usual between two looks is a gap: the machine slept, or nobody looked. */
const GAP = 3;

/** One value a look, and one `null` where looks are missing: a gap stays a gap. */
export function series(points: readonly Point[], pick: (point: Point) => number | null): readonly (number | null)[] {
  const steps = points.slice(1).map((point, at) => point.at - (points[at]?.at ?? 0));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  return points.flatMap((point, at) =>
    at > 0 && usual > 0 && (steps[at - 1] ?? 0) > GAP * usual ? [null, pick(point)] : [pick(point)],
  );
}
