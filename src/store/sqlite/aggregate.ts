/** Counts over events: by time, and by a field's values. */
import { MINUTE } from '../block/summary.ts';
import { textsOf } from '../query/match.ts';
import type { Search } from '../query/search.ts';
import type { FieldValues, Histogram, TimeRange } from '../store.ts';
import { foundIn, type Scanner, type Watch } from './scan.ts';
import type { Segment } from './segment.ts';
import { valueCounter } from './value-counter.ts';

const DAY = 24 * 60 * 60 * 1000;

type HistogramQuery = TimeRange & { readonly q: string; readonly bins: number; readonly now: number };

/** At most `bins` bins of a whole number of ms over [from, to); the last one may reach beyond `to`. */
export async function countByTime(
  scan: Scanner,
  query: HistogramQuery,
  found: Search,
  watching: Watch,
): Promise<Histogram> {
  const to = query.to ?? query.now;
  const from = query.from ?? to - DAY;
  const step = Math.max(1, Math.ceil((to - from) / query.bins));
  const counts = Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, () => 0);
  let total = 0;
  const count = (time: number, by: number): void => {
    const bin = Math.floor((time - from) / step);
    counts[bin] = (counts[bin] ?? 0) + by;
    total += by;
  };
  /** Times of one bar mostly come together. */
  const countAll = (times: Float64Array): void => {
    let [bin, start, end] = [0, Infinity, -Infinity];
    for (let i = 0; i < times.length; i++) {
      const time = times[i] ?? 0;
      if (time < start || time >= end) {
        bin = Math.floor((time - from) / step);
        [start, end] = [from + bin * step, from + (bin + 1) * step];
      }
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    total += times.length;
  };
  if (counts.length === 0) return { from, to, step, counts, total };
  const onMinutes = from % MINUTE === 0 && step % MINUTE === 0;
  await scan.byTime({ from, to }, watching, (segment) => {
    const { minTime, maxTime } = segment;
    const inside = minTime >= from && maxTime < to;
    const oneBin = Math.floor((minTime - from) / step) === Math.floor((maxTime - from) / step);
    const minutes = found.everything && inside && onMinutes && !oneBin ? segment.minutes() : undefined;
    if (found.everything && inside && oneBin) count(minTime, segment.count);
    else if (minutes !== undefined) minutes.starts.forEach((start, place) => count(start, minutes.events[place] ?? 0));
    else if (found.everything) countAll(timesIn(segment, from, to));
    else for (const at of foundIn(segment, found, { from, to })) count(segment.open().times[at] ?? 0, 1);
    return true;
  });
  return { from, to, step, counts, total };
}

function timesIn(segment: Segment, from: number, to: number): Float64Array {
  const { times } = segment.open();
  return segment.minTime >= from && segment.maxTime < to ? times : times.filter((time) => time >= from && time < to);
}

type ValuesQuery = TimeRange & { readonly q: string; readonly field: string; readonly limit: number };

/** Values kept apart while counting, and their characters in all; what comes after is not counted as distinct. */
const MOST_VALUES = 100_000;
const MOST_CHARACTERS = 32_000_000;

export async function countByValue(
  scan: Scanner,
  query: ValuesQuery,
  found: Search,
  watching: Watch,
): Promise<FieldValues> {
  const from = query.from ?? -Infinity;
  const to = query.to ?? Infinity;
  const counter = valueCounter({ texts: MOST_VALUES, characters: MOST_CHARACTERS });
  await scan.byTime({ from, to }, watching, (segment) => {
    const all = found.everything && segment.minTime >= from && segment.maxTime < to;
    const counted = all ? segment.counts(query.field) : undefined;
    if (counted?.plain !== undefined) {
      counter.addList(counted.plain, counted.events);
      return true;
    }
    if (counted !== undefined) {
      for (const [place, value] of counted.values.entries())
        for (const text of textsOf(value)) counter.add(text, counted.events[place] ?? 0);
      return true;
    }
    const ordinals = all ? undefined : foundIn(segment, found, { from, to });
    if (ordinals?.length === 0) return true;
    segment
      .open()
      .column(query.field)
      ?.tally((value, times) => {
        for (const text of textsOf(value)) counter.add(text, times);
      }, ordinals);
    return true;
  });
  return { field: query.field, distinct: counter.size(), values: counter.sorted(query.limit) };
}
