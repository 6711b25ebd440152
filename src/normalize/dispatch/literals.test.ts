import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { literals } from './literals.ts';

test('finds exactly the texts that a search for each would find', () => {
  // Few letters, so that texts overlap, begin and end within each other.
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 3, maxLength: 6 });
  const line = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\u{1f600}', '\0'), maxLength: 60 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), line, fc.nat(10), (texts, text, from) => {
      const found = new Set<number>();
      literals(texts).scan(text, from, text.length, (index) => found.add(index));
      const naive = texts.flatMap((one, index) => (text.slice(from).includes(one) ? [index] : []));
      assert.deepEqual(
        [...found].toSorted((a, b) => a - b),
        naive,
      );
    }),
    { seed: 1, numRuns: 3000 },
  );
});

test('only texts that lie within the bounds', () => {
  const found: number[] = [];
  literals(['abc']).scan('abcabcabc', 1, 8, (index) => found.push(index));
  assert.deepEqual(found, [0]);
});
