/**
 * Sigma's text values: `*` stands for any text, `?` for one UTF-16 unit, and a backslash takes that meaning away
 * (specification 2.1, "wildcards" and "escaping"): `\*` and `\?` are the characters themselves, `\\` is one backslash,
 * and a backslash before anything else is only itself.
 *
 * A pattern is the list of texts between its stars: `a*b` is ['a', 'b'], `*a*` is ['', 'a', '']. Inside such a text ONE
 * stands for `?`; it is a noncharacter, so no log line means anything by it.
 *
 * Matching is leftmost-first and never backtracks over a star: time is at most text × pattern.
 */
import { Refusal, shown } from './refusal.ts';

export type TextTest = (text: string) => boolean;

const ONE = '\uffff';

interface Placement {
  readonly before: boolean;
  readonly after: boolean;
}

export const EXACT: Placement = { before: false, after: false };
export const CONTAINS: Placement = { before: true, after: true };
export const STARTS: Placement = { before: false, after: true };
export const ENDS: Placement = { before: true, after: false };

function segments(value: string): string[] {
  if (value.includes(ONE)) throw new Refusal(`a value holds the noncharacter U+FFFF: ${shown(value)}`);
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

/** The texts between the stars, with the stars of `contains`, `startswith` and `endswith` added. */
export function pattern(value: string, placement: Placement): readonly string[] {
  const parts = segments(value);
  if (placement.before) parts.unshift('');
  if (placement.after) parts.push('');
  // Two stars side by side are one.
  return parts.filter((part, at) => part !== '' || at === 0 || at === parts.length - 1);
}

/** True when the pattern is one plain text, which a set can look up. */
export const isPlain = (parts: readonly string[]): boolean => parts.length === 1 && !parts[0]?.includes(ONE);

function fits(text: string, part: string, at: number): boolean {
  for (let i = 0; i < part.length; i++) {
    const wanted = part.charCodeAt(i);
    if (wanted !== 0xffff && wanted !== text.charCodeAt(at + i)) return false;
  }
  return true;
}

function indexOf(text: string, part: string, from: number): number {
  if (!part.includes(ONE)) return text.indexOf(part, from);
  for (let at = from; at + part.length <= text.length; at++) if (fits(text, part, at)) return at;
  return -1;
}

function glob(parts: readonly string[]): TextTest {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  const middle = parts.slice(1, -1);
  return (text) => {
    const end = text.length - last.length;
    if (end < first.length || !fits(text, first, 0) || !fits(text, last, end)) return false;
    let at = first.length;
    for (const part of middle) {
      const found = indexOf(text, part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** The test for one pattern, by its cheapest form. Letters are compared as they are: the caller lowers both sides. */
export function textTest(parts: readonly string[]): TextTest {
  const [first = '', second = '', third] = parts;
  const plain = !parts.some((part) => part.includes(ONE));
  if (parts.length === 1)
    return plain ? (text) => text === first : (text) => text.length === first.length && fits(text, first, 0);
  if (plain && parts.length === 2 && first === '') return (text) => text.endsWith(second);
  if (plain && parts.length === 2 && second === '') return (text) => text.startsWith(first);
  if (plain && parts.length === 3 && first === '' && third === '') return (text) => text.includes(second);
  return glob(parts);
}
