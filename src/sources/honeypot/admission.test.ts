import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { admission } from './admission.ts';

test('admission: caps per address, in all, and while busy', () => {
  const door = admission({ total: 3, perAddress: 2 });
  assert.equal(door.enter('203.0.113.1', false), undefined);
  assert.equal(door.enter('203.0.113.1', false), undefined);
  assert.equal(door.enter('203.0.113.1', false), 'address');
  assert.equal(door.enter('203.0.113.2', true), 'busy');
  assert.equal(door.enter('203.0.113.2', false), undefined);
  assert.equal(door.enter('203.0.113.3', false), 'total');
  door.leave('203.0.113.1');
  assert.equal(door.enter('203.0.113.3', false), undefined);
});

test('admission: one IPv6 network counts as one', () => {
  const door = admission({ total: 9, perAddress: 1 });
  assert.equal(door.enter('2001:db8::1', false), undefined);
  assert.equal(door.enter('2001:db8::2', false), 'address');
  assert.equal(door.enter('2001:db8:0:1::1', false), undefined);
});

test('admission: refusals come as one sum, which names 20 addresses at most', () => {
  const door = admission({ total: 1, perAddress: 1 });
  for (let n = 0; n < 50; n++) door.refused(`203.0.113.${n}`, n < 40 ? 'total' : 'busy');
  const sum = door.sum();
  assert.equal(sum?.count, 50);
  assert.deepEqual(sum?.reasons, { total: 40, address: 0, busy: 10 });
  assert.equal(sum?.addresses.length, 20);
  assert.equal(door.sum(), undefined);
});

test('admission: whoever comes and goes, the counts equal those of a plain list', () => {
  const address = fc.nat(3).map((n) => `203.0.113.${n}`);
  fc.assert(
    fc.property(fc.array(fc.record({ address, leaves: fc.boolean() }), { maxLength: 60 }), (moves) => {
      const door = admission({ total: 5, perAddress: 2 });
      const inside: string[] = [];
      for (const move of moves) {
        const here = inside.filter((one) => one === move.address).length;
        if (move.leaves) {
          if (here === 0) continue;
          inside.splice(inside.indexOf(move.address), 1);
          door.leave(move.address);
        } else {
          const expected = here >= 2 ? 'address' : inside.length >= 5 ? 'total' : undefined;
          assert.equal(door.enter(move.address, false), expected);
          if (expected === undefined) inside.push(move.address);
        }
        assert.equal(door.open, inside.length);
      }
    }),
    { seed: 1 },
  );
});
