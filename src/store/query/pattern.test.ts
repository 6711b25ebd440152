import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matches, pattern } from './pattern.ts';

const SEED = 20_260_314;
const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 7 });

test(`a pattern matches what the regular expression of it matches (seed ${SEED})`, () =>
  fc.assert(
    fc.property(letters, letters, fc.boolean(), (wanted, given, whole) => {
      const text = given.replaceAll('*', 'c');
      const source = wanted.replaceAll('*', '.*');
      const model = new RegExp(whole ? `^${source}$` : source).test(text);
      assert.equal(matches(pattern(wanted, true, whole), text), model, `${wanted} on ${text}`);
    }),
    { seed: SEED, numRuns: 5000 },
  ));

test('a star without wildcards is a star', () => {
  assert.ok(matches(pattern('a*b', false, true), 'a*b'));
  assert.ok(!matches(pattern('a*b', false, true), 'axb'));
});
