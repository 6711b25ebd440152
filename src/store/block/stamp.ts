/** Stamps of the one form `2026-01-15T08:00:00.020Z` in bytes. */
import { IS_DIGIT } from './tokens.ts';

const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** `-`, `-`, `T`, `:`, `:`, `.`, `Z` and where they stand; digits everywhere else. */
const SIGNS: readonly (readonly [at: number, byte: number])[] = [
  [4, 0x2d],
  [7, 0x2d],
  [10, 0x54],
  [13, 0x3a],
  [16, 0x3a],
  [19, 0x2e],
  [23, 0x5a],
];

/** Its time, ms; undefined where none of the years 1900 to 2099 begins here. */
export function stampAt(bytes: Uint8Array, from: number): number | undefined {
  for (let i = 0; i < SIGNS.length; i++) {
    const [at, byte] = SIGNS[i] as readonly [number, number];
    if (bytes[from + at] !== byte) return undefined;
  }
  const day = dayOf(digitsAt(bytes, from, 4), digitsAt(bytes, from + 5, 2), digitsAt(bytes, from + 8, 2));
  const hour = digitsAt(bytes, from + 11, 2);
  const minute = digitsAt(bytes, from + 14, 2);
  const second = digitsAt(bytes, from + 17, 2);
  const ms = digitsAt(bytes, from + 20, 3);
  // NaN fails every comparison.
  if (!(hour < 24 && minute < 60 && second < 60 && ms >= 0)) return undefined;
  return day === undefined ? undefined : day + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

/** NaN where one of them is no digit. */
function digitsAt(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = at; i < at + length; i++) {
    if (IS_DIGIT[bytes[i] ?? 0] === 0) return Number.NaN;
    value = value * 10 + (bytes[i] ?? 0) - 0x30;
  }
  return value;
}

let lastDay: { readonly key: number; readonly time: number | undefined } = { key: Number.NaN, time: undefined };

/** One day's stamps come together. */
function dayOf(year: number, month: number, day: number): number | undefined {
  const key = (year * 100 + month) * 100 + day;
  if (key === lastDay.key) return lastDay.time;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  const real = year >= 1900 && year < 2100 && day >= 1 && day <= (MONTHS[month - 1] ?? 0) + leap;
  lastDay = { key, time: real ? Date.UTC(year, month - 1, day) : undefined };
  return lastDay.time;
}

/** Whether `stampAt` could have read this time. */
export const isStampTime = (time: number): boolean => time >= Date.UTC(1900, 0) && time < Date.UTC(2100, 0);

/** Whether a stamp may hold this piece of its text, folded. */
export const mayHold = (piece: string): boolean =>
  /^(?:\d{1,3}z?|(?:19|20)\d\d|\d{0,2}t\d{0,2}|z|\d{1,2}\.\d{1,3}z?)$/.test(piece);

const DAY = 86_400_000;
const TWO = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));
let dayKnown = Number.NaN;
let dayText = '';

/** As toISOString does it, in a tenth of the time: one day's stamps come together. */
export function stampText(time: number): string {
  const day = Math.floor(time / DAY);
  if (day !== dayKnown) {
    dayKnown = day;
    dayText = new Date(day * DAY).toISOString().slice(0, 11);
  }
  const ms = time - day * DAY;
  const second = Math.floor(ms / 1000);
  const minute = Math.floor(second / 60);
  const clock = `${TWO[Math.floor(minute / 60)]}:${TWO[minute % 60]}:${TWO[second % 60]}`;
  return `${dayText}${clock}.${String(ms % 1000).padStart(3, '0')}Z`;
}
