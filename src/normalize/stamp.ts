/**
 * Every usual form of a stamp, at a given place. RFC 3164 and ISO 8601, which nearly all lines have, are in `timestamp.ts`;
 * here are the forms of applications' own logs.
 *
 *   2025-11-30 11:25:10,123 +0100      2025/11/30 11:25:10           20251130 11:25:10       251130 11:25:10
 *   30/Nov/2025:11:25:10 +0100         30-Nov-2025 11:25:10.123      30 Nov 2025 11:25:10
 *   Sun Nov 30 11:25:10.123456 2025    Sun, 30 Nov 2025 11:25:10 GMT Nov 30, 2025 11:25:10 AM
 *   11/30/2025, 11:25:10 PM            11/30/25-11:25:10.123         1764498310.123          1764498310123
 *   30-11-2025 11:25:10
 *
 * Of two numbers with slashes the first is the month, unless it cannot be one. A zone may follow: `Z`, an offset, or a name
 * that means one offset everywhere; a name that does not (`IST`) is passed over and the source's own zone holds.
 */
import { dayStart, isDate } from './calendar.ts';
import {
  type Clock,
  clockAt,
  codeAt,
  digitAt,
  fourDigits,
  localStamp,
  monthAt,
  readIsoStamp,
  readSyslogStamp,
  type Stamp,
  twoDigits,
} from './timestamp.ts';

const SPACE = 32;
const isDigit = (text: string, at: number): boolean => !Number.isNaN(digitAt(text, at));

export function readStamp(text: string, at: number, clock: Clock): Stamp | undefined {
  const code = codeAt(text, at);
  if (code >= 48 && code <= 57) return numeric(text, at, clock);
  return (code | 32) >= 97 && (code | 32) <= 122 ? worded(text, at, clock) : undefined;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A month in figures without a year: the last such day, as for syslog's stamps. `clockText` is `11:25:10` with or without a fraction. */
export function yearlessTime(month: number, day: number, clockText: string, clock: Clock): number | undefined {
  const name = MONTHS[month - 1];
  return name === undefined ? undefined : stampOf(`${name} ${String(day).padStart(2)} ${clockText}`, clock);
}

/** A whole text that is a stamp or nothing: what a field of a record holds. */
export const stampOf = (text: string, clock: Clock): number | undefined => readStamp(text, 0, clock)?.time;

function numeric(text: string, at: number, clock: Clock): Stamp | undefined {
  let end = at + 1;
  while (isDigit(text, end) && end - at < 20) end++;
  const mark = codeAt(text, end);
  switch (end - at) {
    case 4:
      return mark === 45 || mark === 47 ? yearFirst(text, at, clock) : undefined;
    case 1:
    case 2:
      return dayFirst(text, at, end, clock);
    case 8:
      return compact(text, at, fourDigits(text, at), at + 4, clock);
    case 6:
      return compact(text, at, 2000 + twoDigits(text, at), at + 2, clock);
    default:
      return epochAt(text, at, end);
  }
}

/** `2025-11-30 11:25:10`, `2025/11/30 11:25:10 +0100`, `2025-11-30T11:25:10Z`. */
function yearFirst(text: string, at: number, clock: Clock): Stamp | undefined {
  if (codeAt(text, at + 4) === 45) {
    const iso = readIsoStamp(text, at, clock);
    if (iso === undefined || !iso.local) return iso;
    return zoned(text, iso.local.wall, iso.end, clock);
  }
  if (codeAt(text, at + 7) !== 47) return undefined;
  const month = twoDigits(text, at + 5) - 1;
  return withTime(text, fourDigits(text, at), month, twoDigits(text, at + 8), afterDate(text, at + 10), clock);
}

/** `20251130 11:25:10`, `251130 11:25:10`, with a space, `T` or `-` between. */
function compact(text: string, at: number, year: number, month: number, clock: Clock): Stamp | undefined {
  const end = month + 4;
  const mark = codeAt(text, end) | 32;
  if (mark !== SPACE && mark !== 116 && mark !== 45) return undefined;
  const found = withTime(
    text,
    year,
    twoDigits(text, month) - 1,
    twoDigits(text, month + 2),
    afterDate(text, end),
    clock,
  );
  return found !== undefined && end > at ? found : undefined;
}

/** `30/Nov/2025:11:25:10`, `30-Nov-2025 11:25:10`, `30 Nov 2025 11:25:10`, `11/30/2025 11:25:10`. */
function dayFirst(text: string, at: number, end: number, clock: Clock): Stamp | undefined {
  const mark = codeAt(text, end);
  if (mark !== 47 && mark !== 45 && mark !== SPACE) return undefined;
  const first = numberAt(text, at, end);
  const month = monthAt(text, end + 1);
  if (month !== undefined) {
    if (codeAt(text, end + 4) !== mark) return undefined;
    return withTime(text, fourDigits(text, end + 5), month, first, afterDate(text, end + 9), clock);
  }
  if (mark === SPACE) return undefined;
  let middle = end + 1;
  while (isDigit(text, middle) && middle - end < 3) middle++;
  if (middle === end + 1 || codeAt(text, middle) !== mark) return undefined;
  const second = numberAt(text, end + 1, middle);
  const long = isDigit(text, middle + 3) && isDigit(text, middle + 4);
  const year = long ? fourDigits(text, middle + 1) : 2000 + twoDigits(text, middle + 1);
  const next = afterDate(text, middle + (long ? 5 : 3));
  // Nobody writes the month first with dashes; and without all of the year it may be anything.
  if (mark === 45 && (!long || middle - end !== 3)) return undefined;
  return first > 12 || mark === 45
    ? withTime(text, year, second - 1, first, next, clock)
    : withTime(text, year, first - 1, second, next, clock);
}

function numberAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + digitAt(text, at);
  return value;
}

/** Seconds with a fraction, or milliseconds. A bare number of seconds is a number like any other. */
function epochAt(text: string, at: number, end: number): Stamp | undefined {
  const digits = end - at;
  const whole = Number(text.slice(at, end));
  if (digits === 13 && !isDigit(text, end)) return { time: whole, end, local: undefined };
  if (digits !== 10 || codeAt(text, end) !== 46 || !isDigit(text, end + 1)) return undefined;
  let last = end + 1;
  while (isDigit(text, last) && last - end < 10) last++;
  return { time: Math.floor(Number(text.slice(at, last)) * 1000), end: last, local: undefined };
}

/** Between date and time: `T`, `:`, `-`, `,` and blanks around it; -1 where neither stands. */
function afterDate(text: string, at: number): number {
  let next = at;
  while (codeAt(text, next) === SPACE && next - at < 4) next++;
  const mark = codeAt(text, next) | 32;
  if (mark === 116 || mark === 58 || mark === 45 || mark === 44) next++;
  while (codeAt(text, next) === SPACE && next - at < 8) next++;
  return next === at ? -1 : next;
}

function withTime(text: string, year: number, month: number, day: number, at: number, clock: Clock): Stamp | undefined {
  if (at < 0 || !(year >= 1970 && year < 2200 && month >= 0 && month < 12 && isDate(year, month, day)))
    return undefined;
  const time = clockAt(text, at);
  if (time === undefined) return undefined;
  const half = halfOfDay(text, time.end);
  const hour = Math.floor(time.ms / 3_600_000);
  if (half !== undefined && hour > 12) return undefined;
  const ms =
    half === undefined ? time.ms : time.ms + (half.after ? (hour === 12 ? 0 : 12) : hour === 12 ? -12 : 0) * 3_600_000;
  return zoned(text, dayStart(year, month, day) + ms, half?.end ?? time.end, clock);
}

/** ` AM`, ` PM`, also in small letters and after a narrow blank, as newer ICUs write. */
function halfOfDay(text: string, at: number): { readonly after: boolean; readonly end: number } | undefined {
  const blank = codeAt(text, at);
  const start = blank === SPACE || blank === 0x202f || blank === 0xa0 ? at + 1 : at;
  const letter = codeAt(text, start) | 32;
  if ((letter !== 97 && letter !== 112) || (codeAt(text, start + 1) | 32) !== 109) return undefined;
  return isWord(text, start + 2) ? undefined : { after: letter === 112, end: start + 2 };
}

const isWord = (text: string, at: number): boolean => {
  const code = codeAt(text, at);
  return (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122) || code === 95;
};

/** Minutes ahead of UTC; NaN: the name is used for several zones. */
const NAMED = new Map<string, number>(
  Object.entries({
    UTC: 0,
    GMT: 0,
    WET: 0,
    WEST: 60,
    CET: 60,
    CEST: 120,
    EET: 120,
    EEST: 180,
    MSK: 180,
    EST: -300,
    EDT: -240,
    CDT: -300,
    MDT: -360,
    PST: -480,
    PDT: -420,
    JST: 540,
    KST: 540,
    AEST: 600,
    AEDT: 660,
    NZST: 720,
    NZDT: 780,
    BST: Number.NaN,
    CST: Number.NaN,
    IST: Number.NaN,
    MST: Number.NaN,
    SAST: 120,
  }),
);

/** The zone behind a wall-clock time, if there is one. */
function zoned(text: string, wall: number, at: number, clock: Clock): Stamp {
  const start = codeAt(text, at) === SPACE ? at + 1 : at;
  const code = codeAt(text, start);
  if (code === 43 || code === 45) return offset(text, wall, start, at, clock);
  if (code === 90 && !isWord(text, start + 1)) return { time: wall, end: start + 1, local: undefined };
  if (!(code >= 65 && code <= 90)) return localStamp(wall, at, clock);
  let end = start + 1;
  while (isWord(text, end) && end - start < 5) end++;
  const minutes = NAMED.get(text.slice(start, end));
  if (minutes === undefined || isWord(text, end)) return localStamp(wall, at, clock);
  if (Number.isNaN(minutes)) return localStamp(wall, end, clock);
  return { time: wall - minutes * 60_000, end, local: undefined };
}

function offset(text: string, wall: number, start: number, at: number, clock: Clock): Stamp {
  const hours = twoDigits(text, start + 1);
  const colon = codeAt(text, start + 3) === 58 ? 1 : 0;
  const minutes = twoDigits(text, start + 3 + colon);
  // ` -5` and ` - text` are no zones; with a blank before it only the full form is one.
  if (Number.isNaN(hours) || Number.isNaN(minutes) || hours > 14) return localStamp(wall, at, clock);
  const ahead = codeAt(text, start) === 43 ? 1 : -1;
  return { time: wall - ahead * (hours * 60 + minutes) * 60_000, end: start + 5 + colon, local: undefined };
}

/** `Sun Nov 30 11:25:10.123 2025`, `Sun, 30 Nov 2025 11:25:10 GMT`, `Nov 30, 2025 11:25:10 AM`, `Nov 30 11:25:10`. */
function worded(text: string, at: number, clock: Clock): Stamp | undefined {
  let start = at;
  if (monthAt(text, at) === undefined) {
    if (!WEEKDAYS.has(text.slice(at, at + 3))) return undefined;
    start = codeAt(text, at + 3) === 44 ? at + 4 : at + 3;
    if (codeAt(text, start) !== SPACE) return undefined;
    start++;
    if (isDigit(text, start)) return numeric(text, start, clock);
  }
  const month = monthAt(text, start);
  if (month === undefined) return undefined;
  const comma = codeAt(text, start + 5) === 44 ? start + 5 : start + 6;
  if (codeAt(text, comma) === 44) {
    const day = numberAt(text, start + 4, comma);
    return withTime(text, fourDigits(text, comma + 2), month, day, afterDate(text, comma + 6), clock);
  }
  return readSyslogStamp(text, start, clock);
}

const WEEKDAYS: ReadonlySet<string> = new Set(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']);
