import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shelfOf } from './days.ts';

const NOON = Date.UTC(2026, 2, 14, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const shelves: readonly (readonly [string, number, number, string, boolean])[] = [
  ['now', NOON, 90, '2026-03-14', false],
  ['the last ms of the day', NOON + 12 * HOUR - 1, 90, '2026-03-14', false],
  ['the first ms of the next', NOON + 12 * HOUR, 90, '2026-03-15', false],
  ['half a ms before it', NOON + 12 * HOUR - 0.5, 90, '2026-03-14', false],
  ['a day ahead', NOON + DAY, 90, '2026-03-15', false],
  ['more than a day ahead', NOON + DAY + 1, 90, '2026-03-14', true],
  ['the year 9999', Date.UTC(9999, 11, 31), 90, '2026-03-14', true],
  ['what no calendar holds', 8.64e15, 90, '2026-03-14', true],
  ['89 days ago', NOON - 89 * DAY, 90, '2025-12-15', false],
  ['90 days ago', NOON - 90 * DAY, 90, '2026-03-14', true],
  ['1970', 0, 90, '2026-03-14', true],
  ['before that', -8.64e15, 3660, '2026-03-14', true],
  ['ten years back, all kept', Date.UTC(2017, 0, 1), 3660, '2017-01-01', false],
];
for (const [what, time, keep, day, stray] of shelves) {
  test(`${what}, ${keep} days kept: ${day}${stray ? ', a stray' : ''}`, () =>
    assert.deepEqual(shelfOf(time, NOON, keep), { day, stray }));
}
