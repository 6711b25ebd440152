/** Sets of characters as sorted ranges of code points that do not touch. */
export type CharSet = readonly (readonly [from: number, to: number])[];

const LAST = 0x10_ff_ff;

function charSet(ranges: CharSet): CharSet {
  const found: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = found.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else found.push([from, to]);
  }
  return found;
}

export const one = (code: number): CharSet => [[code, code]];
export const union = (sets: readonly CharSet[]): CharSet => charSet(sets.flat());

export function complement(set: CharSet): CharSet {
  const found: [number, number][] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) found.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= LAST) found.push([next, LAST]);
  return found;
}

export const overlap = (one_: CharSet, other: CharSet): boolean =>
  one_.some(([from, to]) => other.some(([start, end]) => from <= end && start <= to));

/** What RE2 means by them: ASCII, whatever the flags. */
export const DIGIT: CharSet = [[48, 57]];
export const WORD = charSet([
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
]);
export const SPACE = charSet([
  [9, 10],
  [12, 13],
  [32, 32],
]);
export const NEWLINE = one(10);

/** Both cases of ASCII letters, and the two letters of other blocks that fold to one; undefined where more would be needed. */
export function bothCases(set: CharSet): CharSet | undefined {
  const more: [number, number][] = [];
  for (const [from, to] of set) {
    if (to > 127) return undefined;
    for (let code = from; code <= to; code++) {
      const letter = code | 32;
      if (letter < 97 || letter > 122) continue;
      more.push([letter, letter], [letter - 32, letter - 32]);
      if (letter === 107) more.push([0x21_2a, 0x21_2a]);
      if (letter === 115) more.push([0x1_7f, 0x1_7f]);
    }
  }
  return union([set, more]);
}
