import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisOf, axisTicks, measureValue, tickLabel } from './measure.ts';
import type { Measure } from './series.ts';

const all = (values: readonly (number | null)[]) => ({ first: 0, last: values.length - 1 });
const AXES: readonly (readonly [Measure, readonly (number | null)[], number, readonly number[]])[] = [
  ['score', [86, 82], 4, [60, 80, 100]],
  ['score', [86, 59], 4, [0, 50, 100]],
  ['memory', [57], 4, [0, 50, 100]],
  ['load', [0.4, 2.1], 4, [0, 2, 4]],
  ['load', [11.2], 4, [0, 10, 20]],
  ['load', [0.1], 0, [0, 0.5, 1]],
  ['connections', [166], 4, [0, 100, 200]],
  ['connections', [null, null], 4, [0, 5, 10]],
  ['connections', [1200], 4, [0, 1000, 2000]],
];
for (const [measure, column, cpus, ticks] of AXES)
  test(`${measure} ${column.join(' ')} stands on an axis ${ticks.join(' ')}`, () =>
    assert.deepEqual(axisTicks(axisOf(measure, column, all(column), cpus)), ticks));

test('values read as people say them', () => {
  assert.equal(measureValue('score', 85), '85');
  assert.equal(measureValue('load', 1.2), '1.20');
  assert.equal(measureValue('memory', 61.6), '62 %');
  assert.equal(measureValue('connections', 1204), '1,204');
  assert.equal(measureValue('connections', null), 'not known');
  assert.deepEqual([0, 0.5, 1000, 25_000].map(tickLabel), ['0', '0.5', '1,000', '25k']);
});
