/** The door at home's network: what it answers to, what it holds on to, what it lets grow. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { AGENT_PATHS, PATHS } from '#contract';
import { certificateOf, serveAgents } from './listener.fixture.ts';

const BATCHES = AGENT_PATHS.batches;

test('three paths, POST only: everything else is nothing, with a key or without', async (t) => {
  const { door, key, taken } = await serveAgents(t);
  const others = [
    ...Object.values(PATHS).flatMap(({ method, path }) => [[method, path.replace(/:\w+/, '1')]]),
    ...Object.values(AGENT_PATHS).flatMap((path) =>
      ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'].map((method) => [method, path]),
    ),
    ...[
      '/',
      '/index.html',
      '/api/agent',
      `${BATCHES}/`,
      `${BATCHES}?x=1`,
      `/${BATCHES}`,
      '/api/agent/%62atches',
      '/../etc/passwd',
      '*',
    ].map((path) => ['POST', path]),
  ] as const;
  for (const [method, path] of others) {
    for (const who of [undefined, key]) {
      const { status, body } = await door.send(path ?? '', {
        method: method ?? '',
        ...(who === undefined ? {} : { key: who }),
      });
      assert.equal(status, 404, `${method} ${path}`);
      if (method !== 'HEAD') assert.equal(body['code'], 'NOT_FOUND');
    }
  }
  assert.deepEqual(taken, []);
});

const WHO: readonly [who: string, headers: Record<string, string>][] = [
  ['nobody', {}],
  ['an empty key', { authorization: 'Bearer ' }],
  ['another scheme', { authorization: 'Basic YTpi' }],
  ['a wrong key', { authorization: `Bearer ${'x'.repeat(43)}` }],
  ['a very long key', { authorization: `Bearer ${'x'.repeat(8000)}` }],
];

for (const [who, headers] of WHO) {
  test(`${who} sends and changes nothing`, async (t) => {
    const { door, taken, counters } = await serveAgents(t);
    for (const path of [AGENT_PATHS.batches, AGENT_PATHS.rotate]) {
      const answer = await door.send(path, { headers, body: '{"v":1}' });
      assert.deepEqual([answer.status, answer.body['code']], [401, 'UNAUTHORIZED'], path);
      assert.equal(answer.headers['www-authenticate'], 'Bearer');
    }
    assert.deepEqual(taken, []);
    assert.equal(counters.get('agent_refused', 'UNAUTHORIZED'), 2);
  });
}

const ENROLMENTS: readonly [what: string, body: string, status: number, code: string | undefined][] = [
  ['a good token', '{"secret":"good"}', 201, undefined],
  ['a token of another server', '{"secret":"bad"}', 401, 'TOKEN'],
  ['no token', '{}', 400, 'BAD_BODY'],
  ['no JSON', 'secret=good', 400, 'BAD_BODY'],
  ['nothing', '', 400, 'BAD_BODY'],
  ['a token that is no text', '{"secret":["good"]}', 400, 'BAD_BODY'],
  ['a token as long as a book', JSON.stringify({ secret: 'x'.repeat(10_000) }), 413, 'TOO_LARGE'],
  ['a bomb', gzipSync(Buffer.alloc(100_000, 32)).toString('latin1'), 413, 'TOO_LARGE'],
];

for (const [what, body, status, code] of ENROLMENTS) {
  test(`enrolment with ${what}: ${status}`, async (t) => {
    const { door } = await serveAgents(t);
    const answer = await door.send(AGENT_PATHS.enroll, { body: Buffer.from(body, 'latin1') });
    assert.deepEqual([answer.status, answer.body['code']], [status, code]);
  });
}

test('guessing is slow, and holds up nobody who has a key', async (t) => {
  const { door, key, taken } = await serveAgents(t, { refusalsPerSecond: 0.001 * 1000 });
  const statuses: number[] = [];
  for (let n = 0; n < 15; n++) statuses.push((await door.send(BATCHES, { key: `guess ${n}` })).status);
  assert.deepEqual(new Set(statuses), new Set([401, 429]));
  assert.ok(statuses.filter((status) => status === 401).length >= 10);
  const guess = await door.send(AGENT_PATHS.enroll, { body: '{"secret":"bad"}' });
  assert.equal(guess.status, 429);
  assert.ok(Number(guess.headers['retry-after']) >= 1);
  assert.equal((await door.send(BATCHES, { key, body: 'x' })).status, 201);
  assert.equal(taken.length, 1);
});

test('a quota that is used up says for how long', async (t) => {
  const { door, key, intake, taken } = await serveAgents(t);
  intake.admit = () => 4200;
  const answer = await door.send(BATCHES, { key, body: 'x' });
  assert.deepEqual([answer.status, answer.body['code'], answer.headers['retry-after']], [429, 'QUOTA', '5']);
  assert.equal((await door.send(AGENT_PATHS.rotate, { key })).status, 429);
  assert.deepEqual(taken, []);
});

test('every byte after inflating is spent, whatever comes of it', async (t) => {
  const { door, key, intake } = await serveAgents(t);
  const spent: number[] = [];
  intake.spend = (_, bytes) => spent.push(bytes);
  await door.send(BATCHES, { key, body: gzipSync(Buffer.alloc(50_000, 32)) });
  await door.send(BATCHES, {
    key,
    body: zstdCompressSync(Buffer.alloc(60_000, 32)),
    headers: { 'content-encoding': 'zstd' },
  });
  assert.deepEqual(spent, [50_000, 60_000]);
});

const MIB = 1024 * 1024;
const big: readonly [what: string, body: () => Buffer, headers: Record<string, string>, status: number][] = [
  ['a gzip bomb', () => gzipSync(Buffer.alloc(40 * MIB, 32)), {}, 413],
  ['a zstd bomb', () => zstdCompressSync(Buffer.alloc(200 * MIB, 32)), {}, 413],
  ['more than may be sent', () => Buffer.alloc(3 * MIB, 120), {}, 413],
  ['an encoding nobody knows', () => Buffer.from('x'), { 'content-encoding': 'br' }, 415],
  ['what does not inflate', () => Buffer.from('x'), { 'content-encoding': 'gzip' }, 400],
];

for (const [what, body, headers, status] of big) {
  test(`${what}: ${status}, and nothing is taken`, async (t) => {
    const { door, key, taken } = await serveAgents(t, { sentBytes: 2 * MIB, inflatedBytes: 4 * MIB });
    assert.equal((await door.send(BATCHES, { key, body: body(), headers })).status, status);
    assert.deepEqual(taken, []);
  });
}

test('bodies together are bounded: what is over waits', async (t) => {
  const { door, key, intake } = await serveAgents(t, { bodies: 1 });
  const { promise: first, resolve: arrived } = Promise.withResolvers<void>();
  const { promise: go, resolve: release } = Promise.withResolvers<void>();
  intake.submit = async () => {
    arrived();
    await go;
    return { kind: 'taken', reply: { status: 'ok', accepted: 0, repeated: 0, mark: 0 } };
  };
  const slow = door.send(BATCHES, { key, body: 'x' });
  await first;
  const answer = await door.send(BATCHES, { key, body: 'x' });
  assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '1']);
  release();
  assert.equal((await slow).status, 201);
});

test('a key that is revoked while its body is on the way brings nothing in', async (t) => {
  const { door, key, intake, taken } = await serveAgents(t);
  const identify = intake.identify;
  let asked = 0;
  intake.identify = (given) => (asked++ === 0 ? identify(given) : undefined);
  assert.equal((await door.send(BATCHES, { key, body: 'x' })).status, 401);
  assert.deepEqual(taken, []);
});

test('a fault of our own is told to us and not to the sender', async (t) => {
  const { door, key, intake, faults } = await serveAgents(t);
  intake.submit = () => Promise.reject(new Error('secret path /var/lib/x'));
  const answer = await door.send(BATCHES, { key, body: 'x' });
  assert.equal(answer.status, 500);
  assert.ok(!JSON.stringify(answer.body).includes('secret path'));
  assert.equal(faults.length, 1);
});

const quick = {
  headersTimeout: 100,
  requestTimeout: 200,
  checkInterval: 20,
  keepAliveTimeout: 50,
  linger: 50,
  shutdown: 50,
  handshakeTimeout: 100,
};

async function untilClosed(socket: Socket | TLSSocket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => {});
  if (!socket.destroyed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return text;
}

const HEAD = `POST ${BATCHES} HTTP/1.1\r\nHost: x\r\n`;
const SLOW: readonly [what: string, sent: (key: string) => string][] = [
  ['says nothing', () => ''],
  ['stops in its headers', () => `${HEAD}X-Slow: `],
  ['stops before its body', (key) => `${HEAD}Authorization: Bearer ${key}\r\nContent-Length: 10\r\n\r\n`],
  ['stops in its body', (key) => `${HEAD}Authorization: Bearer ${key}\r\nContent-Length: 10\r\n\r\n{"a"`],
];

for (const [what, sent] of SLOW) {
  test(`a connection that ${what} is closed`, { timeout: 300_000 }, async (t) => {
    // A handshake may take its time where the machine is busy: it is what comes after it that is waited for in vain.
    const { door, key, taken } = await serveAgents(t, { ...quick, handshakeTimeout: 10_000 });
    const socket = connect({ port: door.port, host: '127.0.0.1', ca: door.ca });
    await once(socket, 'secureConnect');
    socket.write(sent(key));
    assert.match(await untilClosed(socket), /^HTTP\/1\.1 408 /);
    assert.deepEqual(taken, []);
  });
}

test('a handshake that never comes is not waited for', { timeout: 300_000 }, async (t) => {
  const { door } = await serveAgents(t, quick);
  assert.equal(await untilClosed(connectPlain(door.port, '127.0.0.1')), '');
});

test('plain HTTP, and TLS that nobody should speak any more, are no handshake', async (t) => {
  const { door, counters } = await serveAgents(t);
  const before = counters.get('agent_connections_refused', 'handshake');
  const plain = connectPlain(door.port, '127.0.0.1');
  plain.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await untilClosed(plain);
  const old = connect({
    port: door.port,
    host: '127.0.0.1',
    ca: door.ca,
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  await untilClosed(old);
  assert.equal(counters.get('agent_connections_refused', 'handshake') - before, 2);
});

test('one address holds only so many connections, and gives them back', async (t) => {
  const { door, key, counters } = await serveAgents(t, { connectionsOfOne: 3 });
  const held = await Promise.all([0, 1, 2].map(() => firstPlace(door)));
  await assert.rejects(door.send(BATCHES, { key, body: 'x' }));
  assert.ok(counters.get('agent_connections_refused', 'too_many_of_one') >= 1);
  for (const socket of held) socket.destroy();
  await Promise.all(held.filter(({ closed }) => !closed).map((socket) => once(socket, 'close')));
  for (let status = 0; status !== 201;)
    status = (await door.send(BATCHES, { key, body: 'x' }).catch(() => ({ status: 0 }))).status;
});

/** The place may still be held by whoever asked for the certificate. */
async function firstPlace({ port, ca }: { readonly port: number; readonly ca: string }): Promise<TLSSocket> {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1', ca });
    try {
      await once(socket, 'secureConnect');
      return socket.on('error', () => {});
    } catch {
      socket.destroy();
    }
  }
}

test('connections in all are bounded too', async (t) => {
  const { door, key, counters } = await serveAgents(t, { connections: 1 });
  const held = await firstPlace(door);
  const before = counters.get('agent_connections_refused', 'too_many');
  await assert.rejects(door.send(BATCHES, { key, body: 'x' }));
  assert.equal(counters.get('agent_connections_refused', 'too_many') - before, 1);
  held.destroy();
});

test('closing does not wait for those who hold on', { timeout: 300_000 }, async (t) => {
  const { door, listener } = await serveAgents(t, { shutdown: 50 });
  const open = connect({ port: door.port, host: '127.0.0.1', ca: door.ca });
  await once(open, 'secureConnect');
  open.write(`${HEAD}Content-Le`);
  const bare = connectPlain(door.port, '127.0.0.1');
  await once(bare, 'connect');
  open.on('error', () => {});
  bare.on('error', () => {});
  await listener.close();
});

test('a renewed certificate is shown to the next who comes, and nobody is cut off for it', async (t) => {
  const { door, listener, key } = await serveAgents(t);
  const { batch, close } = door.kept();
  t.after(close);
  assert.equal((await batch(key, { from: 0, to: 0 })).status, 201);
  const names = async (): Promise<string | undefined> => {
    const socket = connect({ port: door.port, host: '127.0.0.1', ca: door.ca, checkServerIdentity: () => undefined });
    await once(socket, 'secureConnect');
    const { subjectaltname } = socket.getPeerCertificate();
    socket.destroy();
    return subjectaltname;
  };
  assert.equal(await names(), 'IP Address:127.0.0.1');
  listener.renew(certificateOf(['192.0.2.77']));
  assert.equal(await names(), 'IP Address:192.0.2.77');
  assert.equal((await batch(key, { from: 0, to: 0 })).status, 201);
});
