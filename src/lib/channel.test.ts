import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { channel, ChannelClosed } from './channel.ts';

const LONG = 3_600_000;

test('a batch is ready as soon as `max` items are there', async () => {
  const items = channel<number>(10);
  const batch = items.take(2, LONG);
  await items.put(1);
  await items.put(2);
  assert.deepEqual(await batch, [1, 2]);
});

test('a batch is ready as soon as the channel is full, though `max` is more', async () => {
  const items = channel<number>(2);
  const batch = items.take(100, LONG);
  await items.put(1);
  await items.put(2);
  assert.deepEqual(await batch, [1, 2]);
});

test('a batch is ready `wait` ms after its first item', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const items = channel<number>(10);
  let batch: number[] | undefined;
  const taken = items.take(5, 50).then((got) => (batch = got));
  t.mock.timers.tick(1000);
  await items.put(1);
  t.mock.timers.tick(49);
  await items.put(2);
  await turn();
  assert.equal(batch, undefined);
  t.mock.timers.tick(1);
  await taken;
  assert.deepEqual(batch, [1, 2]);
});

test('a full channel makes producers wait, first come first served, and late ones do not overtake', async () => {
  const items = channel<string>(1);
  await items.put('a');
  const waiting = [items.put('b'), items.put('c')];
  assert.equal(items.offer('dropped'), false);
  assert.equal(items.size, 1);
  const taken = [await items.take(1, 0)];
  const late = items.put('d');
  for (let n = 0; n < 3; n++) taken.push(await items.take(1, 0));
  await Promise.all([...waiting, late]);
  assert.deepEqual(taken.flat(), ['a', 'b', 'c', 'd']);
});

test('a producer that gives up leaves no item and no listener, and its place goes to the next', async () => {
  const items = channel<string>(1);
  const abort = new AbortController();
  await items.put('a');
  const first = items.put('gives up', abort.signal);
  const second = items.put('b');
  abort.abort(new Error('enough'));
  await assert.rejects(first, /enough/);
  assert.deepEqual([await items.take(1, 0), await items.take(1, 0)], [['a'], ['b']]);
  await second;
  assert.equal(getEventListeners(abort.signal, 'abort').length, 0);
  await assert.rejects(items.put('later', abort.signal), /enough/);
});

test('an abort just after a place came free takes nobody else’s place', async () => {
  const items = channel<string>(1);
  const abort = new AbortController();
  await items.put('a');
  const admitted = items.put('b', abort.signal);
  const last = items.put('c');
  const taken = items.take(1, 0);
  abort.abort(new Error('too late'));
  await admitted;
  assert.deepEqual([await taken, await items.take(1, 0), await items.take(1, 0)], [['a'], ['b'], ['c']]);
  await last;
});

test('closing refuses producers, hands out what is there, then ends', async () => {
  const items = channel<number>(1);
  await items.put(1);
  const waiting = items.put(2);
  items.close();
  await assert.rejects(waiting, ChannelClosed);
  await assert.rejects(items.put(3), ChannelClosed);
  assert.equal(items.offer(4), false);
  assert.deepEqual(await items.take(5, LONG), [1]);
  assert.equal(await items.take(5, LONG), undefined);
});

test('closing ends a take that waits, with what is there or with nothing', async () => {
  for (const before of [[], [1]]) {
    const items = channel<number>(5);
    for (const item of before) await items.put(item);
    const taken = items.take(5, LONG);
    items.close();
    assert.deepEqual(await taken, before.length === 0 ? undefined : before);
  }
});

test('a second consumer is a bug', () => {
  const items = channel<number>(5);
  void items.take(1, 0);
  assert.throws(() => items.take(1, 0), /one consumer/);
  items.close();
});

interface Plan {
  readonly capacity: number;
  readonly max: number;
  /** For each producer: its items; a true one gives up if it has to wait for its place. */
  readonly producers: readonly (readonly boolean[])[];
}

test('law: what was put comes out once, in each producer’s order, and never more is held than fits', async () => {
  const plan = fc.record({
    capacity: fc.integer({ min: 1, max: 5 }),
    max: fc.integer({ min: 1, max: 8 }),
    producers: fc.array(fc.array(fc.boolean(), { maxLength: 12 }), { maxLength: 5 }),
  });
  await fc.assert(fc.asyncProperty(plan, fc.scheduler(), holds), { seed: 1, numRuns: 300 });
});

async function holds({ capacity, max, producers }: Plan, scheduler: fc.Scheduler): Promise<void> {
  const items = channel<string>(capacity);
  const put: string[] = [];
  const taken: string[] = [];

  async function produce(impatient: readonly boolean[], producer: number): Promise<void> {
    for (const [n, givesUp] of impatient.entries()) {
      const item = `${producer}:${n}`;
      const abort = new AbortController();
      const done = items.put(item, abort.signal).then(
        () => void put.push(item),
        () => {},
      );
      if (givesUp) void scheduler.schedule(Promise.resolve()).then(() => abort.abort());
      await done;
      await scheduler.schedule(Promise.resolve());
    }
  }

  async function consume(): Promise<void> {
    for (;;) {
      const batch = await items.take(max, 0);
      if (batch === undefined) return;
      assert.ok(batch.length >= 1 && batch.length <= Math.min(max, capacity));
      assert.ok(items.size <= capacity);
      taken.push(...batch);
      await scheduler.schedule(Promise.resolve());
    }
  }

  const consumer = consume();
  await scheduler.waitFor(Promise.all(producers.map(produce)));
  items.close();
  await scheduler.waitFor(consumer);
  assert.deepEqual(taken.toSorted(), put.toSorted());
  for (const producer of producers.keys()) {
    const places = taken.filter((item) => item.startsWith(`${producer}:`)).map((item) => Number(item.split(':')[1]));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  }
}
