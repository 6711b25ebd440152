import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createPace } from './pace.ts';

/** Whether a rest is over after all that is due at this moment has run. */
async function isOver(rest: Promise<void>): Promise<boolean> {
  let over = false;
  void rest.then(() => (over = true));
  await new Promise(setImmediate);
  return over;
}

function clock(t: TestContext): { pass(ms: number): void } {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  return { pass: (ms) => t.mock.timers.tick(ms) };
}

test('a rest lasts the interval', async (t) => {
  const time = clock(t);
  const rest = createPace(new AbortController().signal).rest(10_000, 1000);
  time.pass(9999);
  assert.equal(await isOver(rest), false);
  time.pass(1);
  assert.equal(await isOver(rest), true);
});

test('a call ends it, but not before the least', async (t) => {
  const time = clock(t);
  const pace = createPace(new AbortController().signal);
  const rest = pace.rest(10_000, 1000);
  pace.wake();
  time.pass(999);
  assert.equal(await isOver(rest), false);
  time.pass(1);
  assert.equal(await isOver(rest), true);
  const second = pace.rest(10_000, 1000);
  time.pass(5000);
  assert.equal(await isOver(second), false, 'the call was for the first');
  pace.wake();
  assert.equal(await isOver(second), true);
});

test('a call during a look is remembered', async (t) => {
  const time = clock(t);
  const pace = createPace(new AbortController().signal);
  pace.wake();
  const rest = pace.rest(10_000, 1000);
  time.pass(1000);
  assert.equal(await isOver(rest), true);
});

test('the end ends it at once', async () => {
  const stop = new AbortController();
  const rest = createPace(stop.signal).rest(3_600_000, 1000);
  stop.abort();
  await rest;
  await createPace(stop.signal).rest(3_600_000, 1000);
});
