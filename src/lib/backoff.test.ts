import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import fc from 'fast-check';
import { backoffDelay, sleep } from './backoff.ts';

const delays: readonly (readonly [attempt: number, random: number, delay: number])[] = [
  [0, 1, 100],
  [0, 0.5, 50],
  [3, 1, 800],
  [3, 0, 0],
  [10, 1, 5000],
  [10_000, 1, 5000],
];
for (const [attempt, random, delay] of delays) {
  test(`the delay after attempt ${attempt} with chance ${random} is ${delay} ms`, () =>
    assert.equal(
      backoffDelay(attempt, 100, 5000, () => random),
      delay,
    ));
}

test('law: a delay is a whole number of ms between 0 and the cap', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.nat(), fc.nat(60_000), fc.nat(3_600_000), chance, (attempt, base, cap, random) => {
      const delay = backoffDelay(attempt, base, cap, () => random);
      assert.ok(Number.isInteger(delay) && delay >= 0 && delay <= cap);
    }),
    { seed: 1 },
  );
});

test('sleep ends after its time and leaves no listener', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { signal } = new AbortController();
  const slept = sleep(1000, signal);
  t.mock.timers.tick(1000);
  await slept;
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('sleep rejects with the reason of the signal, before and while it waits', async () => {
  const abort = new AbortController();
  const slept = sleep(3_600_000, abort.signal);
  abort.abort(new Error('enough'));
  await assert.rejects(slept, /enough/);
  await assert.rejects(sleep(3_600_000, abort.signal), /enough/);
});
