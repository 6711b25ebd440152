import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, newFields } from '#contract';
import { batchEncoder, DamagedBatch, decodeBatch, encodeBatch, packBatch, viewBatch } from './encoded-batch.ts';

const SEED = 20_260_314;

function eventOf(time: number, fields: readonly (readonly [string, unknown])[]): Event {
  const event = newFields();
  event['@timestamp'] = time;
  event['event.ingested'] = 0;
  for (const [name, value] of fields) {
    Object.defineProperty(event, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return event as Event;
}

// 'binary' has every code point, NUL and lone surrogates among them; -0 is left out because JSON has no such number.
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '\u2028', '"\\', '\n'));
const scalar = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
  fc.boolean(),
  fc.constant(null),
);
const name = fc
  .oneof(text, fc.constantFrom('__proto__', 'constructor', 'prototype', 'message'))
  .filter((n) => !n.startsWith('@') && n !== 'event.ingested');
const time = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constantFrom(-8.64e15, 8.64e15, 0.5, -0.5));
const events = fc.array(
  fc
    .tuple(time, fc.array(fc.tuple(name, fc.oneof(scalar, fc.array(scalar)))))
    .map(([at, fields]) => eventOf(at, fields)),
  { maxLength: 12 },
);
const logLines = Array.from({ length: 300 }, (_, n) =>
  eventOf(n, [['message', `Failed password for root from 192.0.2.${n % 250}`]]),
);

test(`decode is the inverse of encode, packed or not (seed ${SEED})`, () =>
  fc.assert(
    fc.property(events, (given) => {
      const encoded = encodeBatch(given);
      assert.deepEqual(decodeBatch(encoded.bytes), given);
      assert.deepEqual(decodeBatch(packBatch(encoded.bytes)), given);
      const times = given.map((event) => event['@timestamp']);
      assert.equal(encoded.count, given.length);
      assert.ok(given.length === 0 || encoded.minTime <= Math.min(...times));
      assert.ok(given.length === 0 || encoded.maxTime >= Math.max(...times));
      assert.ok(Number.isInteger(encoded.minTime) && Number.isInteger(encoded.maxTime));
    }),
    { seed: SEED, numRuns: 300 },
  ));

test('large batches are squeezed, small ones left as NDJSON', () => {
  const large = encodeBatch(logLines).bytes;
  const packed = packBatch(large);
  assert.ok(packed.length * 4 < large.length, `${packed.length} of ${large.length} bytes`);
  assert.deepEqual(decodeBatch(packed), logLines);
  assert.equal(packBatch(packed), packed);
  const small = packBatch(encodeBatch(logLines.slice(0, 2)).bytes);
  assert.match(Buffer.from(small).toString('latin1'), /\{"@timestamp":0,[^\n]*\}\n\{"@timestamp":1,[^\n]*\}\n$/);
});

test('two batches that are built at the same time, and one after them, do not touch each other', () => {
  const [one, other] = [batchEncoder(), batchEncoder()];
  const [odd, even] = [logLines.filter((_, n) => n % 2 === 1), logLines.filter((_, n) => n % 2 === 0)];
  for (const [n, event] of logLines.entries()) (n % 2 === 1 ? one : other).add(event);
  assert.equal(one.count, odd.length);
  const [first, second] = [one.finish(), other.finish()];
  const third = encodeBatch(logLines);
  assert.deepEqual(decodeBatch(first.bytes), odd);
  assert.deepEqual(decodeBatch(second.bytes), even);
  assert.deepEqual(decodeBatch(third.bytes), logLines);
});

test('bytes may begin anywhere in their buffer', () => {
  const { bytes } = encodeBatch(logLines);
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  assert.deepEqual(decodeBatch(shifted.subarray(3)), logLines);
});

for (const [kind, bytes] of [
  ['plain', encodeBatch(logLines.slice(0, 3)).bytes],
  ['packed', packBatch(encodeBatch(logLines.slice(0, 60)).bytes)],
] as const) {
  test(`every flipped bit of a ${kind} batch is noticed, or changes nothing`, () => {
    const whole = decodeBatch(bytes);
    let unnoticed = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      try {
        assert.deepEqual(decodeBatch(flipped), whole, `bit ${bit}`);
        unnoticed++;
      } catch (error) {
        if (!(error instanceof DamagedBatch)) throw error;
      }
    }
    // The header's two unused bytes, and bits that a zstd frame does not need.
    assert.ok(unnoticed >= 16 && unnoticed < 100, `${unnoticed} bits`);
  });
}

test('a batch cut anywhere is noticed', () => {
  const { bytes } = encodeBatch(logLines.slice(0, 3));
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => decodeBatch(bytes.subarray(0, length)), DamagedBatch, `${length} bytes`);
  }
});

test('the times are read without the body', () => {
  const packed = packBatch(encodeBatch(logLines).bytes);
  packed[packed.length - 1] = (packed.at(-1) ?? 0) ^ 1;
  const view = viewBatch(packed);
  assert.equal(view.times[299], 299);
  assert.throws(() => view.verify(), DamagedBatch);
});

for (const wrong of [Number.NaN, Infinity, 8.64e15 + 2]) {
  test(`${wrong} is no time`, () => {
    assert.throws(() => encodeBatch([eventOf(0, []), eventOf(wrong, [])]), /@timestamp of event 1 is no time/);
  });
}

test('made-up names do not become columns', () => {
  const names = (count: number) => Array.from({ length: 600 }, (_, n) => eventOf(n, [[`name ${n % count}`, n]]));
  assert.equal(encodeBatch(names(500)).bytes[0], 2);
  const many = Array.from({ length: 600 }, (_, n) =>
    eventOf(
      n,
      Array.from({ length: 8 }, (_none, i) => [`${n} ${i}`, 1] as const),
    ),
  );
  const { bytes } = encodeBatch(many);
  assert.equal(bytes[0], 1);
  assert.deepEqual(decodeBatch(packBatch(bytes)), many);
});
