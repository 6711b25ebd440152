/**
 * Where a text stands in another without regard to case, said without folding the other: that would write it anew. ASCII folds
 * unit by unit, so the units at an end say what the fold ends with, as long as they are ASCII. No fold makes a sign of ASCII
 * that is not a letter out of anything else, so such signs are looked for as they are.
 */
import { isPlainText, type Pattern } from '../sigma/pattern.ts';

/** undefined: it takes a fold to tell. */
export type CaselessTest = (text: string) => boolean | undefined;

const ASCII = 127;
const lower = (unit: number): number => (unit >= 65 && unit <= 90 ? unit + 32 : unit);

/** Neither of the two need be folded. */
export function endsCaseless(text: string, end: string): boolean | undefined {
  let [at, wanted] = [text.length, end.length];
  while (at > 0 && wanted > 0) {
    const unit = text.charCodeAt(--at);
    const other = end.charCodeAt(--wanted);
    if ((unit | other) > ASCII) return undefined;
    if (lower(unit) !== lower(other)) return false;
  }
  return wanted === 0;
}

function startsCaseless(text: string, start: string): boolean | undefined {
  const length = Math.min(text.length, start.length);
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > ASCII) return undefined;
    if (lower(unit) !== start.charCodeAt(at)) return false;
  }
  return text.length >= start.length;
}

/** For a folded pattern; undefined where it takes a fold with every text. */
export function caselessTest(pattern: Pattern): CaselessTest | undefined {
  const [first = '', second = '', third] = pattern;
  if (!pattern.every((part) => isPlainText(part) && isAscii(part))) return undefined;
  if (pattern.length === 1)
    return (text) => {
      const ends = endsCaseless(text, first);
      return ends === true ? text.length === first.length : ends;
    };
  if (pattern.length === 2 && first === '') return (text) => endsCaseless(text, second);
  if (pattern.length === 2 && second === '') return (text) => startsCaseless(text, first);
  if (pattern.length === 3 && first === '' && third === '' && isCaseless(second))
    return (text) => text.includes(second);
  return undefined;
}

/** A folded text of signs alone stands in another exactly when it stands in the other's fold. */
export const isCaseless = (folded: string): boolean => isAscii(folded) && !/[a-z]/.test(folded);

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;
