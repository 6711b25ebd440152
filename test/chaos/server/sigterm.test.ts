/** SIGTERM under load: it ends by itself, whoever still holds a connection, and the next start goes on where it ended. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { reckon } from './audit.ts';
import { gone, house } from './house.ts';
import { random } from './random.ts';
import { allAlerts, stored } from './stored.ts';
import { populate, settle } from './world.ts';

const SEED = 20261122;

test(`SIGTERM under load, with connections that nobody closes, seed ${SEED}`, async (t) => {
  const choices = random(SEED);
  const home = await house();
  t.after(() => home.remove());
  using world = populate(home, choices, { senders: 8, think: 4 });
  const found = stored(home);
  const server = home.start();
  t.after(() => server.kill());
  await server.listening;
  world.log.write(1);
  await settle(found, world.known());
  world.work();
  world.burglars.come(6);

  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost:${home.port}\r\n\r\n`;
  const half = `POST /api/logs HTTP/1.1\r\nHost: localhost:${home.port}\r\nContent-Length: 1000\r\n\r\n{"mess`;
  const listener = await hold(t, home.port, get('/api/stream'));
  const stalled = await hold(t, home.port, get('/api/stream'));
  stalled.pause();
  await hold(t, home.port, half);
  await hold(t, home.port, '');
  await hold(t, home.honeypotPort, 'root\r\n');
  await once(listener, 'data');
  await world.senders().acknowledged(300);

  const children = server.children();
  const asked = performance.now();
  assert.equal(await server.terminate(), 0);
  t.diagnostic(`ended after ${Math.round(performance.now() - asked)} ms`);
  assert.match(server.said(), /Stopped\. Everything is kept\.\n$/);
  assert.equal(server.complained(), '');
  await gone(children);

  world.log.rotate();
  world.log.write(5);
  const next = home.start();
  t.after(() => next.kill());
  await next.listening;
  await world.rest();
  await settle(found, world.known());
  const reckoning = reckon(world.known(), found.events, await allAlerts(home));
  assert.deepEqual(reckoning.faults.slice(0, 20), []);
  assert.deepEqual(
    [...world.senders().refused.keys()].filter((status) => status !== 503),
    [],
  );
  t.diagnostic(`acked ${reckoning.acked} · stored ${found.events.length} · lost 0 · duplicated 0 · seed ${SEED}`);
  assert.equal(await next.terminate(), 0);
});

/** A connection that stays as it is until the other side ends it. */
async function hold(t: TestContext, port: number, sent: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  t.after(() => socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (sent !== '') socket.write(sent);
  return socket;
}
