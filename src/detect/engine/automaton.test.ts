import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold } from '../sigma/fold.ts';
import { anywhere, atEnd, atStart, type Entry, type Scan } from './automaton.ts';
import { search } from './skip.ts';

function reached(scan: Scan, text: string): readonly number[] {
  const ids = new Set<number>();
  scan(text, (list) => list.forEach((id) => ids.add(id)));
  return Array.from(ids).toSorted((one, other) => one - other);
}

const numbered = (literals: readonly string[], whole = false): readonly Entry[] =>
  literals.map((literal, id) => ({ literal: fold(literal), id, whole }));

const expected = (entries: readonly Entry[], holds: (literal: string) => boolean): readonly number[] =>
  entries.filter(({ literal }) => holds(literal)).map(({ id }) => id);

const LETTERS = [
  'a',
  'A',
  'b',
  'c',
  '\\',
  '.',
  ' ',
  'ß',
  's',
  'S',
  'µ',
  'É',
  'é',
  'ſ',
  'K',
  'k',
  'ς',
  '😀',
  'ﬁ',
  'f',
  'i',
];
const word = (min: number, max: number, letters = LETTERS): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...letters), { minLength: min, maxLength: max }).map((found) => found.join(''));
const literals = (min: number): fc.Arbitrary<string[]> => fc.array(word(min, 5), { minLength: 1, maxLength: 12 });

/** [what, scan, does the folded text have the literal there] */
const SCANS: readonly (readonly [
  string,
  (entries: readonly Entry[]) => Scan,
  (text: string, literal: string) => boolean,
])[] = [
  ['anywhere', anywhere, (text, literal) => text.includes(literal)],
  ['by skipping', search, (text, literal) => text.includes(literal)],
  ['at the start', atStart, (text, literal) => text.startsWith(literal)],
  ['at the end', atEnd, (text, literal) => text.endsWith(literal)],
];

for (const [what, scan, holds] of SCANS) {
  test(`literals ${what} are those that a plain search finds`, () => {
    fc.assert(
      fc.property(literals(1), word(0, 14), (found, text) => {
        const entries = numbered(found);
        assert.deepEqual(
          reached(scan(entries), text),
          expected(entries, (literal) => holds(fold(text), literal)),
        );
      }),
      { seed: 1, numRuns: 3000 },
    );
  });
}

test('whole texts are equal ones', () => {
  fc.assert(
    fc.property(literals(0), word(0, 4), (found, text) => {
      const entries = numbered(found, true);
      assert.deepEqual(
        reached(atStart(entries), text),
        expected(entries, (literal) => fold(text) === literal),
      );
    }),
    { seed: 1, numRuns: 3000 },
  );
});

test('long literals in long texts are found by skipping, and their parts alone are not', () => {
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz -:\\');
  const long = word(40, 120, letters);
  const pick = fc.array(word(8, 16, letters), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(pick, long, fc.nat(), fc.nat(), fc.nat(), (found, text, which, cut, at) => {
      const entries = numbered(found);
      const literal = found[which % found.length] ?? '';
      // Sometimes the whole literal is put into the text, sometimes all but its end.
      const part = cut % 2 === 0 ? literal.toUpperCase() : literal.slice(0, 8);
      const place = at % text.length;
      const whole = text.slice(0, place) + part + text.slice(place);
      assert.deepEqual(
        reached(search(entries), whole),
        expected(entries, (one) => fold(whole).includes(one)),
      );
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('a sharp s or a ligature in a long text is found as what it folds to', () => {
  const entries = numbered(['password', 'filename', 'sekurlsa', 'mimikatz']);
  const filler = 'x'.repeat(60);
  const texts = [`${filler}PAßWORD`, `${filler}ﬁlename${filler}`, `${filler}ſekurlſa`, `${filler}mimi\u212Aatz`];
  assert.deepEqual(
    texts.map((text) => reached(search(entries), text)),
    [[0], [1], [2], [3]],
  );
});
