import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { type Outbox, outbox } from './outbox.ts';

const flushed = (out: Outbox): Promise<void> =>
  new Promise((resolve) => {
    out.flushed(resolve);
  });

test('outbox: fills up when nobody reads, says so once, and drains in order', async () => {
  const pipe = new PassThrough({ highWaterMark: 1024 });
  const changes: boolean[] = [];
  const out = outbox(pipe, (full) => changes.push(full));
  let sent = 0;
  while (!out.full) out.send({ n: sent++, text: 'x'.repeat(1000) });
  assert.deepEqual(changes, [true]);
  assert.ok(sent * 1000 < 300_000, `${sent} records are more than it may hold`);

  let text = '';
  pipe.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await flushed(out);
  pipe.end();
  await once(pipe, 'end');
  assert.deepEqual(changes, [true, false]);
  const numbers = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { n: number }).n);
  assert.deepEqual(
    numbers,
    Array.from({ length: sent }, (_, n) => n),
  );
});

test('outbox: flushed at once when there is nothing', async () => {
  await flushed(outbox(new PassThrough(), () => {}));
});
