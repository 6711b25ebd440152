/** How lists of the terminal write times. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockFor, eventLine } from './event-line.ts';

/** Local times: whatever zone the machine is in. */
const at = (day: number, hour: number): number => new Date(2026, 2, day, hour, 5, 9).getTime();

const LISTS: readonly (readonly [what: string, times: readonly number[], now: number, shown: readonly string[]])[] = [
  ['all of today', [at(14, 0), at(14, 23)], at(14, 12), ['00:05:09', '23:05:09']],
  ['one of yesterday', [at(13, 23), at(14, 1)], at(14, 12), ['2026-03-13 23:05:09', '2026-03-14 01:05:09']],
  ['today a year ago', [new Date(2025, 2, 14, 8, 0, 0).getTime()], at(14, 12), ['2025-03-14 08:00:00']],
  ['nothing', [], at(14, 12), []],
];

for (const [what, times, now, shown] of LISTS)
  test(`${what}: ${shown.join(', ')}`, () => assert.deepEqual(times.map(clockFor(times, now)), shown));

test('an event of another day says which', () => {
  const event = { '@timestamp': new Date(at(1, 7)).toISOString(), 'host.name': 'nas', message: 'up' };
  assert.equal(eventLine(event, 80, clockFor([at(1, 7)], at(14, 12))), '2026-03-01 07:05:09 nas up');
  assert.equal(eventLine(event, 80), '07:05:09 nas up');
});
