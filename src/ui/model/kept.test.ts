import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptFor, type KeptFacts, keptSize } from './kept.ts';

const cases: readonly (readonly [KeptFacts, string, string])[] = [
  [{ days: 0, bytes: 0 }, '0 B', 'for ever'],
  [{ days: 12, bytes: 340e6, per_day: 28e6, lasts: 90, ends_by: 'age' }, '340 MB, 28.0 MB a day', '90 days'],
  [
    { days: 12, bytes: 6e9, per_day: 5e8, lasts: 20, ends_by: 'size' },
    '6.0 GB, 500 MB a day',
    '20 days, by the limit of size',
  ],
  [
    { days: 2, bytes: 1e9, per_day: 5e8, lasts: 1, ends_by: 'free space' },
    '1.0 GB, 500 MB a day',
    '1 day, then the disk is full',
  ],
];
for (const [facts, size, time] of cases)
  test(`${size}: ${time}`, () => assert.deepEqual([keptSize(facts), keptFor(facts)], [size, time]));
