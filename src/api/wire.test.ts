import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertSchema } from '#contract/schema';
import { anAlert } from './backend.fixture.ts';
import { wireAlert, wireAlertGlimpse, wireEvent } from './wire.ts';

test('an alert leaves with ISO times, wire events and the number of events it does not show', () => {
  const wire = wireAlert(anAlert('12', 70));
  assert.equal(wire.first_seen, '2025-11-30T11:00:00.000Z');
  assert.equal(wire.history[0]?.at, '2025-11-30T11:00:00.000Z');
  assert.equal(wire.evidence.length, 50);
  assert.equal(wire.evidence_omitted, 20);
  assert.equal(wire.evidence[0]?.['@timestamp'], '2025-11-30T11:00:00.000Z');
  assert.deepEqual(Object.keys(wire).toSorted(), Object.keys(alertSchema.shape).toSorted());
  alertSchema.parse(wire);
});

const glimpses: readonly [evidence: number, shown: readonly number[], omitted: number][] = [
  [0, [], 0],
  [2, [0, 1], 0],
  [10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0],
  [11, [0, 1, 2, 4, 5, 6, 7, 8, 9, 10], 1],
  [50, [0, 1, 2, 43, 44, 45, 46, 47, 48, 49], 40],
];

for (const [evidence, shown, omitted] of glimpses) {
  test(`a glimpse of an alert with ${evidence} events shows how it began and how it stands`, () => {
    const wire = wireAlertGlimpse(anAlert('1', evidence));
    assert.deepEqual(
      wire.evidence.map((event) => event['event.id']),
      shown.map((slot) => `1-${slot}`),
    );
    assert.equal(wire.evidence_omitted, omitted);
  });
}

test('an event carries its place', () => {
  assert.equal(wireEvent({ id: '3-4', event: { '@timestamp': 0, 'event.ingested': 1 } })['event.id'], '3-4');
});
