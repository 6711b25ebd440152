/** Bodies that grow: refused at the limit, within twice its memory, and not many at a time. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { constants, createGzip, createZstdCompress } from 'node:zlib';
import { type FixtureBackend, fixtureApi } from '../../../src/api/backend.fixture.ts';
import { exchange, post } from '../../../src/api/http.fixture.ts';

const MIB = 1024 * 1024;
const INFLATED_LIMIT = 32 * MIB;

interface Figures {
  readonly peakBytes: number;
  readonly submissions: number;
}

/** Peaks of the server's own process. */
async function startChild(t: TestContext): Promise<{ port: number; figures: () => Promise<Figures> }> {
  const child: ChildProcess = fork(fileURLToPath(new URL('server.fixture.ts', import.meta.url)));
  t.after(() => child.disconnect());
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const figures = async (): Promise<Figures> => {
    child.send('figures');
    const [answer] = (await once(child, 'message')) as [Figures];
    return answer;
  };
  return { port, figures };
}

/** `mib` of spaces, compressed: a thousandth of it and less. */
async function bomb(
  stream: ReturnType<typeof createGzip> | ReturnType<typeof createZstdCompress>,
  mib: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(stream, 'end');
  const block = Buffer.alloc(MIB, 32);
  for (let at = 0; at < mib; at++) if (!stream.write(block)) await once(stream, 'drain');
  stream.end();
  await ended;
  return Buffer.concat(chunks);
}

const zstd = { params: { [constants.ZSTD_c_windowLog]: 23 } };
const BOMBS: readonly [name: string, encoding: string, make: () => Promise<Buffer>][] = [
  ['gzip', 'gzip', () => bomb(createGzip({ level: 9 }), 400)],
  ['zstd', 'zstd', () => bomb(createZstdCompress(zstd), 1000)],
  ['many zstd frames', 'zstd', async () => Buffer.concat(Array.from({ length: 200 }, () => smallFrames))],
];
const smallFrames = await bomb(createZstdCompress(zstd), 2);

for (const [name, encoding, make] of BOMBS) {
  test(`a ${name} bomb is refused at the limit within twice its memory`, { timeout: 300_000 }, async (t) => {
    const { port, figures } = await startChild(t);
    await post(port, {}, Buffer.from('{"message":"warm"}'));
    const body = await make();
    assert.ok(body.length < 8 * MIB);
    const before = await figures();
    const reply = await post(port, { 'content-encoding': encoding }, body);
    assert.equal(reply.status, 413);
    assert.match(reply.body, /after inflating/);
    const after = await figures();
    assert.ok(
      after.peakBytes - before.peakBytes < 2 * INFLATED_LIMIT,
      `grew by ${after.peakBytes - before.peakBytes} bytes`,
    );
    assert.equal(after.submissions, before.submissions);
  });
}

test('a chunked body without an end is refused at the limit as sent', { timeout: 300_000 }, async (t) => {
  const { port, figures } = await startChild(t);
  await post(port, {}, Buffer.from('{"message":"warm"}'));
  const before = await figures();
  const block = Buffer.alloc(64 * 1024, 32);
  let sent = 0;
  function* endless(): Generator<Buffer> {
    for (; sent < 256 * MIB; sent += block.length) yield block;
  }
  const reply = await exchange(port, { method: 'POST', path: '/api/logs', chunks: endless() });
  assert.equal(reply.status, 413);
  assert.match(reply.body, /as sent/);
  assert.ok(sent < 256 * MIB, 'the sender was told before it ended');
  const after = await figures();
  assert.ok(
    after.peakBytes - before.peakBytes < 2 * INFLATED_LIMIT,
    `grew by ${after.peakBytes - before.peakBytes} bytes`,
  );
});

test('a length over the limit is refused before a byte of it is read', async (t) => {
  const { api } = await fixtureApi();
  const { port } = await api.listen();
  t.after(() => api.close());
  const headers = { 'content-length': String(9 * MIB), expect: '100-continue' };
  const reply = await exchange(port, { method: 'POST', path: '/api/logs', headers });
  assert.equal(reply.status, 413);
});

/** A backend whose commits wait until they are let go. */
function holdCommits(backend: FixtureBackend): { untilHeld: (count: number) => Promise<void>; release: () => void } {
  const arrivals = new EventEmitter();
  const waiting: (() => void)[] = [];
  backend.submit = () =>
    new Promise((resolve) => {
      waiting.push(() => resolve({ accepted: 1, rejected: [] }));
      arrivals.emit('arrived');
    });
  return {
    async untilHeld(count) {
      while (waiting.length < count) await once(arrivals, 'arrived');
    },
    release() {
      for (const go of waiting.splice(0)) go();
    },
  };
}

test('bodies at the same time are bounded by number: one too many is told to come back', async (t) => {
  const { api, backend } = await fixtureApi({ limits: { bodies: 3 } });
  const { port } = await api.listen();
  t.after(() => api.close());
  const { untilHeld, release } = holdCommits(backend);
  const first = [1, 2, 3].map(() => post(port, {}, Buffer.from('{}')));
  await untilHeld(3);
  const refused = await post(port, {}, Buffer.from('{}'));
  assert.equal(refused.status, 503);
  assert.equal(refused.headers['retry-after'], '1');
  assert.match(refused.body, /"code":"BUSY"/);
  release();
  assert.deepEqual(
    (await Promise.all(first)).map(({ status }) => status),
    [201, 201, 201],
  );
  const again = post(port, {}, Buffer.from('{}'));
  await untilHeld(1);
  release();
  assert.equal((await again).status, 201);
});

test('bodies at the same time are bounded by their bytes together', async (t) => {
  const { api, backend } = await fixtureApi({ limits: { bodiesBytes: 1000 } });
  const { port } = await api.listen();
  t.after(() => api.close());
  const { untilHeld, release } = holdCommits(backend);
  const first = post(port, {}, Buffer.alloc(600, 32));
  await untilHeld(1);
  assert.equal((await post(port, {}, Buffer.alloc(401, 32))).status, 503);
  const fits = post(port, {}, Buffer.alloc(400, 32));
  await untilHeld(2);
  release();
  assert.deepEqual([(await first).status, (await fits).status], [201, 201]);
});

test('a body that is refused gives its place back', async (t) => {
  const { api } = await fixtureApi({ limits: { bodies: 1, sentBytes: 1000 } });
  const { port } = await api.listen();
  t.after(() => api.close());
  for (const [headers, body, status] of [
    [{ 'transfer-encoding': 'chunked' }, Buffer.alloc(1001), 413],
    [{ 'content-encoding': 'gzip' }, Buffer.from('not gzip'), 400],
    [{ 'content-encoding': 'br' }, Buffer.from('x'), 415],
    [{}, Buffer.alloc(0), 400],
    [{}, Buffer.from('{}'), 201],
  ] as const) {
    assert.equal((await post(port, headers, body)).status, status);
  }
});
