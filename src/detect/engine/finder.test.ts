import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold } from '../sigma/fold.ts';
import { Finder } from './finder.ts';
import { type Entry, isFindable, type TextPlace } from './literals.ts';
import { Marks } from './marks.ts';
import { Texts } from './texts.ts';

/** What is found in a text that stands between others. */
const found = (entries: readonly Entry[], text: string, before: readonly string[] = []): readonly number[] =>
  finding(entries)(text, before);

function finding(entries: readonly Entry[]): (text: string, before?: readonly string[]) => readonly number[] {
  const marks = new Marks(entries.length);
  const finder = new Finder(entries, marks);
  const texts = new Texts();
  return (text, before = []) => {
    texts.clear();
    marks.begin(marks.round + 1);
    for (const other of before) texts.put(other);
    const from = texts.put(text);
    finder.find(texts, from, texts.end);
    return Array.from(marks.hits.subarray(0, marks.count)).toSorted((one, other) => one - other);
  };
}

const HOLDS: Readonly<Record<TextPlace, (text: string, literal: string) => boolean>> = {
  anywhere: (text, literal) => text.includes(literal),
  start: (text, literal) => text.startsWith(literal),
  end: (text, literal) => text.endsWith(literal),
  whole: (text, literal) => text === literal,
};

const expected = (entries: readonly Entry[], text: string): readonly number[] =>
  entries.filter(({ literal, place }) => HOLDS[place](fold(text), literal)).map(({ id }) => id);

const LETTERS = Array.from('aAbc\\. ßsSµÉéſKkςΣ😀ﬁfi\u0000@`');
const word = (min: number, max: number, letters: readonly string[] = LETTERS): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...letters), { minLength: min, maxLength: max }).map((parts) => parts.join(''));
const place = fc.constantFrom<TextPlace>('anywhere', 'start', 'end', 'whole');

const entriesOf = (literals: readonly (readonly [string, TextPlace])[]): readonly Entry[] =>
  literals
    .map(([literal, at]) => ({ literal: fold(literal), place: at }))
    .filter(({ literal, place: at }) => isFindable(literal) && (literal !== '' || at === 'whole'))
    .map((entry, id) => ({ ...entry, id }));

/** [what, lengths of literals, length of texts, letters] */
const KINDS: readonly (readonly [string, readonly [number, number], number, readonly string[]])[] = [
  ['short and long', [0, 6], 16, LETTERS],
  ['at every place', [4, 7], 24, Array.from('abAB.')],
  ['by strides', [6, 9], 40, Array.from('abAB')],
  ['by the longest strides', [12, 16], 60, Array.from('aA')],
];

for (const [what, [min, max], length, letters] of KINDS) {
  test(`literals are those that a plain search finds: ${what}`, () => {
    const literals = fc.array(fc.tuple(word(min, max, letters), place), { minLength: 1, maxLength: 12 });
    const others = fc.array(word(0, 30, letters), { maxLength: 3 });
    let hits = 0;
    fc.assert(
      fc.property(literals, word(0, length, letters), others, fc.nat(), (given, text, before, which) => {
        const entries = entriesOf(given);
        // Mostly a literal is put into the text, in capitals.
        const literal = (entries[which % Math.max(1, entries.length)]?.literal ?? '').toUpperCase();
        const planted = [text, text + literal + text, literal + text, text + literal, literal][which % 5] ?? '';
        const right = expected(entries, planted);
        hits += right.length;
        assert.deepEqual(found(entries, planted, before), right);
      }),
      { seed: 1, numRuns: 3000 },
    );
    assert.ok(hits > 1000, `only ${hits} literals stood in a text`);
  });
}

test('a sharp s or a ligature in a long text is found as what it folds to', () => {
  const entries = entriesOf(['password', 'filename', 'sekurlsa', 'mimikatz'].map((literal) => [literal, 'anywhere']));
  const filler = 'x'.repeat(60);
  const texts = [`${filler}PAßWORD`, `${filler}ﬁlename${filler}`, `${filler}ſekurlſa`, `${filler}mimi\u212Aatz`];
  assert.deepEqual(
    texts.map((text) => found(entries, text)),
    [[0], [1], [2], [3]],
  );
});

test('texts larger than the room for them get more, and what was put down before stays', () => {
  const entries = entriesOf([
    ['needle', 'end'],
    ['hay', 'start'],
  ]);
  const large = `${'hay'.repeat(50_000)}needle`;
  const texts = new Texts();
  const from = texts.put('Hay and Needle');
  const end = texts.end;
  texts.put(large);
  const marks = new Marks(2);
  const finder = new Finder(entries, marks);
  for (const [round, [begin, to]] of [
    [from, end],
    [end + 1, texts.end],
  ].entries()) {
    marks.begin(round + 1);
    finder.find(texts, begin ?? 0, to ?? 0);
    assert.equal(marks.count, 2);
  }
  assert.deepEqual(found(entries, 'É'.repeat(40_000) + 'needle'), [0]);
  texts.clear();
  assert.equal(texts.put('small'), 1);
});

test('a text that cannot be written as UTF-8 is no reason to find what is not there', () => {
  assert.ok(!isFindable('a\ud83d') && !isFindable('\ufffd'));
  assert.deepEqual(found(entriesOf([['a😀b', 'anywhere']]), 'a\ud83db'), []);
});

test('what stands in a long text is found behind many places where it might', () => {
  for (const literals of [['needle in hay'], ['needle'], ['ne', 'needle', 'hay']]) {
    const find = finding(entriesOf(literals.map((literal) => [literal, 'anywhere'])));
    for (const might of [1, 255, 256, 257, 600, 1500, 4000]) {
      // Its grams, each by itself.
      const filler = Array.from({ length: might }, (_, at) => `${'needle in hay'.slice(at % 9, (at % 9) + 4)}.`).join(
        '',
      );
      const text = `${filler}needle in hay${filler}`;
      assert.equal(find(text).length, literals.length, `${literals.join()} behind ${might}`);
    }
  }
});

test('a literal that is longer than what is looked at of it is compared to its end', () => {
  const long = `${'ab'.repeat(3000)}c`;
  const entries = entriesOf([
    [long, 'anywhere'],
    [long, 'end'],
    [long, 'start'],
  ]);
  assert.deepEqual(found(entries, long), [0, 1, 2]);
  assert.deepEqual(found(entries, `x${long}`), [0, 1]);
  assert.deepEqual(found(entries, `${'ab'.repeat(3000)}d`), []);
  assert.deepEqual(found(entries, 'ab'.repeat(2999)), []);
});

test('a text at the end of the room is not read beyond it', () => {
  // It is looked for by its beginning, and told by what stands four thousand bytes further.
  const begin = '@'.repeat(6);
  const find = finding(entriesOf([[`${begin}${'ab'.repeat(1990)}~~~~`, 'anywhere']]));
  for (let lines = 180; lines < 220; lines++)
    assert.deepEqual(find(begin, Array<string>(lines).fill('x'.repeat(300))), [], `behind ${lines} lines`);
});
