import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGather } from './gather.ts';

const CASES: readonly (readonly [what: string, commits: readonly number[], wait: number])[] = [
  ['nothing is known yet', [], 0],
  ['a fast disk', [2, 3, 2], 0],
  ['one hiccup', [2, 900, 2], 0],
  ['two in a row', [2, 900, 900], 0],
  ['a start on a slow disk, two commits old', [80, 90], 0],
  ['a slow disk', [80, 120, 90], 80],
  ['a very slow disk', [3000, 2000, 900], 500],
  ['at the limit', [50, 50, 50], 0],
  ['slow once, fast again', [80, 80, 80, 3], 0],
];
for (const [what, commits, wait] of CASES) {
  test(`${what}: a batch waits ${wait} ms`, () => {
    const gather = createGather();
    for (const ms of commits) gather.took(ms);
    assert.equal(gather.wait(), wait);
  });
}
