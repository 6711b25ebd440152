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
import { dayStart, isDate } from './calendar.ts';
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

const SPACE = 32;

/** 0 behind the end: V8 leaves its fast way for good where a text was once read beyond its end. */
export const codeAt = (text: string, at: number): number => (at < text.length ? text.charCodeAt(at) : 0);

/** NaN where something else stands. */
export const digitAt = (text: string, at: number): number => {
  const code = codeAt(text, at) - 48;
  return code >= 0 && code <= 9 ? code : Number.NaN;
};
export const twoDigits = (text: string, at: number): number => digitAt(text, at) * 10 + digitAt(text, at + 1);
export const fourDigits = (text: string, at: number): number => twoDigits(text, at) * 100 + twoDigits(text, at + 2);

/** Two digits as a whole number, -1 where something else stands: numbers that may be NaN are slower. */
function pairAt(text: string, at: number): number {
  const tens = codeAt(text, at) - 48;
  const ones = codeAt(text, at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

const threeCodes = (first: number, second: number, third: number): number =>
  second < 256 && third < 256 ? ((first | 32) << 16) | (second << 8) | third : 0;

const MONTHS = new Map<number, number>();
for (const [index, name] of [
  'jan',
  'feb',
  'mar',
  'apr',
  'may',
  'jun',
  'jul',
  'aug',
  'sep',
  'oct',
  'nov',
  'dec',
].entries())
  MONTHS.set(threeCodes(name.charCodeAt(0), name.charCodeAt(1), name.charCodeAt(2)), index);

/** 0 for January; in the two spellings that logs use, `Jan` and `jan`. */
export const monthAt = (text: string, at: number): number | undefined =>
  at + 2 < text.length
    ? MONTHS.get(threeCodes(text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)))
    : undefined;

/** `HH:MM:SS` with an optional fraction, as ms; -1 where it is none. Sets `clockEnd`. */
let clockEnd = 0;
function clockMs(text: string, at: number): number {
  if (codeAt(text, at + 2) !== 58 || codeAt(text, at + 5) !== 58) return -1;
  const hour = pairAt(text, at);
  const minute = pairAt(text, at + 3);
  const second = pairAt(text, at + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  clockEnd = at + 8;
  return hour * 3_600_000 + minute * 60_000 + second * 1000 + fraction(text);
}

/** `.123456` or `,123` at `clockEnd`, in ms, cut; moves `clockEnd` past it. */
function fraction(text: string): number {
  const mark = codeAt(text, clockEnd);
  if (mark !== 46 && mark !== 44) return 0;
  let value = 0;
  let scale = 100;
  let end = clockEnd + 1;
  for (; end < text.length; end++) {
    const digit = text.charCodeAt(end) - 48;
    if (digit < 0 || digit > 9) break;
    value += digit * scale;
    scale = scale === 100 ? 10 : scale === 10 ? 1 : 0;
  }
  if (end > clockEnd + 1) clockEnd = end;
  return value;
}

/** ms into the day, and where the time ends; the hour may have one digit (`7:32:47 PM`). */
export function clockAt(text: string, at: number): { readonly ms: number; readonly end: number } | undefined {
  const short = codeAt(text, at + 1) === 58;
  const ms = clockMs(short ? `0${text.slice(at, at + 32)}` : text, short ? 0 : at);
  if (ms < 0) return undefined;
  return { ms, end: short ? at + clockEnd - 1 : clockEnd };
}

export const localStamp = (wall: number, end: number, clock: Clock): Stamp => ({
  time: clock.zone.toUtc(wall, clock.received),
  end,
  local: { wall },
});

export function readSyslogStamp(text: string, at: number, clock: Clock): Stamp | undefined {
  if (codeAt(text, at + 3) !== SPACE) return undefined;
  const month = monthAt(text, at);
  if (month === undefined) return undefined;
  let next = at + 4;
  if (codeAt(text, next) === SPACE) next++;
  let day = digitAt(text, next++);
  if (!Number.isNaN(digitAt(text, next))) day = day * 10 + digitAt(text, next++);
  if (!(day >= 1 && day <= 31) || codeAt(text, next) !== SPACE) return undefined;
  next++;
  const year = codeAt(text, next + 4) === SPACE ? fourDigits(text, next) : Number.NaN;
  const hasYear = !Number.isNaN(year);
  const ms = clockMs(text, hasYear ? next + 5 : next);
  if (ms < 0) return undefined;
  const end = clockEnd;
  if (!hasYear) return trailingYear(text, month, day, ms, end, clock) ?? yearless(month, day, ms, end, clock);
  if (!isDate(year, month, day)) return undefined;
  return localStamp(dayStart(year, month, day) + ms, end, clock);
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
  if (codeAt(text, end) !== SPACE) return undefined;
  const year = fourDigits(text, end + 1);
  if (!(year >= 1970 && year < 2200 && isDate(year, month, day))) return undefined;
  const after = codeAt(text, end + 5);
  const whole = end + 5 >= text.length || after === SPACE || after === 93 || after === 124;
  return whole ? localStamp(dayStart(year, month, day) + ms, end + 5, clock) : undefined;
}

/** A year's number, and the time in which it is the year: lines arrive in order, so the last answer is nearly always the next. */
let lately = { number: 1970, from: 0, to: 0 };

function yearOf(time: number): number {
  if (time >= lately.from && time < lately.to) return lately.number;
  const number = new Date(time).getUTCFullYear();
  // Of a year below 100 `Date.UTC` makes one of the 20th century.
  if (number >= 100) lately = { number, from: Date.UTC(number), to: Date.UTC(number + 1) };
  return number;
}

function yearless(month: number, day: number, ms: number, end: number, clock: Clock): Stamp | undefined {
  const { zone, received } = clock;
  const latest = received + FUTURE_SLACK;
  const latestLocal = latest + zone.offsetAt(latest);
  const newest = yearOf(latestLocal);
  // Eight years back always hold a 29 February, even around a century.
  for (let year = newest; year >= newest - 8; year--) {
    if (!isDate(year, month, day)) continue;
    const local = dayStart(year, month, day) + ms;
    if (local > latestLocal + DAY) continue;
    const time = zone.toUtc(local, received);
    if (time <= latest) return { time: Math.min(time, received), end, local: undefined };
  }
  return undefined;
}

/** Between date and time may stand `T` or a space. */
export function readIsoStamp(text: string, at: number, clock: Clock): Stamp | undefined {
  if (at + 19 > text.length || codeAt(text, at + 4) !== 45 || codeAt(text, at + 7) !== 45) return undefined;
  const century = pairAt(text, at);
  const years = pairAt(text, at + 2);
  const month = pairAt(text, at + 5) - 1;
  const day = pairAt(text, at + 8);
  const separator = codeAt(text, at + 10) | 32;
  if (century < 0 || years < 0 || month < 0 || month > 11 || (separator !== 116 && separator !== SPACE))
    return undefined;
  const year = century * 100 + years;
  const ms = clockMs(text, at + 11);
  if (ms < 0 || !isDate(year, month, day)) return undefined;
  const local = dayStart(year, month, day) + ms;
  const end = clockEnd;
  const sign = codeAt(text, end);
  if (sign === 90 || sign === 122) return { time: local, end: end + 1, local: undefined };
  const ahead = sign === 43 ? 1 : sign === 45 ? -1 : 0;
  const hours = ahead === 0 ? -1 : pairAt(text, end + 1);
  if (hours < 0) return localStamp(local, end, clock);
  const colon = codeAt(text, end + 3) === 58 ? 1 : 0;
  const minutes = pairAt(text, end + 3 + colon);
  const offset = hours * 60 + Math.max(minutes, 0);
  const after = minutes < 0 ? end + 3 : end + 5 + colon;
  return { time: local - ahead * offset * 60_000, end: after, local: undefined };
}
