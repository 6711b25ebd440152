import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeBound, timeRange } from './time-bound.ts';

const NOW = Date.UTC(2026, 0, 10);

const bounds: readonly [text: string, time: number][] = [
  ['2026-01-09T12:00:00Z', Date.UTC(2026, 0, 9, 12)],
  ['2026-01-09T12:00:00+02:00', Date.UTC(2026, 0, 9, 10)],
  ['-30s', NOW - 30_000],
  ['-15m', NOW - 15 * 60_000],
  ['-24h', NOW - 86_400_000],
  ['-7d', NOW - 7 * 86_400_000],
  ['now', NOW],
  ['now-2h', NOW - 7_200_000],
  ['2026-01-09Z', Date.UTC(2026, 0, 9)],
];

for (const [text, time] of bounds) {
  test(`${text} is ${new Date(time).toISOString()}`, () => assert.equal(timeBound(text, NOW, 'from'), time));
}

test('a day that is an end is meant to its own end', () => {
  assert.equal(timeBound('2026-01-09Z', NOW, 'to'), Date.UTC(2026, 0, 10));
  assert.equal(timeBound('2026-01-09T12:00:00Z', NOW, 'to'), Date.UTC(2026, 0, 9, 12));
});

test('what is no time is refused', () => {
  assert.throws(() => timeBound('2026-02-31', NOW, 'from'), { code: 'BAD_REQUEST' });
});

test('a range that ends before it begins is refused', () => {
  assert.throws(() => timeRange({ from: '-1h', to: '-2h' }, NOW), { code: 'BAD_REQUEST' });
  assert.deepEqual(timeRange({ from: '-2h' }, NOW), { from: NOW - 7_200_000, to: undefined });
});
