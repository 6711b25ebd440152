/**
 * Sigma's text values: `*` stands for any text, `?` for one character, and a backslash takes that meaning away
 * (specification 2.1, "wildcards" and "escaping"): `\*` and `\?` are the characters themselves, `\\` is one backslash,
 * and a backslash before anything else is only itself.
 *
 * A pattern is the list of texts between its stars: `a*b` is ['a', 'b'], `*a*` is ['', 'a', '']. Inside such a text two
 * noncharacters stand for more than themselves, so no log line means anything by them: ONE is `?`, DASH is any of the five
 * dashes of `windash`. The stars of `contains`, `startswith` and `endswith` are added to the list, never to the text, so
 * a backslash at the end of a value stays a backslash.
 *
 * Matching is leftmost-first and never backtracks over a star: time is at most text × pattern.
 */
import { fold } from './fold.ts';
import { Refusal, shown } from './refusal.ts';

export type Pattern = readonly string[];
export type TextTest = (text: string) => boolean;

export const ONE = '\uffff';
export const DASH = '\ufffe';
export const DASHES = '-/\u2013\u2014\u2015';
const SPECIAL = /[\uffff\ufffe]/;

/** Every text has a place in one of its forms: with ONE and DASH inside, or plain. */
export const isPlainText = (part: string): boolean => !SPECIAL.test(part);

export interface Placement {
  readonly before: boolean;
  readonly after: boolean;
}

/** The texts between the stars. */
export function parsePattern(value: string): Pattern {
  if (SPECIAL.test(value)) throw new Refusal(`a value holds a noncharacter: ${shown(value)}`);
  if (!/[\\*?]/.test(value)) return [value];
  const found: string[] = [];
  let current = '';
  for (let at = 0; at < value.length; at++) {
    const character = value.charAt(at);
    const next = value.charAt(at + 1);
    if (character === '\\' && (next === '*' || next === '?' || next === '\\')) {
      current += next;
      at++;
    } else if (character === '*') {
      found.push(current);
      current = '';
    } else {
      current += character === '?' ? ONE : character;
    }
  }
  return [...found, current];
}

/** With the stars that a placement adds; two stars side by side are one. */
export function placed(parts: Pattern, { before, after }: Placement): Pattern {
  const all = [...(before ? [''] : []), ...parts, ...(after ? [''] : [])];
  return all.filter((part, at) => part !== '' || at === 0 || at === all.length - 1);
}

export const foldPattern = (parts: Pattern): Pattern => parts.map(fold);

/** True when the pattern is one plain text. */
export const isPlain = (parts: Pattern): boolean => parts.length === 1 && isPlainText(parts[0] ?? '');

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** Where the part ends when it stands at `at`, else -1. ONE takes a whole character, though it be two UTF-16 units. */
function fits(text: string, part: string, at: number): number {
  let place = at;
  for (let i = 0; i < part.length; i++) {
    const wanted = part.charCodeAt(i);
    if (place >= text.length) return -1;
    const unit = text.charCodeAt(place++);
    if (wanted === 0xffff) {
      if (isLow(unit) && place > 1 && isHigh(text.charCodeAt(place - 2))) return -1;
      if (isHigh(unit) && isLow(text.charCodeAt(place))) place++;
    } else if (wanted === 0xfffe) {
      if (!DASHES.includes(text.charAt(place - 1))) return -1;
    } else if (wanted !== unit) return -1;
  }
  return place;
}

interface Part {
  readonly text: string;
  readonly plain: boolean;
}

/** The first place at or after `from` where the part stands: where it ends, else -1. */
function endOfNext(text: string, { text: part, plain }: Part, from: number): number {
  if (plain) {
    const found = text.indexOf(part, from);
    return found < 0 ? -1 : found + part.length;
  }
  for (let at = from; at <= text.length; at++) {
    const end = fits(text, part, at);
    if (end >= 0) return end;
  }
  return -1;
}

/** True when the part stands at the very end, not before `from`. It may take more units than it has signs. */
function endsWith(text: string, { text: part, plain }: Part, from: number): boolean {
  if (plain) return text.length - part.length >= from && text.endsWith(part);
  for (let at = Math.max(from, text.length - 2 * part.length); at <= text.length; at++)
    if (fits(text, part, at) === text.length) return true;
  return false;
}

function glob(parts: Pattern): TextTest {
  const [first, ...rest] = parts.map((text): Part => ({ text, plain: isPlainText(text) }));
  const last = rest.pop();
  if (first === undefined) return () => false;
  if (last === undefined) return (text) => fits(text, first.text, 0) === text.length;
  return (text) => {
    let at = first.text === '' ? 0 : fits(text, first.text, 0);
    for (const part of rest) {
      if (at < 0) return false;
      at = endOfNext(text, part, at);
    }
    return at >= 0 && endsWith(text, last, at);
  };
}

/** The test for one pattern, by its cheapest form. Letters are compared as they are: the caller folds both sides. */
export function textTest(parts: Pattern): TextTest {
  const [first = '', second = '', third] = parts;
  if (!parts.every(isPlainText)) return glob(parts);
  if (parts.length === 1) return (text) => text === first;
  if (parts.length === 2 && first === '') return (text) => text.endsWith(second);
  if (parts.length === 2 && second === '') return (text) => text.startsWith(first);
  if (parts.length === 3 && first === '' && third === '') return (text) => text.includes(second);
  return glob(parts);
}
