/** How long what is kept will last at the rate of the last days. Pure. */
import { DAY, dayStart } from './days.ts';
import type { Limits } from './upkeep.ts';

export interface KeptDay {
  /** `2026-03-14`. */
  readonly name: string;
  readonly bytes: number;
}

export interface Kept {
  readonly days: number;
  /** `2026-03-14`; undefined where nothing was sealed yet. */
  readonly oldest: string | undefined;
  /** Of all files of the store. */
  readonly bytes: number;
  /** Free on the disk. */
  readonly free: number;
  /** Bytes that a day took lately; undefined before there was a whole one. */
  readonly per_day: number | undefined;
  /** Days that will be kept at that rate; undefined: no limit ends it, or the rate is not known. */
  readonly lasts: number | undefined;
  /** What ends it. */
  readonly ends_by: 'age' | 'size' | 'free space' | undefined;
}

/** Whole days the rate is taken from. */
const LATELY = 14;

/** `days` ascending; `total`: bytes of all files, with those of `days`. */
export function forecast(days: readonly KeptDay[], total: number, free: number, limits: Limits, now: number): Kept {
  const whole = days.filter(({ name }) => dayStart(name) + DAY <= now && dayStart(name) >= now - (LATELY + 1) * DAY);
  const perDay = whole.length === 0 ? undefined : whole.reduce((sum, { bytes }) => sum + bytes, 0) / whole.length;
  const ends: { readonly by: 'age' | 'size' | 'free space'; readonly lasts: number }[] = [];
  if (limits.days > 0) ends.push({ by: 'age', lasts: limits.days });
  if (perDay !== undefined && perDay > 0) {
    if (limits.bytes > 0) ends.push({ by: 'size', lasts: Math.floor(limits.bytes / perDay) });
    const room = total + free - limits.free;
    ends.push({ by: 'free space', lasts: Math.max(0, Math.floor(room / perDay)) });
  }
  const first = ends.toSorted((a, b) => a.lasts - b.lasts)[0];
  return {
    days: days.length,
    oldest: days[0]?.name,
    bytes: total,
    free,
    per_day: perDay === undefined ? undefined : Math.round(perDay),
    lasts: first?.lasts,
    ends_by: first?.by,
  };
}
