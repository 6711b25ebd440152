import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, type FieldValue, newFields } from '#contract';
import { encodeBatch, viewBatch } from '../encoded-batch.ts';
import { encodeBlock, viewBlock } from './block.ts';
import { type Counts, MINUTE, summarize, type Summary, isSummaryOf, viewSummary } from './summary.ts';

const SEED = 20_260_523;
const NOON = Date.UTC(2026, 2, 14, 12);

const eventOf = (time: number, fields: Record<string, FieldValue>): Event =>
  Object.assign(newFields(), { '@timestamp': time, 'event.ingested': NOON }, fields);

const blockOf = (events: readonly Event[]) =>
  viewBlock(encodeBlock([{ batch: 1, view: viewBatch(encodeBatch(events).bytes) }]).bytes);

const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3 }),
  fc.integer({ min: -2, max: 2 }),
  fc.constantFrom(null, true, -0, 0.5, 'failure', '__proto__'),
);
const value = fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) });
const field = fc.constantFrom('event.outcome', 'log.level', 'source.ip', 'tags', '__proto__');
const events = fc.array(
  fc
    .tuple(fc.integer({ min: -400_000, max: 400_000 }), fc.array(fc.tuple(field, value), { maxLength: 4 }))
    .map(([half, fields]) => {
      const event = eventOf(half / 2, {});
      for (const [name, given] of fields)
        Object.defineProperty(event, name, { value: given, enumerable: true, configurable: true, writable: true });
      return event;
    }),
  { minLength: 1, maxLength: 60 },
);

type Sums = Map<string, number>;
const add = (sums: Sums, key: unknown, by: number): Sums => {
  const name = JSON.stringify(key);
  return sums.set(name, (sums.get(name) ?? 0) + by);
};
const minute = (time: number): number => Math.floor(time / MINUTE) * MINUTE;

function sumsOf({ values, events: each }: Counts): Sums {
  const sums: Sums = new Map();
  for (const [place, one] of values.entries()) add(sums, one, each[place] ?? 0);
  return sums;
}

function cellSums({ minutes }: Summary, { values, cells }: Counts): Sums | undefined {
  const sums: Sums = new Map();
  cells?.events.forEach((times, cell) => {
    const start = minutes.starts[cells.minutes[cell] ?? -1];
    add(sums, [start, values[cells.values[cell] ?? -1]], times);
  });
  return cells === undefined ? undefined : sums;
}

test(`a summary counts what a loop over the events counts (seed ${SEED})`, () =>
  fc.assert(
    fc.property(events, (all) => {
      const summary = viewSummary(summarize(blockOf(all)));
      const byMinute: Sums = new Map();
      for (const event of all) add(byMinute, minute(event['@timestamp']), 1);
      const found: Sums = new Map();
      summary.minutes.starts.forEach((start, place) => add(found, start, summary.minutes.events[place] ?? 0));
      assert.deepEqual(found, byMinute);
      for (const name of ['event.outcome', 'log.level', 'source.ip', 'tags', '__proto__', 'nobody.has.it']) {
        const having = all.filter((event) => Object.hasOwn(event, name));
        const counts = summary.counts(name) ?? assert.fail(`${name} is not counted`);
        const sums: Sums = new Map();
        const cells: Sums = new Map();
        for (const event of having) {
          add(sums, event[name], 1);
          add(cells, [minute(event['@timestamp']), event[name]], 1);
        }
        assert.deepEqual(sumsOf(counts), sums);
        const known = cellSums(summary, counts);
        if (name === 'event.outcome' || name === 'log.level') assert.deepEqual(known, cells);
        else if (having.length > 0) assert.equal(known, undefined);
      }
    }),
    { seed: SEED, numRuns: 300 },
  ));

test('a field of too many values is not counted; one that people ask for may have more', () => {
  const all = Array.from({ length: 2000 }, (_, n) =>
    eventOf(NOON + n, { message: `line ${n}`, shelf: n % 257, floor: n % 256, 'source.ip': `198.51.100.${n}` }),
  );
  const summary = viewSummary(summarize(blockOf(all)));
  assert.equal(summary.counts('message'), undefined);
  assert.equal(summary.counts('shelf'), undefined);
  assert.equal(summary.counts('floor')?.values.length, 256);
  assert.equal(summary.counts('source.ip')?.values.length, 2000);
});

test('any bit that flips is damage', () => {
  const view = blockOf([eventOf(NOON, { 'event.outcome': 'failure' }), eventOf(NOON + MINUTE, { 'user.name': 'eve' })]);
  const bytes = summarize(view);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(isSummaryOf(flipped, view), false, `bit ${bit}`);
  }
  assert.equal(isSummaryOf(bytes, view), true);
});

test('a summary that is whole but of other events is found', () => {
  const view = blockOf([eventOf(NOON, { 'event.outcome': 'failure' })]);
  const other = blockOf([eventOf(NOON, { 'event.outcome': 'success' })]);
  assert.equal(isSummaryOf(summarize(other), view), false);
});
