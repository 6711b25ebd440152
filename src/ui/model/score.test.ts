import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barPieces, isStale, scoreSentence, staleWords } from './score.ts';

const SENTENCES: readonly (readonly [number, number | null, string])[] = [
  [82, 86, '18 points lost. Four fewer than yesterday’s 86.'],
  [99, 82, '1 point lost. 17 more than yesterday’s 82.'],
  [100, 100, 'No point lost. The same as yesterday.'],
  [0, null, '100 points lost.'],
];
for (const [score, yesterday, words] of SENTENCES)
  test(`${score} after ${yesterday}: ${words}`, () => assert.equal(scoreSentence(score, yesterday), words));

const rows = (...points: number[]) => points.map((each) => ({ points: each }));
const BARS: readonly (readonly [number, readonly { points: number }[], readonly number[]])[] = [
  [82, rows(10, 5, 3), [0.82, 0.1, 0.05, 0.03]],
  [100, [], [1]],
  // More points named than there were: the rows share what was lost.
  [0, rows(150, 50), [0.75, 0.25]],
  [90, rows(10, 0), [0.9, 0.1]],
];
for (const [score, ledger, parts] of BARS)
  test(`the bar of ${score} has the pieces ${parts.join(' ')}`, () => {
    const found = barPieces(score, ledger).map(({ part }) => Math.round(part * 1e6) / 1e6);
    assert.deepEqual(found, parts);
  });

test('a piece knows its row', () => {
  assert.deepEqual(
    barPieces(85, rows(10, 5)).map(({ row }) => row),
    [undefined, 0, 1],
  );
});

test('a machine that sleeps now and then did not fall silent', () => {
  assert.equal(staleWords(false, '21:42'), 'Asleep or away since 21:42');
  for (const other of [true, undefined]) assert.equal(staleWords(other, '21:42'), 'As of 21:42');
});

test('a score is stale after three missed looks, and never within a minute', () => {
  assert.equal(isStale(0, 60_000, 10_000), false);
  assert.equal(isStale(0, 60_001, 10_000), true);
  assert.equal(isStale(0, 90_000, 30_000), false);
  assert.equal(isStale(0, 90_001, 30_000), true);
  assert.equal(isStale(0, 60_001, 0), true);
});
