import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asPlain, release } from './bytes.ts';

test('memory of its own is given back, shared memory is not', () => {
  const own = new Uint8Array(Buffer.poolSize * 2);
  release(own);
  assert.equal(own.buffer.byteLength, 0);
  const small = Buffer.from('shared with others');
  const neighbour = Buffer.from('a neighbour');
  release(small);
  assert.equal(small.toString(), 'shared with others');
  assert.equal(neighbour.toString(), 'a neighbour');
});

test('a plain array has the same bytes, and is no Buffer', () => {
  const plain = asPlain(Buffer.from('xabc').subarray(1));
  assert.equal(Object.getPrototypeOf(plain), Uint8Array.prototype);
  assert.deepEqual([...plain], [0x61, 0x62, 0x63]);
});
