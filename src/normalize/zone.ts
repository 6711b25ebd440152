/**
 * Local wall-clock time in an IANA zone → UTC, right across daylight saving.
 *
 * Intl knows the rules but takes microseconds a call, so offsets are cached per quarter of an hour (every transition
 * since 1972 falls on one). The cache holds at most `MAX_BUCKETS` entries a zone and starts over when full: a log with
 * wild stamps costs time, never memory.
 *
 * Around a transition
 * - The hour that does not exist (spring) is read with the offset from before it.
 * - The hour that exists twice (autumn) is read as the later one, unless that is half an hour or more after the line
 *   was received: the sender's clock may be off by minutes, not by an hour.
 */
const QUARTER = 15 * 60_000;
const DAY = 24 * 3_600_000;
const MAX_BUCKETS = 4096;
const HALF_AN_HOUR = 30 * 60_000;

export interface Zone {
  /** Milliseconds that local time is ahead of UTC at this instant. */
  offsetAt(utc: number): number;
  /** `local` is the wall clock read as if it were UTC; `received` is when the line reached us. */
  toUtc(local: number, received: number): number;
}

const zones = new Map<string, Zone | undefined>();
const MAX_ZONES = 256;

/** undefined where the name is no zone that this Node knows. */
export function zoneOf(name: string): Zone | undefined {
  const known = zones.get(name);
  if (known !== undefined || zones.has(name)) return known;
  if (zones.size >= MAX_ZONES) zones.clear();
  const zone = openZone(name);
  zones.set(name, zone);
  return zone;
}

function openZone(name: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  return cached((utc) => offsetOf(format, utc));
}

function offsetOf(format: Intl.DateTimeFormat, utc: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(utc)) parts[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - utc;
}

function cached(offsetOfQuarter: (utc: number) => number): Zone {
  const offsets = new Map<number, number>();
  const offsetAt = (utc: number): number => {
    const bucket = Math.floor(utc / QUARTER);
    const known = offsets.get(bucket);
    if (known !== undefined) return known;
    if (offsets.size >= MAX_BUCKETS) offsets.clear();
    const offset = offsetOfQuarter(bucket * QUARTER);
    offsets.set(bucket, offset);
    return offset;
  };
  return {
    offsetAt,
    toUtc(local, received) {
      const before = offsetAt(local - DAY);
      const after = offsetAt(local + DAY);
      const first = local - before;
      if (before === after) return first;
      const second = local - after;
      const firstHolds = offsetAt(first) === before;
      if (offsetAt(second) !== after) return first;
      if (!firstHolds) return second;
      const later = Math.max(first, second);
      return later < received + HALF_AN_HOUR ? later : Math.min(first, second);
    },
  };
}

const UTC: Zone = { offsetAt: () => 0, toUtc: (local) => local };

/** For stamps that always name their zone. */
export const UTC_CLOCK = { zone: UTC, received: 0 } as const;
