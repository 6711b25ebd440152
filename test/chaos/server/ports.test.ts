/** A port or a folder that somebody else has: what cannot go on says so in one line, and the rest runs. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { test, type TestContext } from 'node:test';
import { house } from './house.ts';
import { until } from './waiting.ts';

const STACK = /\n\s+at .+:\d+/;

test('the port is taken: code 3 and one clear line with the way out', async (t) => {
  const home = await house();
  t.after(() => home.remove());
  const other = await occupy(t, home.port);
  const server = home.start();
  t.after(() => server.kill());
  assert.equal(await server.ended, 3);
  assert.match(server.complained(), new RegExp(`^porchlight: The port is taken: .*${home.port}.*\\n.*--port.*\\n$`));
  assert.doesNotMatch(server.complained(), STACK);
  assert.equal(server.said(), '');

  // It has let go of the folder: once the port is free, the same command works.
  other.close();
  await once(other, 'close');
  const again = home.start();
  t.after(() => again.kill());
  await again.listening;
  assert.equal(await again.terminate(), 0);
});

test('the honeypot port is taken: the rest runs, says how to mend it, and takes the port once it is free', async (t) => {
  const home = await house();
  t.after(() => home.remove());
  const other = await occupy(t, home.honeypotPort);
  const server = home.start();
  t.after(() => server.kill());
  await server.listening;
  await until('all is said', () => (server.said().includes('Ctrl-C') ? true : undefined));
  assert.match(server.said(), new RegExp(`Honeypot +NOT LISTENING: .*${home.honeypotPort}.*--honeypot`));
  const honeypot = async () => (await home.client.call('health')).sources.find(({ id }) => id === 'honeypot');
  assert.equal((await honeypot())?.state, 'failed');
  assert.match((await honeypot())?.reason ?? '', new RegExp(`${home.honeypotPort}`));
  assert.equal((await home.client.call('health')).status, 'degraded');
  const { accepted } = await home.client.call('postLogs', { body: { message: 'all the same' } });
  assert.equal(accepted, 1);

  other.close();
  await once(other, 'close');
  await until(
    'the honeypot listens',
    async () => ((await honeypot())?.state === 'following' ? true : undefined),
    60_000,
  );
  assert.equal((await home.client.call('health')).status, 'ok');
  assert.equal(await server.terminate(), 0);
  assert.equal(server.complained(), '');
});

test('the folder is in use: code 3, and the one that has it goes on', async (t) => {
  const home = await house();
  t.after(() => home.remove());
  const server = home.start();
  t.after(() => server.kill());
  await server.listening;
  const second = home.start();
  t.after(() => second.kill());
  assert.equal(await second.ended, 3);
  assert.match(second.complained(), new RegExp(`in use by another Porchlight \\(process ${server.pid}\\)`));
  assert.match(second.complained(), /--data DIR/);
  assert.doesNotMatch(second.complained(), STACK);
  assert.equal((await home.client.call('health')).status, 'ok');
  assert.equal(await server.terminate(), 0);
});

async function occupy(t: TestContext, port: number): Promise<Server> {
  const other = createServer().listen(port, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  return other;
}
