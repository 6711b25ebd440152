/**
 * The time modifiers: a number out of a date, as it is written ("not designed to handle timezone or format conversions").
 * A number is milliseconds since the epoch, read in UTC.
 */
import type { Scalar } from '#contract';
import { unreachable } from '#lib/unreachable';

export const MOMENT_PARTS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type MomentPart = (typeof MOMENT_PARTS)[number];

const WRITTEN = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?/;
const DAY = 86_400_000;

/** A Date whose UTC fields are what was written. */
function written(value: Scalar): Date | undefined {
  if (typeof value === 'number') return Math.abs(value) <= 8.64e15 ? new Date(value) : undefined;
  const found = typeof value === 'string' ? WRITTEN.exec(value) : null;
  if (found === null) return undefined;
  const [year, month, day, hour, minute] = found.slice(1).map((part) => Number(part ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year ?? 0, (month ?? 1) - 1, day);
  date.setUTCHours(hour ?? 0, minute);
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === day ? date : undefined;
}

/** ISO 8601: week 1 holds the year's first Thursday. */
function week(date: Date): number {
  const monday = Math.floor(date.getTime() / DAY) - ((date.getUTCDay() + 6) % 7);
  const thursday = new Date((monday + 3) * DAY);
  const start = Math.floor(Date.UTC(thursday.getUTCFullYear(), 0, 1) / DAY);
  return Math.floor((monday + 3 - start) / 7) + 1;
}

/** NaN, which compares with nothing, where the value is no date. */
export function momentPart(part: MomentPart, value: Scalar): number {
  const date = written(value);
  if (date === undefined) return Number.NaN;
  switch (part) {
    case 'minute':
      return date.getUTCMinutes();
    case 'hour':
      return date.getUTCHours();
    case 'day':
      return date.getUTCDate();
    case 'week':
      return week(date);
    case 'month':
      return date.getUTCMonth() + 1;
    case 'year':
      return date.getUTCFullYear();
    default:
      return unreachable(part);
  }
}
