import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothingYet, type TopData } from './state.ts';
import { createTraffic } from './traffic.ts';

const look = (events: number): TopData => ({ ...nothingYet('nas', '0.1.0'), events });

test('the rate is over the last looks, and unknown before there are two', () => {
  const traffic = createTraffic();
  assert.equal(traffic(look(100), 0).rate, undefined);
  assert.equal(traffic(look(150), 1000).rate, undefined, 'one second is chance');
  assert.equal(traffic(look(1100), 10_000).rate, 100);
  assert.equal(traffic(look(1150), 11_000).rate, 100, 'kept until the next');
  assert.equal(traffic(look(20), 20_000).rate, undefined, 'another store');
});
