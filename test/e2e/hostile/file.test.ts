/** A followed file with bytes that are no text: nothing is lost, nothing is raw, and the lines after it are read. */
import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { WireEvent } from '#contract';
import { type House, logLine, openHouse } from '../house.ts';
import { until } from '../waiting.ts';

let house: House;
before(async () => {
  house = await openHouse();
  writeFileSync(house.authLog, '');
  await house.up('--quiet');
});
after(() => house.close());

/** Appends and resolves with the one event that the query then finds. */
async function appended(bytes: string | Buffer, q: string): Promise<WireEvent> {
  appendFileSync(house.authLog, bytes);
  return until(q, async () => (await house.client.call('listEvents', { query: { q } })).items[0]);
}

test('NUL is kept as a character', async () => {
  const event = await appended(logLine('sshd[1]', 'zero \u0000 byte, marker-nul'), '"marker-nul"');
  assert.equal(event['message'], 'zero \u0000 byte, marker-nul');
});

test('invalid UTF-8 becomes the replacement character', async () => {
  const bytes = Buffer.concat([
    Buffer.from(logLine('sshd[2]', 'marker-utf8 ').trimEnd()),
    Buffer.from([0x20, 0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x0a]),
  ]);
  const event = await appended(bytes, '"marker-utf8"');
  assert.match(String(event['message']), /^marker-utf8 \ufffd+\(\ufffd+$/);
});

test('a line of 10 MB is cut with a flag and counted, and the next line is whole', async () => {
  const long = logLine('sshd[3]', `marker-long ${'x'.repeat(10 * 1024 * 1024)}`);
  const event = await appended(long, '"marker-long"');
  assert.deepEqual(event['log.flags'], ['truncated']);
  const length = String(event['message']).length;
  assert.ok(length > 1_000_000 && length <= 1024 * 1024, `${length} characters`);
  const next = await appended(logLine('sshd[4]', 'marker-next'), '"marker-next"');
  assert.equal(next['message'], 'marker-next');
  assert.match(
    await (await fetch(`${house.url}/metrics`)).text(),
    /^porchlight_records_mended_total\{label="cut"\} 1$/m,
  );
  assert.equal(await house.count('"marker-"'), 4);
});

test('a line without an end is held until its end comes', async () => {
  appendFileSync(house.authLog, logLine('sshd[5]', 'marker-half').trimEnd());
  await appended(' is whole\n', '"marker-half is whole"');
  assert.equal(await house.count('"marker-half"'), 1);
});
