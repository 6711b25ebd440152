/** Ten thousand connections: the honeypot stays small, accounts for each of them, and goes on answering. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { action, start, visitor } from './started.ts';

const CONNECTIONS = 10_000;
const AT_ONCE = 500;

/** Connects, and stays until it is thrown out or told to go. */
function flood(port: number, from: string, go: AbortSignal): Promise<'connected' | 'failed'> {
  return new Promise((resolve) => {
    let outcome: 'connected' | 'failed' = 'failed';
    const socket = connect({ port, host: '127.0.0.1', localAddress: from });
    const leave = (): void => void socket.destroy();
    go.addEventListener('abort', leave, { once: true });
    socket.on('connect', () => (outcome = 'connected'));
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => {
      go.removeEventListener('abort', leave);
      resolve(outcome);
    });
  });
}

test('honeypot: 10,000 connections are all accounted for, in bounded memory, and the next one is answered', async (t) => {
  const pot = await start();
  t.after(() => pot.stop());
  const hour = new AbortController();
  let next = 0;
  const outcomes: Promise<string>[] = [];
  // Whoever is let in stays, and so holds one of the callers: 200 of them end only when all go.
  const caller = async (): Promise<void> => {
    while (next < CONNECTIONS) {
      const one = flood(pot.port, `127.0.1.${1 + (next++ % 50)}`, hour.signal);
      outcomes.push(one);
      await one;
    }
  };
  const callers = Promise.all(Array.from({ length: AT_ONCE }, caller));
  await pot.find((record) => action('connections-refused')(record) && next === CONNECTIONS);
  const within = pot.records.filter(action('connection-opened')).length;
  assert.ok(within <= 200, `${within} were let in`);
  hour.abort();
  await callers;
  const connected = (await Promise.all(outcomes)).filter((outcome) => outcome === 'connected').length;

  const late = await visitor(pot.port, '127.0.2.1');
  await late.hears('router login: ');
  if (process.platform === 'linux') {
    const status = readFileSync(`/proc/${pot.pid}/status`, 'utf8');
    const [, most] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
    t.diagnostic(`most memory: ${most} kB; connected: ${connected}; let in: ${within}`);
    assert.ok(Number(most) <= 56 * 1024, `${most} kB at most`);
  }

  const records = await pot.stop();
  const opened = records.filter(action('connection-opened')).length;
  const sums = records.filter(action('connections-refused'));
  const refused = sums.reduce((total, sum) => total + Number(sum['porchlight.honeypot.refused']), 0);
  assert.equal(opened, records.filter(action('connection-closed')).length);
  assert.ok(opened + refused >= connected, `${opened} opened and ${refused} refused, but ${connected} connected`);
  assert.ok(opened + refused <= CONNECTIONS + 1);
  assert.ok(sums.length <= 60, `${sums.length} sums`);
});
