/**
 * Stamps as log lines write them, read by character codes: this runs for every line.
 *
 * Two families, both with an optional fraction:
 *   RFC 3164   `Feb  2 16:45:20`   `Feb 2 2025 16:45:20`              no zone, mostly no year
 *   ISO 8601   `2025-11-30T11:25:10.123456+01:00`                     zone `Z`, `+01:00`, `+0100`, `+01` or none
 *
 * A stamp without a year gets the one that brings it closest to when the line was received without lying more than a
 * day after it: in January `Dec 31` was last year. What then still lies after it comes from a clock that runs ahead, and
 * counts as happening when it arrived: a guessed time is never in the future.
 */
import type { Zone } from './zone.ts';

export interface Stamp {
  /** ms since the epoch, UTC. */
  readonly time: number;
  /** Index of the first character after it. */
  readonly end: number;
  /** Where the stamp named no zone: its wall clock read as UTC, for a caller that finds a zone further on. */
  readonly local: { readonly wall: number } | undefined;
}

export interface Clock {
  readonly zone: Zone;
  /** When the line was received, ms: the only 'now' there is. */
  readonly received: number;
}

const DAY = 24 * 3_600_000;
/** How far a sender's clock may run ahead of ours. */
export const FUTURE_SLACK = DAY;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const monthOf = new Map<string, number>();
for (const [index, name] of MONTHS.entries()) monthOf.set(name, index).set(name.toLowerCase(), index);

const SPACE = 32;
/** NaN where something else stands. */
export const digitAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at) - 48;
  return code >= 0 && code <= 9 ? code : Number.NaN;
};
export const twoDigits = (text: string, at: number): number => digitAt(text, at) * 10 + digitAt(text, at + 1);
export const fourDigits = (text: string, at: number): number => twoDigits(text, at) * 100 + twoDigits(text, at + 2);
/** 0 for January; in the two spellings that logs use. */
export const monthAt = (text: string, at: number): number | undefined => monthOf.get(text.slice(at, at + 3));

/** `HH:MM:SS` with an optional fraction; NaN where it is none. Sets `clockEnd`. */
let clockEnd = 0;
function clockMs(text: string, at: number): number {
  const hour = twoDigits(text, at);
  const minute = twoDigits(text, at + 3);
  const second = twoDigits(text, at + 6);
  if (text.charCodeAt(at + 2) !== 58 || text.charCodeAt(at + 5) !== 58) return Number.NaN;
  if (!(hour < 24 && minute < 60 && second <= 60)) return Number.NaN;
  clockEnd = at + 8;
  return hour * 3_600_000 + minute * 60_000 + second * 1000 + fraction(text);
}

/** `.123456` or `,123` at `clockEnd`, in ms, cut; moves `clockEnd` past it. */
function fraction(text: string): number {
  const mark = text.charCodeAt(clockEnd);
  if ((mark !== 46 && mark !== 44) || Number.isNaN(digitAt(text, clockEnd + 1))) return 0;
  let end = clockEnd + 1;
  let value = 0;
  for (let scale = 100; !Number.isNaN(digitAt(text, end)); scale = Math.floor(scale / 10), end++) {
    value += digitAt(text, end) * scale;
  }
  clockEnd = end;
  return value;
}

/** ms into the day, and where the time ends; the hour may have one digit (`7:32:47 PM`). */
export function clockAt(text: string, at: number): { readonly ms: number; readonly end: number } | undefined {
  const short = text.charCodeAt(at + 1) === 58;
  const ms = clockMs(short ? `0${text.slice(at, at + 32)}` : text, short ? 0 : at);
  if (Number.isNaN(ms)) return undefined;
  return { ms, end: short ? at + clockEnd - 1 : clockEnd };
}

export const localStamp = (wall: number, end: number, clock: Clock): Stamp => ({
  time: clock.zone.toUtc(wall, clock.received),
  end,
  local: { wall },
});

export function isDate(year: number, month: number, day: number): boolean {
  return day >= 1 && day <= 28 ? true : day <= 31 && new Date(Date.UTC(year, month, day)).getUTCDate() === day;
}

export function readSyslogStamp(text: string, at: number, clock: Clock): Stamp | undefined {
  const month = monthOf.get(text.slice(at, at + 3));
  if (month === undefined || text.charCodeAt(at + 3) !== SPACE) return undefined;
  let next = at + 4;
  if (text.charCodeAt(next) === SPACE) next++;
  let day = digitAt(text, next++);
  if (!Number.isNaN(digitAt(text, next))) day = day * 10 + digitAt(text, next++);
  if (!(day >= 1 && day <= 31) || text.charCodeAt(next) !== SPACE) return undefined;
  next++;
  const year = fourDigits(text, next);
  const hasYear = !Number.isNaN(year) && text.charCodeAt(next + 4) === SPACE;
  const ms = clockMs(text, hasYear ? next + 5 : next);
  if (Number.isNaN(ms)) return undefined;
  const end = clockEnd;
  if (!hasYear) return trailingYear(text, month, day, ms, end, clock) ?? yearless(month, day, ms, end, clock);
  if (!isDate(year, month, day)) return undefined;
  return localStamp(Date.UTC(year, month, day) + ms, end, clock);
}

/** `Nov 30 11:25:10 2025`, as ctime(3) and Apache's error log write; a host or pid of four digits is no year. */
function trailingYear(
  text: string,
  month: number,
  day: number,
  ms: number,
  end: number,
  clock: Clock,
): Stamp | undefined {
  if (text.charCodeAt(end) !== SPACE) return undefined;
  const year = fourDigits(text, end + 1);
  const after = text.charCodeAt(end + 5);
  if (!(year >= 1970 && year < 2200 && isDate(year, month, day))) return undefined;
  const whole = Number.isNaN(after) || after === SPACE || after === 93 || after === 124;
  return whole ? localStamp(Date.UTC(year, month, day) + ms, end + 5, clock) : undefined;
}

function yearless(month: number, day: number, ms: number, end: number, clock: Clock): Stamp | undefined {
  const { zone, received } = clock;
  const latest = received + FUTURE_SLACK;
  const latestLocal = latest + zone.offsetAt(latest);
  const newest = new Date(latestLocal).getUTCFullYear();
  // Eight years back always hold a 29 February, even around a century.
  for (let year = newest; year >= newest - 8; year--) {
    if (!isDate(year, month, day)) continue;
    const local = Date.UTC(year, month, day) + ms;
    if (local > latestLocal + DAY) continue;
    const time = zone.toUtc(local, received);
    if (time <= latest) return { time: Math.min(time, received), end, local: undefined };
  }
  return undefined;
}

/** Between date and time may stand `T` or a space. */
export function readIsoStamp(text: string, at: number, clock: Clock): Stamp | undefined {
  if (text.charCodeAt(at + 4) !== 45 || text.charCodeAt(at + 7) !== 45) return undefined;
  const year = fourDigits(text, at);
  const month = twoDigits(text, at + 5) - 1;
  const day = twoDigits(text, at + 8);
  const separator = text.charCodeAt(at + 10) | 32;
  if (!(year >= 0 && month >= 0 && month < 12 && day >= 1) || (separator !== 116 && separator !== SPACE))
    return undefined;
  const ms = clockMs(text, at + 11);
  if (Number.isNaN(ms) || !isDate(year, month, day)) return undefined;
  const local = Date.UTC(year, month, day) + ms;
  const end = clockEnd;
  const sign = text.charCodeAt(end);
  if (sign === 90 || sign === 122) return { time: local, end: end + 1, local: undefined };
  const ahead = sign === 43 ? 1 : sign === 45 ? -1 : 0;
  const hours = twoDigits(text, end + 1);
  if (ahead === 0 || Number.isNaN(hours)) {
    return localStamp(local, end, clock);
  }
  const colon = text.charCodeAt(end + 3) === 58 ? 1 : 0;
  const minutes = twoDigits(text, end + 3 + colon);
  const offset = hours * 60 + (Number.isNaN(minutes) ? 0 : minutes);
  const after = Number.isNaN(minutes) ? end + 3 : end + 5 + colon;
  return { time: local - ahead * offset * 60_000, end: after, local: undefined };
}
