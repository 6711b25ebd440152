/** Words and numbers as people read them. Pure: the browser and the terminal share it. */
import type { FieldValue } from '#contract';
import { printable } from '#lib/printable';

/** `286410` → `286,410`. */
export function thousands(count: number): string {
  return String(Math.trunc(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

const SMALL = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

/** Small numbers are words in a sentence: `three`, but `1,204`. */
export function numberWord(count: number): string {
  return SMALL[count] ?? thousands(count);
}

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${thousands(count)} ${count === 1 ? one : many}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `2.4 MB`, three digits at most. */
export function dataSize(bytes: number): string {
  let amount = Math.max(0, bytes);
  let unit = 0;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  const digits = unit === 0 || amount >= 99.95 ? 0 : 1;
  return `${amount.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

/** A field's value as one line of text that is safe to show: see `printable`. */
export function valueText(value: FieldValue | undefined): string {
  if (value === undefined || value === null) return '';
  return printable(Array.isArray(value) ? value.map(String).join(', ') : String(value));
}

/** The single values of a field: what `field:value` can look for. */
export function valuesOf(value: FieldValue | undefined): readonly string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.filter((item) => item !== null).map(String) : [String(value)];
}

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/**
 * Cuts a text into pieces, those that equal a needle marked; letter case does not count. Text and needles are made
 * printable first, so a needle never matches half of an escape that the text did not contain.
 */
export function marked(text: string, needles: readonly string[]): readonly Piece[] {
  const shown = printable(text);
  const wanted = needles.filter((needle) => needle.trim() !== '').map((needle) => printable(needle));
  if (wanted.length === 0) return [{ text: shown, marked: false }];
  const pattern = wanted
    .toSorted((a, b) => b.length - a.length)
    .map((needle) => needle.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .join('|');
  return shown
    .split(new RegExp(`(${pattern})`, 'iu'))
    .map((piece, at) => ({ text: piece, marked: at % 2 === 1 }))
    .filter((piece) => piece.text !== '');
}
