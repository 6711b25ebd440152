import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forecast } from './forecast.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const MB = 1_000_000;
const days = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, at) => ({
    name: new Date(NOW - (count - 1 - at) * 86_400_000).toISOString().slice(0, 10),
    bytes,
  }));
const limits = { days: 90, bytes: 10_000 * MB, free: 1000 * MB };

test('before there was a whole day the rate is not known', () => {
  const kept = forecast(days(1, 5 * MB), 6 * MB, 50_000 * MB, limits, NOW);
  assert.deepEqual([kept.per_day, kept.lasts, kept.ends_by], [undefined, 90, 'age']);
  assert.deepEqual(forecast([], 0, 0, { days: 0, bytes: 0, free: 0 }, NOW), {
    days: 0,
    oldest: undefined,
    bytes: 0,
    free: 0,
    per_day: undefined,
    lasts: undefined,
    ends_by: undefined,
  });
});

test('age ends it where there is room for all days', () => {
  const kept = forecast(days(10, 20 * MB), 210 * MB, 50_000 * MB, limits, NOW);
  assert.deepEqual([kept.days, kept.oldest, kept.per_day], [10, '2026-03-05', 20 * MB]);
  assert.deepEqual([kept.lasts, kept.ends_by], [90, 'age']);
});

test('size ends it where a day is large', () => {
  const kept = forecast(days(10, 500 * MB), 5000 * MB, 50_000 * MB, limits, NOW);
  assert.deepEqual([kept.lasts, kept.ends_by], [20, 'size']);
});

test('a small disk ends it before that, the floor left free', () => {
  const kept = forecast(days(4, 500 * MB), 2000 * MB, 2000 * MB, limits, NOW);
  assert.deepEqual([kept.lasts, kept.ends_by], [6, 'free space']);
});

test('the day that is not over does not count, nor do days long ago', () => {
  const old = { name: '2025-12-24', bytes: 9000 * MB };
  const today = days(3, 10 * MB).with(2, { name: '2026-03-14', bytes: 1 });
  assert.equal(forecast([old, ...today], 0, 1e12, limits, NOW).per_day, 10 * MB);
});
