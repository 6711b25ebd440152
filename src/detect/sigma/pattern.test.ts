import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePattern, placed, type TextTest, textTest } from './pattern.ts';

const PLACEMENTS = {
  EXACT: { before: false, after: false },
  CONTAINS: { before: true, after: true },
  STARTS: { before: false, after: true },
  ENDS: { before: true, after: false },
};

const patternTest = (value: string, placement: keyof typeof PLACEMENTS): TextTest =>
  textTest(placed(parsePattern(value), PLACEMENTS[placement]));

/** [placement, pattern, text, matches] */
const CASES: readonly (readonly [keyof typeof PLACEMENTS, string, string, boolean])[] = [
  ['EXACT', 'root', 'root', true],
  ['EXACT', 'root', 'rooty', false],
  ['EXACT', '', '', true],
  ['EXACT', '', 'a', false],
  ['EXACT', '*', '', true],
  ['EXACT', 'a*c', 'abbc', true],
  ['EXACT', 'a*c', 'abbcd', false],
  ['EXACT', 'a*a', 'a', false],
  ['EXACT', 'a?c', 'abc', true],
  ['EXACT', 'a?c', 'ac', false],
  ['EXACT', '*b?d*f', 'aabcdef', true],
  ['EXACT', '*a*a*', 'a', false],
  ['EXACT', '**', 'x', true],
  ['EXACT', '\\*', '*', true],
  ['EXACT', '\\*', 'x', false],
  ['EXACT', '\\?', '?', true],
  ['EXACT', '\\?', 'x', false],
  ['EXACT', '\\\\*', '\\x', true],
  ['EXACT', '\\\\*', 'x', false],
  ['EXACT', '\\\\\\*', '\\*', true],
  ['EXACT', '\\\\\\\\', '\\\\', true],
  ['EXACT', 'C:\\Windows', 'C:\\Windows', true],
  ['CONTAINS', 'b', 'abc', true],
  ['CONTAINS', 'a*c', 'xabcx', true],
  ['CONTAINS', 'x', 'abc', false],
  ['STARTS', 'ab', 'abc', true],
  ['STARTS', 'bc', 'abc', false],
  ['ENDS', 'bc', 'abc', true],
  ['ENDS', 'ab', 'abc', false],
  ['ENDS', '?c', 'abc', true],
  // A star that a placement adds is no star that a backslash at the end could take away.
  ['STARTS', 'C:\\', 'C:\\x', true],
  ['STARTS', 'C:\\', 'C:x', false],
  ['CONTAINS', '\\', 'a\\b', true],
  ['CONTAINS', 'a\\', 'xa*', false],
  ['EXACT', 'a\\', 'a\\', true],
  ['CONTAINS', '\\\\*', 'x\\y', true],
  ['CONTAINS', '\\\\\\*', 'x\\*', true],
  ['CONTAINS', '\\\\\\*', 'x\\y', false],
  // One character may be two UTF-16 units.
  ['EXACT', 'a?c', 'a😀c', true],
  ['EXACT', 'a??c', 'a😀c', false],
  ['EXACT', '?', '😀', true],
  ['ENDS', '?', '😀', true],
  ['ENDS', 'x??', 'x😀😀', true],
  ['ENDS', 'x?', 'x😀😀', false],
  ['CONTAINS', '?b', '😀b', true],
];

for (const [placement, value, text, expected] of CASES) {
  test(`${placement} ${JSON.stringify(value)} on ${JSON.stringify(text)} is ${expected}`, () => {
    assert.equal(patternTest(value, placement)(text), expected);
  });
}

test('patterns say what an anchored regular expression says', () => {
  const piece = fc.constantFrom('a', 'b', '*', '?', '.', '😀');
  const words = fc.array(piece, { maxLength: 8 });
  const texts = fc.array(fc.constantFrom('a', 'b', '.', '😀'), { maxLength: 10 });
  const source: Readonly<Record<string, string>> = { '*': '.*', '?': '.', '.': '\\.' };
  fc.assert(
    fc.property(words, texts, (parts, letters) => {
      const regex = new RegExp(`^${parts.map((part) => source[part] ?? part).join('')}$`, 'u');
      const text = letters.join('');
      assert.equal(patternTest(parts.join(''), 'EXACT')(text), regex.test(text));
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('many stars over a long text do not blow up', () => {
  const hard = patternTest('*a'.repeat(500) + 'b', 'EXACT');
  assert.equal(hard('a'.repeat(100_000)), false);
});
