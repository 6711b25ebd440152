import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createQuota } from './quota.ts';

const limits = { batches_per_second: 2, bytes_per_second: 1000 };

test('so many at once, then so many a second', () => {
  let now = 0;
  const quota = createQuota(limits, () => now);
  for (let n = 0; n < 20; n++) assert.equal(quota.admit('attic'), 0, `request ${n}`);
  assert.equal(quota.admit('attic'), 500);
  assert.equal(quota.admit('cellar'), 0);
  now += 499;
  assert.ok(quota.admit('attic') > 0);
  now += 2;
  assert.equal(quota.admit('attic'), 0);
  assert.ok(quota.admit('attic') > 0);
});

test('bytes are paid for afterwards, and the next request waits until they are', () => {
  let now = 0;
  const quota = createQuota(limits, () => now);
  assert.equal(quota.admit('attic'), 0);
  quota.spend('attic', 13_000);
  assert.equal(quota.admit('attic'), 3001);
  now += 3001;
  assert.equal(quota.admit('attic'), 0);
});

test('a law: whoever waits as long as they are told never sends more than the limit and one burst', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ pause: fc.nat(3000), bytes: fc.nat(5000) }), { maxLength: 60 }), (steps) => {
      let now = 0;
      let sent = 0;
      let requests = 0;
      let largest = 0;
      const quota = createQuota(limits, () => now);
      for (const { pause, bytes } of steps) {
        now += pause;
        now += quota.admit('attic');
        if (quota.admit('attic') > 0) continue;
        quota.spend('attic', bytes);
        sent += bytes;
        requests++;
        largest = Math.max(largest, bytes);
      }
      assert.ok(sent <= 10_000 + now + largest, `${sent} bytes in ${now} ms`);
      assert.ok(requests <= 20 + (now / 1000) * 2 + 1, `${requests} requests in ${now} ms`);
    }),
    { seed: 20261120, numRuns: 300 },
  );
});
