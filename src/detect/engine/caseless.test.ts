import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold } from '../sigma/fold.ts';
import { textTest } from '../sigma/pattern.ts';
import { caselessTest, endsCaseless } from './caseless.ts';

/** Letters whose folds are those of others, longer than themselves, or of ASCII. */
const unit = fc.constantFrom(
  'a',
  'A',
  'k',
  'K',
  '\u212a',
  's',
  'S',
  'ß',
  'ſ',
  'İ',
  'ı',
  'i',
  '\\',
  '.',
  '|',
  '{',
  '😀',
);
const text = fc.string({ unit, maxLength: 6 });
const SEED = 1;

for (const [name, place] of [
  ['whole', (part: string) => [part]],
  ['end', (part: string) => ['', part]],
  ['start', (part: string) => [part, '']],
  ['anywhere', (part: string) => ['', part, '']],
] as const)
  test(`${name}: what is said without a fold is what the fold says`, () => {
    fc.assert(
      fc.property(text, text, (given, part) => {
        const pattern = place(fold(part));
        const said = caselessTest(pattern)?.(given);
        if (said !== undefined) assert.equal(said, textTest(pattern)(fold(given)));
      }),
      { seed: SEED, numRuns: 5000 },
    );
  });

test('two texts that need no fold: the end of one is that of the other as their folds have it', () => {
  fc.assert(
    fc.property(text, text, (given, end) => {
      const said = endsCaseless(given, end);
      if (said !== undefined) assert.equal(said, fold(given).endsWith(fold(end)));
    }),
    { seed: SEED, numRuns: 5000 },
  );
});

for (const [what, pattern, given, said] of [
  ['an end', ['', '.exe'], 'C:\\Windows\\CMD.EXE', true],
  ['another end', ['', '.exe'], 'C:\\Windows\\CMD.com', false],
  ['an end that is longer than the text', ['', '.exe'], 'EXE', false],
  ['letters of others before the end', ['', '.exe'], 'ß.exe', true],
  ['letters of others in the end', ['', '.exe'], '.exſ', undefined],
  ['a start', ['c:\\'], 'C:\\', true],
  ['signs', ['', '\\', ''], 'C:\\ß', true],
] as const)
  test(`${what}: ${given}`, () => assert.equal(caselessTest(pattern)?.(given), said));

test('no letter folds to a sign of ASCII', () => {
  for (let code = 128; code <= 0x1_ff_ff; code++)
    if (/[\u0000-`{-\u007f]/.test(fold(String.fromCodePoint(code)))) assert.fail(code.toString(16));
});
