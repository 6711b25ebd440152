import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Watermark } from './watermark.ts';

const PATIENCE = 100;

test('the watermark is the latest time of what was offered within the patience', () => {
  const offers = fc.array(fc.record({ gap: fc.nat(60), time: fc.nat(50) }), { maxLength: 60 });
  fc.assert(
    fc.property(offers, (list) => {
      const watermark = new Watermark();
      const all: { readonly received: number; readonly time: number }[] = [];
      let received = 0;
      for (const { gap, time } of list) {
        received += gap;
        watermark.forget(received, PATIENCE);
        watermark.offer(received, time);
        all.push({ received, time });
        const recent = all.filter((offer) => received - offer.received < PATIENCE);
        assert.equal(watermark.time, Math.max(...recent.map((offer) => offer.time)));
        assert.deepEqual(new Watermark(watermark.marks), watermark);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a log that is read forwards needs one mark, and one that is read backwards does not grow without end', () => {
  const [forwards, backwards] = [new Watermark(), new Watermark()];
  for (let n = 0; n < 1000; n++) {
    forwards.offer(n, n);
    backwards.offer(n, -n);
  }
  assert.equal(forwards.marks.length, 1);
  assert.equal(backwards.marks.length, 64);
  assert.equal(backwards.time, -0);
});
