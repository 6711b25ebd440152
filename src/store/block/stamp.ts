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
  for (const [at, byte] of SIGNS) if (bytes[from + at] !== byte) return undefined;
  const number = (at: number, length: number): number => {
    let value = 0;
    for (let i = from + at; i < from + at + length; i++) {
      if (IS_DIGIT[bytes[i] ?? 0] === 0) return Number.NaN;
      value = value * 10 + (bytes[i] ?? 0) - 0x30;
    }
    return value;
  };
  const [year, month, day] = [number(0, 4), number(5, 2), number(8, 2)];
  const [hour, minute, second, ms] = [number(11, 2), number(14, 2), number(17, 2), number(20, 3)];
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  // NaN fails every comparison.
  const real = year >= 1900 && year < 2100 && day >= 1 && day <= (MONTHS[month - 1] ?? 0) + leap;
  if (!(real && hour < 24 && minute < 60 && second < 60 && ms >= 0)) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
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
