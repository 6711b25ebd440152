import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Recovery, StoredBatch } from '#store';
import { rebuild } from './rebuild.ts';

const MINUTE = 60_000;

/** Batch n was received in minute n. */
const batch = (number: number, events: number): StoredBatch => ({
  batch: number,
  received: number * MINUTE,
  // What it says of its own time does not matter.
  events: { bytes: new Uint8Array(), count: events, minTime: 0, maxTime: number === 3 ? 1e15 : 0 },
});

interface Run {
  readonly given: readonly number[];
  readonly asked: number;
  readonly cut: boolean;
}

/** `damaged`: batches that the store leaves out. */
async function run(last: number, horizon: number, events = 1, damaged: readonly number[] = []): Promise<Run> {
  const given: number[] = [];
  let asked = 0;
  let cut = false;
  const recovery: Recovery = {
    lastBatch: last,
    lastReceived: last * MINUTE,
    eventCount: 0,
    marks: [],
    alerts: [],
    lastAlertId: 0,
  };
  const pipeline = {
    describe: async () => ({ horizon }),
    reset: async () => undefined,
    rebuild: async (batches: readonly StoredBatch[]) => void given.push(...batches.map((one) => one.batch)),
  };
  const store = {
    recover: async () => recovery,
    snapshots: async () => [],
    events: async () => ({ items: [], next: null }),
    async correlatedBatches(before: number, limit: number) {
      asked++;
      const numbers = Array.from({ length: Math.min(limit, before - 1) }, (_, at) => before - 1 - at);
      return numbers.filter((number) => !damaged.includes(number)).map((number) => batch(number, events));
    },
  };
  const found = await rebuild(pipeline, store, () => (cut = true));
  assert.equal(found, recovery);
  return { given, asked, cut };
}

const upTo = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

test('what was received in the last two horizons is run again, oldest first', async () => {
  assert.deepEqual(await run(1000, 100 * MINUTE), { given: upTo(800, 1000), asked: 4, cut: false });
});

test('a short history is read to its beginning', async () => {
  assert.deepEqual((await run(70, 100 * MINUTE)).given, upTo(1, 70));
  assert.deepEqual(await run(0, MINUTE), { given: [], asked: 1, cut: false });
});

test('a batch that is damaged does not hide those before it', async () => {
  const { given } = await run(200, 100 * MINUTE, 1, [190]);
  assert.deepEqual(
    given,
    upTo(1, 200).filter((number) => number !== 190),
  );
});

test('more than can be read is cut, and that is said', async () => {
  const { given, cut } = await run(1000, 1000 * MINUTE, 5000);
  assert.deepEqual(given, upTo(1000 - 127, 1000));
  assert.equal(cut, true);
});
