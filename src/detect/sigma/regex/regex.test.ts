import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { fold } from '../fold.ts';
import { regex } from './regex.ts';

/** [expression, flags, engine] */
const ENGINES: readonly (readonly [string, string, 'v8' | 're2'])[] = [
  ['net\\s+user', '', 'v8'],
  ['://[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}', '', 'v8'],
  ['(?i)\\$\\{`?e`?n`?v`?\\}', '', 'v8'],
  ['^[a-z]+\\.exe$', 'i', 'v8'],
  ['(.){200,}', '', 'v8'],
  // Nothing follows the loop, so it need not run.
  ['^0oa.*', '', 'v8'],
  // A loop that any start meets again: each start would run to the end.
  ['a.*b', '', 're2'],
  ['\\{.*\\{.*\\{.*\\{', '', 're2'],
  ['[^/]{100,}$', '', 're2'],
  // More ways than one through the same text.
  ['(a+)+b', '', 're2'],
  ['(a|a)*b', '', 're2'],
  ['(a*)*b', '', 're2'],
  ['^(\\w+\\s?)*$', '', 're2'],
  ['x*x*y', '', 're2'],
  ['(?:a?){30}a{30}', '', 're2'],
  // Nothing is known of what the parser does not read.
  ['a', 'm', 're2'],
  ['[[:alpha:]]+', '', 're2'],
  ['a(?i)b', '', 're2'],
  ['\\bk', 'i', 're2'],
];

for (const [source, flags, engine] of ENGINES)
  test(`${source} with flags "${flags}" runs in ${engine}`, () => assert.equal(regex(source, flags).engine, engine));

/** [expression, texts one of which it needs; several lists] */
const NEEDS: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  ['net\\s+user', [['net'], ['user']]],
  ['https?://', [['http'], ['://']]],
  ['(?:cat|dog)s?x', [['cat', 'dog'], ['x']]],
  ['(?:cat|d*)x', [['x']]],
  ['[Pp]ro[Gg]ram', [['program']]],
  ['(?i)ECHO', [['echo']]],
  ['(ab){2}c', [['ababc']]],
  ['a?', []],
  ['[ab]', [['a', 'b']]],
  ['x[ab]y', [['xay', 'xby']]],
  ['[a-z]y', [['y']]],
  // Read differently by engines, so it is not run in V8; what it needs is known all the same.
  ['(?i)Set-\\w+\\s+.*-Off\\b', [['set-'], ['-off']]],
  ['(?i)\\b(sc|net)[^\\w]x', [['sc', 'net'], ['x']]],
];

for (const [source, needs] of NEEDS)
  test(`${source} needs ${JSON.stringify(needs)}`, () => assert.deepEqual(regex(source, '').needs, needs));

const atom = fc.constantFrom(
  'a',
  'b',
  'S',
  'k',
  '.',
  '[ab]',
  '[^a]',
  '\\d',
  '\\w',
  '\\s',
  '\\.',
  '-',
  '[A-C-]',
  'ab',
  'é',
  '\\x41',
  '[\\]\\d]',
);
const quantifier = fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{1,3}', '{2,}', '+?', '*?');
const { expression } = fc.letrec<{ expression: string; sequence: string; piece: string }>((tie) => ({
  expression: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((parts) => parts.join('|')),
  sequence: fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
  piece: fc.oneof(
    { maxDepth: 2 },
    fc.tuple(atom, quantifier).map(([one, count]) => (one === 'ab' ? one : one + count)),
    fc.constantFrom('^', '$', '\\b'),
    fc
      .tuple(fc.constantFrom('(', '(?:'), tie('expression'), quantifier)
      .map(([open, inner, count]) => `${open}${inner})${count}`),
  ),
}));
const text = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'c',
      'A',
      's',
      'S',
      'ſ',
      'k',
      'K',
      'é',
      '1',
      '_',
      '-',
      '.',
      ' ',
      '\n',
      '\r',
      '\u00a0',
      ']',
      '😀',
    ),
    { maxLength: 12 },
  )
  .map((letters) => letters.join(''));

const BITS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

test('whatever engine runs it, the answer is that of RE2, and a text that matches has what is needed', (context) => {
  const engines = { v8: 0, re2: 0 };
  let matches = 0;
  fc.assert(
    fc.property(
      expression,
      fc.constantFrom('', 'i', 's', 'i', 'im'),
      fc.array(text, { minLength: 5, maxLength: 5 }),
      (source, flags, texts) => {
        const bits = Array.from(flags).reduce((sum, flag) => sum | (BITS[flag] ?? 0), 0);
        const judge = RE2JS.compile(source, bits);
        const found = regex(source, flags);
        engines[found.engine]++;
        for (const one of texts) {
          const expected = judge.test(one);
          assert.equal(found.test(one), expected, JSON.stringify(one));
          if (!expected) continue;
          matches++;
          for (const needed of found.needs)
            assert.ok(
              needed.some((literal) => fold(one).includes(literal)),
              JSON.stringify(needed),
            );
        }
      },
    ),
    { seed: 1, numRuns: 6000 },
  );
  context.diagnostic(`${engines.v8} expressions in V8, ${engines.re2} in re2js, ${matches} matches`);
  assert.ok(engines.v8 > 1000 && engines.re2 > 1000 && matches > 5000);
});

const ODD = [
  ['a', 'é', '😀', '\ud800', '(', '(?:', ')', ')', '[', '[^', ']', '-', '|', '^', '$', '.', '\\', '\\b', '\\B', '\\w'],
  [
    '*',
    '+',
    '?',
    '??',
    '{',
    '}',
    '{,3}',
    '{2,1}',
    '{0}',
    '{2}',
    '{30}',
    '{999}',
    '{1000}',
    '{1001}',
    '{0,1000}',
    '{40,}',
  ],
  [
    '\\x{41}',
    '\\x{10ffff}',
    '\\x{110000}',
    '\\x4',
    '\\0',
    '\\/',
    '\\-',
    '\\]',
    '\\v',
    '\\a',
    '\\z',
    '\\_',
    '\\<',
    '\0',
  ],
  [
    '(a+)+b',
    '(a{30}){30}',
    '(?:(a|a)*b){20}',
    '[a-\\d]',
    '[]a]',
    '[^]a]',
    '[a-]',
    '[\\w-a]',
    '(?i)',
    '(?s:a)',
    'x*x*y',
  ],
].flat();
const odd = fc.integer({ min: 0, max: ODD.length - 1 }).map((at) => ODD[at] ?? '');
const oddities = fc.array(odd, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));

test('what re2js refuses is refused when the rule is read, not when an event comes', (context) => {
  let [late, refused] = [0, 0];
  fc.assert(
    fc.property(oddities, fc.constantFrom('', 'i', 's'), (source, flags) => {
      const bits = flags === 'i' ? RE2JS.CASE_INSENSITIVE : flags === 's' ? RE2JS.DOTALL : 0;
      const fits = compiles(() => RE2JS.compile(source, bits));
      const found = compiles(() => regex(source, flags));
      if (!found) refused++;
      else {
        const { engine, test: run } = regex(source, flags);
        if (engine === 're2') late++;
        assert.ok(fits, JSON.stringify(source));
        run('a'.repeat(50));
      }
    }),
    { seed: 1, numRuns: 5000 },
  );
  context.diagnostic(`${refused} refused, ${late} in re2js`);
  assert.ok(late > 500 && refused > 500);
});

function compiles(compile: () => unknown): boolean {
  try {
    compile();
    return true;
  } catch {
    return false;
  }
}
