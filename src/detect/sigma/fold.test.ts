import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold } from './fold.ts';

/** [one text, another, equal without case] */
const CASES: readonly (readonly [string, string, boolean])[] = [
  ['PowerShell', 'POWERSHELL', true],
  ['straße', 'STRASSE', true],
  ['STRAẞE', 'strasse', true],
  ['ΟΔΟΣ', 'οδος', true],
  ['οδοσ', 'οδος', true],
  ['Ärger', 'ÄRGER', true],
  ['ПРИВЕТ', 'привет', true],
  ['\u212Aelvin', 'kelvin', true],
  ['ſafe', 'SAFE', true],
  ['ﬁle', 'FILE', true],
  ['ı', 'i', false],
  ['ı', 'I', false],
  ['é', 'e', false],
];

for (const [one, other, equal] of CASES)
  test(`${one} ${equal ? 'is' : 'is not'} ${other}`, () => assert.equal(fold(one) === fold(other), equal));

test('every character that a regular expression takes for another without case folds alike', () => {
  for (let code = 0; code <= 0x1_ff_ff; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const character = String.fromCodePoint(code);
    const upper = character.toUpperCase();
    for (const other of [character.toLowerCase(), upper]) {
      if (Array.from(other).length !== 1 || character === 'ı') continue;
      const same = new RegExp(`^\\u{${code.toString(16)}}$`, 'iu').test(other);
      if (same) assert.equal(fold(character), fold(other), code.toString(16));
    }
  }
});

test('the fold of a text is the folds of its parts, side by side', () => {
  const word = fc.string({
    unit: fc.constantFrom('Σ', 'σ', 'ς', 'ß', 'İ', 'ı', 'I', 'a', ' ', 'é', '𐐀', '\u0345', 'ﬁ'),
  });
  fc.assert(
    fc.property(word, word, (one, other) => assert.equal(fold(one) + fold(other), fold(one + other))),
    { seed: 1, numRuns: 2000 },
  );
});
