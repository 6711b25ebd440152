import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { appendPoints, columnsOf, extent, lineOf, type MetricPoint, nearest, spanOf, usualStep } from './series.ts';

const BASE = Date.UTC(2025, 10, 30);
const SEED = { seed: 1 };

const point = (at: number, value = 1): MetricPoint => ({
  at: new Date(BASE + at).toISOString(),
  score: value,
  load: value,
  memory_pct: value,
  connections: value,
});

test('points become columns; one that goes back in time is left out', () => {
  const columns = columnsOf([point(0, 1), point(20, 2), point(10, 3), point(20, 4), point(30, 5)]);
  assert.deepEqual(columns.at, [BASE, BASE + 20, BASE + 30]);
  assert.deepEqual(columns.load, [1, 2, 5]);
});

test('appending keeps the newest and takes a point once', () => {
  const columns = columnsOf([point(0), point(10), point(20)]);
  const more = appendPoints(columns, [point(20, 9), point(30, 2)], 3);
  assert.deepEqual(more.at, [BASE + 10, BASE + 20, BASE + 30]);
  assert.deepEqual(more.score, [1, 1, 2]);
  assert.equal(appendPoints(columns, [point(20), point(5)], 3), columns);
});

const NEAREST: readonly (readonly [readonly number[], number, number])[] = [
  [[], 5, -1],
  [[10], 99, 0],
  [[10, 20], 14, 0],
  [[10, 20], 16, 1],
  [[10, 20], 15, 1],
  [[10, 20, 30], -5, 0],
  [[10, 20, 30], 31, 2],
];
for (const [at, time, index] of NEAREST)
  test(`nearest to ${time} in [${at.join(', ')}] is ${index}`, () => assert.equal(nearest(at, time), index));

test('a span goes on to the point outside its edges, so that the line does too', () => {
  const at = [0, 10, 20, 30, 40];
  assert.deepEqual(spanOf(at, 12, 28), { first: 1, last: 3 });
  assert.deepEqual(spanOf(at, 10, 30), { first: 1, last: 3 });
  assert.deepEqual(spanOf(at, 0, 40), { first: 0, last: 4 });
  assert.deepEqual(spanOf(at, -50, 90), { first: 0, last: 4 });
});

test('the usual step is not moved by one long gap', () => {
  assert.equal(usualStep([0, 10, 20, 9000, 9010]), 10);
  assert.equal(usualStep([0]), 0);
});

test('where nobody looked, and where the system does not say, the line breaks', () => {
  const at = [0, 10, 20, 100, 110, 120];
  const line = lineOf(at, [1, 2, 3, 4, null, 6], { first: 0, last: 5 }, 1000, 10);
  assert.deepEqual(line, { xs: [0, 10, 20, 21, 100, 110, 120], ys: [1, 2, 3, null, 4, null, 6] });
});

test('on few pixels a spike of one point stays', () => {
  const at = Array.from({ length: 10_000 }, (_, n) => n * 10);
  const column = at.map((_, n) => (n === 7777 ? 99 : n === 3333 ? -5 : 1));
  const line = lineOf(at, column, { first: 0, last: at.length - 1 }, 50, 10);
  assert.ok(line.xs.length <= 51 * 4, String(line.xs.length));
  assert.equal(line.ys[line.xs.indexOf(77_770)], 99);
  assert.equal(line.ys[line.xs.indexOf(33_330)], -5);
});

/** Times that rise, some far apart, with values of which some are unknown. */
const walk = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 20 }) }, fc.integer({ min: 200, max: 9000 })),
      fc.option(fc.integer({ min: -100, max: 100 }), { freq: 8 }),
    ),
    { minLength: 1, maxLength: 400 },
  )
  .map((steps) => {
    let time = 0;
    const at = steps.map(([step]) => (time += step));
    return { at, column: steps.map(([, value]) => value) };
  });

test('law: a thinned line rises in time, invents nothing, and keeps its lowest, highest, first and last value', () => {
  fc.assert(
    fc.property(walk, fc.integer({ min: 1, max: 120 }), ({ at, column }, width) => {
      const span = { first: 0, last: at.length - 1 };
      const line = lineOf(at, column, span, width, 10);
      for (let n = 1; n < line.xs.length; n++) assert.ok((line.xs[n] ?? 0) > (line.xs[n - 1] ?? 0));
      for (const [n, y] of line.ys.entries()) if (y !== null) assert.equal(y, column[at.indexOf(line.xs[n] ?? -1)]);
      assert.deepEqual(extent(line.ys, { first: 0, last: line.ys.length - 1 }), extent(column, span));
      const known = at.filter((_, n) => column[n] !== null);
      const drawn = line.xs.filter((_, n) => line.ys[n] !== null);
      assert.equal(drawn[0], known[0]);
      assert.equal(drawn.at(-1), known.at(-1));
    }),
    SEED,
  );
});

test('law: two points are joined only if everything between them was seen', () => {
  fc.assert(
    fc.property(walk, fc.integer({ min: 1, max: 120 }), ({ at, column }, width) => {
      const line = lineOf(at, column, { first: 0, last: at.length - 1 }, width, 10);
      for (let n = 1; n < line.xs.length; n++) {
        if (line.ys[n] === null || line.ys[n - 1] === null) continue;
        const [from, to] = [at.indexOf(line.xs[n - 1] ?? -1), at.indexOf(line.xs[n] ?? -1)];
        assert.ok(column.slice(from, to + 1).every((value) => value !== null));
        for (let m = from + 1; m <= to; m++) assert.ok((at[m] ?? 0) - (at[m - 1] ?? 0) <= 35);
      }
    }),
    SEED,
  );
});

test('the extent of nothing known is undefined', () => {
  assert.equal(extent([null, null], { first: 0, last: 1 }), undefined);
  assert.deepEqual(extent([null, 3, 1, 9], { first: 1, last: 2 }), [1, 3]);
});
