/**
 * Measures of a machine over time, in columns, and what a chart makes of them.
 *
 * Invariants: `at` rises strictly; all columns have its length; `null` is 'not known', never zero.
 *
 *   points ──▶ columns ──▶ the part that is looked at ──▶ gaps marked, at most two points a pixel ──▶ canvas
 *
 * What is drawn may be thinned, what is read out at the cursor never is: it is looked up in the columns.
 */

export const MEASURES = ['score', 'load', 'memory', 'connections'] as const;
export type Measure = (typeof MEASURES)[number];

export interface MetricPoint {
  /** ISO 8601. */
  readonly at: string;
  readonly score: number;
  readonly load: number;
  readonly memory_pct: number;
  readonly connections: number | null;
}

export type Column = readonly (number | null)[];

export interface Columns extends Readonly<Record<Measure, Column>> {
  /** ms since the epoch. */
  readonly at: readonly number[];
}

/** Indices, both included. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Columns from points that rise in time. One that does not (a clock set back) is left out: a line never runs backwards. */
export function columnsOf(points: readonly MetricPoint[]): Columns {
  const at: number[] = [];
  const score: number[] = [];
  const load: number[] = [];
  const memory: number[] = [];
  const connections: (number | null)[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    const time = Date.parse(point.at);
    if (!(time > last)) continue;
    last = time;
    at.push(time);
    score.push(point.score);
    load.push(point.load);
    memory.push(point.memory_pct);
    connections.push(point.connections);
  }
  return { at, score, load, memory, connections };
}

/** The columns with newer points behind them, the newest `bound` kept. Points that are already there change nothing. */
export function appendPoints(columns: Columns, points: readonly MetricPoint[], bound: number): Columns {
  const newest = columns.at.at(-1) ?? Number.NEGATIVE_INFINITY;
  const added = columnsOf(points.filter((point) => Date.parse(point.at) > newest));
  if (added.at.length === 0) return columns;
  const join = <T>(old: readonly T[], more: readonly T[]): readonly T[] => [...old, ...more].slice(-bound);
  return {
    at: join(columns.at, added.at),
    score: join(columns.score, added.score),
    load: join(columns.load, added.load),
    memory: join(columns.memory, added.memory),
    connections: join(columns.connections, added.connections),
  };
}

/** Index of the time nearest to `time`; -1 when there is none. */
export function nearest(at: readonly number[], time: number): number {
  let low = 0;
  let high = at.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [at[low - 1], at[low]];
  if (after === undefined) return -1;
  return before !== undefined && time - before < after - time ? low - 1 : low;
}

/** The points of a stretch of time, and at least one on each side of it where there is one: the line goes on to the edge. */
export function spanOf(at: readonly number[], from: number, to: number): Span {
  const first = nearest(at, from);
  const last = nearest(at, to);
  return {
    first: Math.max(0, (at[first] ?? 0) > from ? first - 1 : first),
    last: Math.min(at.length - 1, (at[last] ?? 0) < to ? last + 1 : last),
  };
}

/** The usual time between two points, ms: the median, so that one long gap does not count. */
export function usualStep(at: readonly number[]): number {
  const steps: number[] = [];
  // A sample is enough, and sorting 100,000 steps is not free.
  const stride = Math.max(1, Math.floor(at.length / 500));
  for (let n = 1; n < at.length; n += stride) steps.push((at[n] ?? 0) - (at[n - 1] ?? 0));
  const sorted = steps.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** Between two points further apart than this many usual steps nobody looked. */
const GAP_STEPS = 3.5;

export interface Line {
  /** ms. */
  readonly xs: readonly number[];
  readonly ys: readonly (number | null)[];
}

/**
 * What a chart `width` pixels wide draws of one column: of each pixel's points the first, the lowest, the highest and the last, in
 * their order, so that a spike of one point stays; and a `null` where nobody looked.
 */
export function lineOf(at: readonly number[], column: Column, span: Span, width: number, step: number): Line {
  const xs: number[] = [];
  const ys: (number | null)[] = [];
  const from = at[span.first] ?? 0;
  const scale = width / Math.max(1, (at[span.last] ?? 0) - from);
  const gap = GAP_STEPS * step;
  const pixel = new PixelColumn(at, column, xs, ys);
  let last = Number.NaN;
  for (let n = span.first; n <= span.last; n++) {
    const time = at[n] ?? 0;
    const value = column[n] ?? null;
    const apart = step > 0 && time - last > gap;
    if (apart || value === null) {
      pixel.flush();
      // A null at its own time, or just behind the last point seen.
      if (xs.length > 0 && ys.at(-1) !== null) {
        xs.push(apart ? last + 1 : time);
        ys.push(null);
      }
    }
    if (value !== null) pixel.add(n, value, Math.floor((time - from) * scale));
    last = time;
  }
  pixel.flush();
  return { xs, ys };
}

/** Points that fall on one pixel. A class for its mutable state: this runs 400,000 times a drawing, and closures cost twice as much. */
class PixelColumn {
  #place = Number.NaN;
  #first = -1;
  #lowest = -1;
  #highest = -1;
  #last = -1;
  #low = 0;
  #high = 0;
  readonly #at: readonly number[];
  readonly #column: Column;
  readonly #xs: number[];
  readonly #ys: (number | null)[];

  constructor(at: readonly number[], column: Column, xs: number[], ys: (number | null)[]) {
    this.#at = at;
    this.#column = column;
    this.#xs = xs;
    this.#ys = ys;
  }

  add(n: number, value: number, place: number): void {
    if (place !== this.#place) {
      this.flush();
      this.#place = place;
      this.#first = n;
      this.#lowest = n;
      this.#highest = n;
      this.#low = value;
      this.#high = value;
    } else if (value < this.#low) {
      this.#low = value;
      this.#lowest = n;
    } else if (value > this.#high) {
      this.#high = value;
      this.#highest = n;
    }
    this.#last = n;
  }

  flush(): void {
    if (this.#first < 0) return;
    this.#put(this.#first);
    this.#put(Math.min(this.#lowest, this.#highest));
    this.#put(Math.max(this.#lowest, this.#highest));
    this.#put(this.#last);
    this.#first = -1;
    this.#place = Number.NaN;
  }

  #put(n: number): void {
    const time = this.#at[n] ?? 0;
    if (this.#xs.at(-1) === time) return;
    this.#xs.push(time);
    this.#ys.push(this.#column[n] ?? null);
  }
}

/** Lowest and highest value of a part of a column; undefined when it holds none. */
export function extent(column: Column, span: Span): readonly [number, number] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let n = span.first; n <= span.last; n++) {
    const value = column[n];
    if (value === null || value === undefined) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? undefined : [low, high];
}
