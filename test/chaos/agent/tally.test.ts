/** The judge itself: each kind of fault is counted as what it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tally } from './tally.ts';

const GOOD = {
  stream: 'a',
  written: 5,
  stored: 5,
  lost: 0,
  doubled: 0,
  disordered: 0,
  strange: 0,
  missing: [],
  late: [],
};

const CASES: readonly [string, readonly number[], object][] = [
  ['all there, in order', [1, 2, 3, 4, 5], {}],
  ['nothing there', [], { stored: 0, lost: 5, missing: ['1-5'] }],
  ['two holes', [1, 3, 5], { stored: 3, lost: 2, missing: ['2', '4'] }],
  ['the end is missing', [1, 2, 3], { stored: 3, lost: 2, missing: ['4-5'] }],
  ['one came twice', [1, 2, 2, 3, 4, 5], { doubled: 1 }],
  ['a part came again', [1, 2, 3, 2, 3, 4, 5], { doubled: 2 }],
  ['one came late', [1, 3, 4, 2, 5], { disordered: 1, late: ['2 after 4'] }],
  ['one that nobody wrote', [1, 2, 3, 4, 5, 6], { strange: 1 }],
  ['a number that nobody gives', [0, 1, 2, 3, 4, 5], { strange: 1 }],
  ['far behind what the first page holds', [1, 2, 3, 4, 5, 100_000], { strange: 1 }],
];

for (const [name, numbers, difference] of CASES)
  test(`tally: ${name}`, () => {
    const counted = tally();
    for (const number of numbers) counted.found('a', number);
    assert.deepEqual(counted.of('a', 5), { ...GOOD, ...difference });
  });
