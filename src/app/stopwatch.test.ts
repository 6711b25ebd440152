import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stopwatch } from './stopwatch.ts';

test('what overlaps counts once, what is under way counts already', () => {
  let at = 1000;
  const watch = stopwatch(() => at);
  const steps: readonly (readonly [at: number, what: 'begin' | 'end' | 'look', total: number])[] = [
    [1010, 'look', 0],
    [1020, 'begin', 0],
    [1025, 'look', 5],
    [1030, 'begin', 10],
    [1040, 'end', 20],
    [1050, 'end', 30],
    [2000, 'look', 30],
    [2000, 'begin', 30],
    [2007, 'end', 37],
  ];
  for (const [time, what, total] of steps) {
    at = time;
    if (what !== 'look') watch[what]();
    assert.equal(watch.total(), total, `at ${time}`);
  }
});
