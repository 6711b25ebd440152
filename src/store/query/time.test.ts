import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationOf, spanOf } from './time.ts';

const NOW = Date.UTC(2026, 2, 14, 12, 0, 0);

const spans: readonly (readonly [string, string, string])[] = [
  ['2026-03-14Z', '2026-03-14T00:00:00.000Z', '2026-03-15T00:00:00.000Z'],
  ['2026-02Z', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
  ['2026Z', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['2026-12-31Z', '2026-12-31T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['2026-03-14T08Z', '2026-03-14T08:00:00.000Z', '2026-03-14T09:00:00.000Z'],
  ['2026-03-14T08:30Z', '2026-03-14T08:30:00.000Z', '2026-03-14T08:31:00.000Z'],
  ['2026-03-14 08:30:05Z', '2026-03-14T08:30:05.000Z', '2026-03-14T08:30:06.000Z'],
  ['2026-03-14T08:30:05.25Z', '2026-03-14T08:30:05.250Z', '2026-03-14T08:30:05.251Z'],
  ['2026-03-14T08:30+02:00', '2026-03-14T06:30:00.000Z', '2026-03-14T06:31:00.000Z'],
  ['2026-03-14T08:30-0530', '2026-03-14T14:00:00.000Z', '2026-03-14T14:01:00.000Z'],
  ['now', '2026-03-14T12:00:00.000Z', '2026-03-14T12:00:00.001Z'],
  ['now-2h', '2026-03-14T10:00:00.000Z', '2026-03-14T10:00:00.001Z'],
  ['-15m', '2026-03-14T11:45:00.000Z', '2026-03-14T11:45:00.001Z'],
  ['now+1d', '2026-03-15T12:00:00.000Z', '2026-03-15T12:00:00.001Z'],
];
for (const [text, from, to] of spans) {
  test(`${text} is ${from} to ${to}`, () => {
    const span = spanOf(text, NOW);
    assert.ok(span);
    assert.deepEqual([new Date(span.from).toISOString(), new Date(span.to).toISOString()], [from, to]);
  });
}

for (const text of ['', '-', 'now-', 'now-2', '2026-13-01', '2026-02-30', '2026-3-1', '26-01-01', 'tomorrow', '-2y']) {
  test(`${JSON.stringify(text)} is no time`, () => assert.equal(spanOf(text, NOW), undefined));
}

test('a day without a zone is this machine’s', () => {
  const span = spanOf('2026-07-01', NOW);
  assert.ok(span);
  assert.equal(span.from, new Date(2026, 6, 1).getTime());
  assert.equal(span.to, new Date(2026, 6, 2).getTime());
});

test('durations', () => {
  assert.equal(durationOf('90s'), 90_000);
  assert.equal(durationOf('2w'), 1_209_600_000);
  for (const text of ['', '5', 'm', '5y', '-5m', '1.5h']) assert.equal(durationOf(text), undefined, text);
});
