import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seats } from './seats.ts';

const { signal } = new AbortController();

test('who waits gets the seat of whoever has rested longest, in order', async () => {
  const all = seats(2);
  const calls: string[] = [];
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => all.seat(() => calls.push(name)));
  assert.ok(a && b && c && d);
  await a.take(signal);
  await b.take(signal);
  b.rest();
  a.rest();
  const came: string[] = [];
  const third = c.take(signal).then(() => came.push('c'));
  const fourth = d.take(signal).then(() => came.push('d'));
  assert.deepEqual(calls, ['b', 'a']);
  assert.deepEqual([a.isCalled, b.isCalled], [true, true]);
  a.leave();
  b.leave();
  await Promise.all([third, fourth]);
  assert.deepEqual([came, a.isCalled], [['c', 'd'], false]);
});

test('who is busy is not called; as soon as it rests it is', async () => {
  const all = seats(1);
  let calls = 0;
  const a = all.seat(() => calls++);
  const b = all.seat(() => undefined);
  await a.take(signal);
  a.rest();
  a.busy();
  const waiting = b.take(signal);
  assert.equal(calls, 0);
  a.rest();
  assert.equal(calls, 1);
  a.leave();
  await waiting;
});

test('who gives up waiting leaves no gap in the queue, and a seat is never counted twice', async () => {
  const all = seats(1);
  const [a, b, c] = [1, 2, 3].map(() => all.seat(() => undefined));
  assert.ok(a && b && c);
  const stop = new AbortController();
  await a.take(signal);
  const never = b.take(stop.signal);
  const waiting = c.take(signal);
  stop.abort();
  await assert.rejects(never);
  b.leave();
  a.leave();
  a.leave();
  await waiting;
  let isIn = false;
  const again = a.take(signal).then(() => (isIn = true));
  await Promise.resolve();
  assert.equal(isIn, false);
  c.leave();
  await again;
});
