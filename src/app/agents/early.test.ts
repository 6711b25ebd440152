/** Batches that are here before the one before them, through the real door into a real store. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { deskBench } from './desk.fixture.ts';

/** ms until a request has surely reached the lane; were it later, the test would still pass, and show nothing. */
const ARRIVAL = 200;

test('a batch that is early is stored behind the one before it', async (t) => {
  const { enrolled, stored } = await deskBench(t);
  const { door, key } = await enrolled();
  await door.batch(key, { from: 0, to: 2 });
  const third = door.batch(key, { from: 4, to: 6 });
  await pause(ARRIVAL);
  const second = await door.batch(key, { from: 2, to: 4 });
  assert.deepEqual([second.status, (await third).status, (await third).body['mark']], [201, 201, 6]);
  assert.deepEqual(
    (await stored()).filter((message) => message.startsWith('line')),
    ['line 0', 'line 1', 'line 2', 'line 3', 'line 4', 'line 5'],
  );
});
