/** The mail server is down, the server is killed with -9 and started again: the mail arrives, once. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { startSmtp } from '../../../src/notify/smtp.fixture.ts';
import { freePort, openHouse } from '../house.ts';
import { until } from '../waiting.ts';
import { fail, looksAfter, scoreWhere } from './look.ts';

test('a mail outlives its server and ours', async (t) => {
  const [port, mail] = [await freePort(), await startSmtp()];
  t.after(() => mail.close());
  const email = { host: '127.0.0.1', port, from: 'nas@example.net', to: ['anna@example.net'] };
  const house = await openHouse([`notify: ${JSON.stringify({ email })}`]);
  t.after(() => house.close());
  writeFileSync(house.authLog, '');
  const standing = async (): Promise<string> => {
    const { sources } = await house.client.call('health');
    const row = sources.find(({ id }) => id === 'notify:email');
    return `${row?.state}: ${row?.reason}`;
  };

  const up = await house.up('--quiet --interval 1');
  assert.match(await standing(), /^following: ready/);
  fail(house, 25);
  const failed = await until('it says that the mail waits', async () => {
    const now = await standing();
    return now.startsWith('failed') && now;
  });
  assert.match(failed, /1 wait/);
  await up.kill();

  // The mail server comes back at its address while ours is away.
  const door = createServer((socket) => {
    const inside = connect(mail.port, '127.0.0.1');
    socket.on('error', () => inside.destroy()).pipe(inside);
    inside.on('error', () => socket.destroy()).pipe(socket);
  }).listen(port, '127.0.0.1');
  t.after(() => door.close());
  await once(door, 'listening');

  await house.up('--quiet --interval 1');
  assert.match(await standing(), /^(failed|following)/);
  await until('the mail', () => mail.mails.length > 0);
  await until('it is noted as sent', async () =>
    (await standing()).startsWith('following: the last message was taken'),
  );
  const sent = await scoreWhere(house, 'a look', () => true);
  await looksAfter(house, sent.at, 2);
  assert.equal(mail.mails.length, 1);
  assert.match(mail.mails[0]?.data ?? '', /Recent failed login attempts: 25/);
});
