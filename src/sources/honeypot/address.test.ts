import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capKey, inRanges, shownAddress, wrongRange } from './address.ts';

test('shownAddress: as people write it', () => {
  const cases: readonly (readonly [string | undefined, string])[] = [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:db8::7', '2001:db8::7'],
    [undefined, ''],
  ];
  for (const [given, shown] of cases) assert.equal(shownAddress(given), shown);
});

test('capKey: an IPv4 address, or the /64 of an IPv6 one', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8::', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
  ];
  for (const [shown, key] of cases) assert.equal(capKey(shown), key, shown);
});

test('inRanges: addresses and CIDR ranges of both families', () => {
  const known = inRanges(['192.0.2.9', '198.51.100.0/24', '2001:db8:5::/48', '::ffff:203.0.113.1']);
  for (const inside of ['192.0.2.9', '198.51.100.255', '2001:db8:5:1::9', '203.0.113.1'])
    assert.ok(known(inside), inside);
  for (const outside of ['192.0.2.8', '198.51.101.0', '2001:db8:6::1', '203.0.113.2', ''])
    assert.ok(!known(outside), outside);
});

test('wrongRange: names the first entry that cannot be meant', () => {
  assert.equal(wrongRange(['192.0.2.0/24', '2001:db8::1']), undefined);
  for (const wrong of ['scanner.lan', '192.0.2.0/33', '2001:db8::/129', '192.0.2', '', '192.0.2.1/', '192.0.2.1/x']) {
    assert.equal(wrongRange(['192.0.2.1', wrong]), wrong);
    assert.throws(() => inRanges([wrong]), RangeError);
  }
});
