import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold } from './fold.ts';
import { literalsOf } from './literals.ts';
import { compile } from './value.ts';

const SEED = 20_261_121;

const CASES: readonly (readonly [string, readonly (readonly string[])[] | undefined])[] = [
  ['fo+bar', [['fo', 'obar']]],
  ['failed .* port', [['failed ', ' port']]],
  ['failed (password|publickey) for (?:root)+ from', [['failed ', ' for ', 'root', ' from']]],
  ['^accepted$', [['accepted']]],
  ['a?bc*d{0,3}e{2,}f', [['b', 'e', 'ef']]],
  ['198\\.18\\.\\d+', [['198.18.']]],
  ['one|two|three', [['one'], ['two'], ['three']]],
  ['one|.*', undefined],
  // Upper and lower case of these two are more than two characters.
  ['session', [['e', 'ion']]],
  ['kernel', [['ernel']]],
  ['größe', [['gr', 'e']]],
  ['(?i)Root', [['root']]],
  ['(?P<who>ro+t) x', [['ro', 'ot', ' x']]],
  ['[abc]d[^]x]e[[:alpha:]]f', [['d', 'e', 'f']]],
  ['\\pLa\\p{Greek}b\\x41c\\x{212a}d\\bz', [['a', 'b', 'c', 'd', 'z']]],
  ['(a(b)?c)+d', [['a', 'c', 'd']]],
  ['a{x', [['a{x']]],
  ['.*', undefined],
  ['', undefined],
  ['\\Qa.b\\E', undefined],
  ['(one|two)', undefined],
];
for (const [source, expected] of CASES)
  test(`/${source}/ cannot do without ${JSON.stringify(expected)}`, () => {
    compile(source);
    assert.deepEqual(literalsOf(source), expected);
  });

const atom = fc.constantFrom(
  'a',
  'b',
  'k',
  's',
  'ab',
  '.',
  '\\d',
  '\\w',
  '\\b',
  '^',
  '$',
  '[a-c]',
  '[^b]',
  '[]a]',
  'é',
  '\\.',
  '-',
  '{',
  '(?:ab)',
  '(?i)',
  '(?-i:aB)',
  '(?P<x>b)',
  '\\pL',
  '\\B',
  '\u212a',
  '\\x{212a}',
  '\\x41',
  '7',
  '\\]',
  'A',
  ' ',
);
const times = fc.constantFrom('', '', '', '', '*', '+', '?', '{2,}', '{0,1}', '{0}', '*?', '+?');
const expression = fc.letrec<{ it: string }>((tie) => ({
  it: fc.oneof(
    { maxDepth: 3 },
    fc
      .array(fc.tuple(atom, times), { minLength: 1, maxLength: 5 })
      .map((pairs) =>
        pairs.map(([one, often]) => (/^(?:\^|\$|\\b|\\B|\(\?i\))$/.test(one) ? one : one + often)).join(''),
      ),
    fc.tuple(tie('it'), tie('it'), times).map(([a, b, often]) => `(${a}|${b})${often}`),
    fc.tuple(tie('it'), times).map(([a, often]) => `(${a})${often}`),
    fc.tuple(tie('it'), tie('it')).map(([a, b]) => a + b),
    fc.tuple(tie('it'), tie('it')).map(([a, b]) => `${a}|${b}`),
  ),
})).it;
const letter = fc.constantFrom(
  'a',
  'b',
  'c',
  'k',
  'K',
  's',
  '\u017f',
  '7',
  '.',
  ' ',
  '-',
  '{',
  'é',
  '\n',
  '\u212a',
  'A',
  'B',
  ']',
  'd',
);

test(`whatever an expression finds holds the literals of one of its rows (seed ${SEED})`, () => {
  let [pairs, found, demanding] = [0, 0, 0];
  fc.assert(
    fc.property(
      expression,
      fc.array(fc.string({ unit: letter, maxLength: 14 }), { minLength: 8, maxLength: 8 }),
      (source, texts) => {
        let expressionOf: ReturnType<typeof compile>;
        try {
          expressionOf = compile(source);
        } catch {
          return;
        }
        const rows = literalsOf(source);
        if (rows !== undefined) demanding++;
        for (const text of texts) {
          pairs++;
          if (!expressionOf.matcher(text).find()) continue;
          found++;
          const holds = rows === undefined || rows.some((row) => row.every((literal) => fold(text).includes(literal)));
          assert.ok(holds, `/${source}/ finds ${JSON.stringify(text)} without ${JSON.stringify(rows)}`);
          assert.ok(expressionOf.test(text), `/${source}/ on ${JSON.stringify(text)}: the quick way says no`);
        }
      },
    ),
    { seed: SEED, numRuns: 6000 },
  );
  assert.ok(
    pairs > 20_000 && found > 5000 && demanding > 1000,
    `${pairs} pairs, ${found} found, ${demanding} demanding`,
  );
});
