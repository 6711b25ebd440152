/** Connections that hold a place and do nothing with it. Real sockets; only the limits are small. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { fixtureApi, type FixtureBackend } from '../../../src/api/backend.fixture.ts';
import { exchange, post } from '../../../src/api/http.fixture.ts';
import type { ApiLimits } from '../../../src/api/limits.ts';

const quick = {
  headersTimeout: 100,
  requestTimeout: 200,
  checkInterval: 20,
  keepAliveTimeout: 50,
  linger: 50,
  shutdown: 50,
};

async function serve(
  t: TestContext,
  limits: Partial<ApiLimits>,
): Promise<{ port: number; backend: FixtureBackend; close: () => Promise<void> }> {
  const { api, backend } = await fixtureApi({ limits });
  const { port } = await api.listen();
  t.after(() => api.close());
  return { port, backend, close: () => api.close() };
}

/** What the server said until it closed the connection. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => {});
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  return text;
}

const HEAD = 'POST /api/logs HTTP/1.1\r\nHost: localhost\r\n';

const SLOW: readonly [name: string, sent: string, said: RegExp][] = [
  ['says nothing', '', /^HTTP\/1\.1 408 /],
  ['stops in the request line', 'GET /api/he', /^HTTP\/1\.1 408 /],
  ['stops in the headers', `${HEAD}X-Slow: `, /^HTTP\/1\.1 408 /],
  ['stops before its body', `${HEAD}Content-Length: 10\r\n\r\n`, /^HTTP\/1\.1 408 /],
  ['stops in its body', `${HEAD}Content-Length: 10\r\n\r\n{"a"`, /^HTTP\/1\.1 408 /],
  ['stops in a chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{"a"`, /^HTTP\/1\.1 408 /],
];

const NEVER = 3_600_000;

for (const [name, sent, said] of SLOW) {
  test(`a client that ${name} is closed`, { timeout: 300_000 }, async (t) => {
    // Each limit must do its part alone: the one for the body does not stand in for that of the headers.
    const late = sent.includes('\r\n\r\n') ? {} : { requestTimeout: NEVER };
    const { port, backend } = await serve(t, { ...quick, ...late });
    const socket = connect(port, '127.0.0.1');
    socket.write(sent);
    assert.match(await untilClosed(socket), said);
    assert.deepEqual(backend.submissions, []);
  });
}

test('a client that asks nothing more is closed', { timeout: 300_000 }, async (t) => {
  const { port } = await serve(t, { keepAliveTimeout: 50, checkInterval: 20 });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n');
  assert.match(await untilClosed(socket), /^HTTP\/1\.1 200 /);
});

for (const part of ['headers', 'body']) {
  test(
    `a client that sends its ${part} drop by drop is closed, however lively it seems`,
    { timeout: 300_000 },
    async (t) => {
      const { port, backend } = await serve(t, quick);
      const socket = connect(port, '127.0.0.1');
      socket.write(part === 'headers' ? HEAD : `${HEAD}Content-Length: 100000\r\n\r\n`);
      const drops = setInterval(() => socket.write(part === 'headers' ? 'X-A: b\r\n' : ' '), 5);
      t.after(() => clearInterval(drops));
      await untilClosed(socket);
      assert.deepEqual(backend.submissions, []);
    },
  );
}

test('a slow body that was cut gives its place back', { timeout: 300_000 }, async (t) => {
  const { port, backend } = await serve(t, { ...quick, bodies: 1 });
  const socket = connect(port, '127.0.0.1');
  socket.write(`${HEAD}Content-Length: 10\r\n\r\n{`);
  await untilClosed(socket);
  // Not at once where the machine is busy: then the next one may be too slow for these limits as well.
  for (let status = 0; status !== 201;) ({ status } = await post(port, {}, Buffer.from('{}')));
  assert.ok(backend.counters.get('http_senders_gone', 'POST') >= 1);
});

test('a refused client that goes on sending is cut', { timeout: 300_000 }, async (t) => {
  const { port } = await serve(t, { linger: 50, sentBytes: 100 });
  const socket = connect(port, '127.0.0.1');
  socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
  const drops = setInterval(() => socket.write(`ff\r\n${' '.repeat(255)}\r\n`), 5);
  t.after(() => clearInterval(drops));
  assert.match(await untilClosed(socket), /^HTTP\/1\.1 413 /);
});

test('headers that are too long are refused', { timeout: 300_000 }, async (t) => {
  const { port, backend } = await serve(t, { linger: 50 });
  const socket = connect(port, '127.0.0.1');
  socket.write(`${HEAD}X-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`);
  assert.match(await untilClosed(socket), /^HTTP\/1\.1 431 /);
  assert.equal(backend.counters.get('http_unparsed', '431 Request Header Fields Too Large'), 1);
});

test('what is not HTTP is refused', { timeout: 300_000 }, async (t) => {
  const { port } = await serve(t, { linger: 50 });
  const socket = connect(port, '127.0.0.1');
  socket.write('\x16\x03\x01\x02\x00\x01\x00 hello over TLS');
  assert.match(await untilClosed(socket), /^HTTP\/1\.1 400 /);
});

test(
  'two lengths, or a length and chunks, are refused: no request is smuggled behind another',
  { timeout: 300_000 },
  async (t) => {
    const { port, backend } = await serve(t, { linger: 50 });
    for (const lengths of [
      'Content-Length: 2\r\nContent-Length: 3\r\n',
      'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n',
      'Transfer-Encoding: chunked, identity\r\n',
    ]) {
      const socket = connect(port, '127.0.0.1');
      socket.write(`${HEAD}${lengths}\r\n{}`);
      assert.match(await untilClosed(socket), /^HTTP\/1\.1 400 /, lengths);
    }
    assert.deepEqual(backend.submissions, []);
  },
);

test(
  'connections are bounded: one too many is closed and counted, and the others go on',
  { timeout: 300_000 },
  async (t) => {
    const { port, backend } = await serve(t, { connections: 2 });
    const held = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    const extra = connect(port, '127.0.0.1');
    assert.equal(await untilClosed(extra), '');
    assert.equal(backend.counters.get('http_connections_refused', 'too_many'), 1);
    for (const socket of held) {
      socket.write('GET /api/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      assert.match(await untilClosed(socket), /^HTTP\/1\.1 200 /);
    }
    assert.equal((await exchange(port, { path: '/api/health' })).status, 200);
  },
);

test('closing lets a request in flight finish', { timeout: 300_000 }, async (t) => {
  const { port, backend, close } = await serve(t, { shutdown: NEVER });
  let commit = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    backend.submit = () =>
      new Promise((done) => {
        commit = () => done({ accepted: 1, rejected: [] });
        resolve();
      });
  });
  const reply = post(port, {}, Buffer.from('{}'));
  await arrived;
  const closing = close();
  commit();
  assert.equal((await reply).status, 201);
  await closing;
});

test('closing does not wait for a request that never ends', { timeout: 300_000 }, async (t) => {
  const { port, close } = await serve(t, { shutdown: 50 });
  const socket = connect(port, '127.0.0.1');
  socket.write(`${HEAD}Content-Length: 10\r\n\r\n{`);
  await once(socket, 'connect');
  await exchange(port, { path: '/api/health' });
  const closed = untilClosed(socket);
  await close();
  await closed;
});
