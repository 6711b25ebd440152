import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisLabels, clock, clockMillis, duration, moment, RANGES, stretch, timespan, zoneName } from './time.ts';

const AT = Date.UTC(2025, 10, 30, 20, 37, 14, 871);
const BERLIN = 'Europe/Berlin';

test('the clock has 24 hours and the zone of the reader', () => {
  assert.equal(clock(AT, BERLIN), '21:37:14');
  assert.equal(clock('2025-11-30T23:00:00.000Z', BERLIN), '00:00:00');
  assert.equal(clockMillis(AT, 'UTC'), '20:37:14.871');
  assert.equal(zoneName(AT, BERLIN), 'CET');
  assert.equal(zoneName(AT, 'Asia/Kolkata'), 'UTC+5:30');
});

test('a time that no calendar knows is shown as unknown, not thrown', () => {
  for (const time of ['never', Number.NaN, 1e300]) assert.equal(clock(time), '?');
});

test('a day is named where it is not today', () => {
  assert.equal(moment(AT, AT + 60_000, 'UTC'), '20:37');
  assert.equal(moment(AT, AT + 86_400_000, 'UTC'), '30 Nov 20:37');
  assert.equal(moment(AT, AT + 365 * 86_400_000, 'UTC'), '30 Nov 20:37');
});

test('a span names its day once, and a single minute once', () => {
  assert.equal(timespan(AT, AT + 20_000, AT, 'UTC'), '20:37');
  assert.equal(timespan(AT, AT + 300_000, AT, 'UTC'), '20:37 to 20:42');
  assert.equal(timespan(AT, AT + 300_000, AT + 86_400_000, 'UTC'), '30 Nov 20:37 to 20:42');
  assert.equal(timespan(AT, AT + 86_400_000, AT + 86_400_000, 'UTC'), '30 Nov 20:37 to 1 Dec 20:37');
});

const DURATIONS: readonly (readonly [number, string])[] = [
  [-5000, '0 s'],
  [40_000, '40 s'],
  [300_000, '5 min'],
  [3_600_000, '1 h'],
  [3_900_000, '1 h 5 min'],
  [3 * 86_400_000, '3 days'],
];
for (const [ms, words] of DURATIONS) test(`${ms} ms last ${words}`, () => assert.equal(duration(ms), words));

test('the axis has at most five labels, at round times of the zone', () => {
  const labels = axisLabels(AT - 86_400_000, AT, 'Asia/Kolkata');
  assert.deepEqual(
    labels.map(({ label }) => label),
    ['06:00', '12:00', '18:00', '00:00'],
  );
  for (const span of [60_000, 900_000, 3_600_000, 86_400_000, 7 * 86_400_000, 4000 * 86_400_000]) {
    const count = axisLabels(AT - span, AT, 'UTC').length;
    assert.ok(count >= 1 && count <= 5, `${span} ms: ${count} labels`);
  }
  assert.deepEqual(axisLabels(AT, AT), []);
});

test('a stretch of time has one unit', () => {
  assert.deepEqual([90_000, 490_000, 66_240_000, 86_400_000 * 11.6].map(stretch), ['90 s', '8 min', '18 h', '12 days']);
});

test('under a short span stand four times, or fewer with seconds, where minutes do not tell them apart', () => {
  const from = Date.UTC(2025, 10, 30, 20, 37, 0);
  assert.deepEqual(
    axisLabels(from, from + 490_000, 'UTC').map(({ label }) => label),
    ['20:38', '20:40', '20:42', '20:44'],
  );
  assert.deepEqual(
    axisLabels(from, from + 45_000, 'UTC').map(({ label }) => label),
    ['20:37:15', '20:37:30'],
  );
});

test('the ranges widen from one to the next', () => {
  const hours = RANGES.map(({ from }) => from);
  assert.deepEqual(hours, ['-15m', '-1h', '-24h', '-7d', undefined]);
});
