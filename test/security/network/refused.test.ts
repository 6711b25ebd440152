/** Bad keys: nothing is read, nothing is written, nothing is remembered. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { fixtureApi } from '../../../src/api/backend.fixture.ts';
import { exchange, post } from '../../../src/api/http.fixture.ts';

const { api, backend } = await fixtureApi({ limits: { linger: 500 } });
const { port } = await api.listen();
after(() => api.close());

test('10,000 bad keys reach neither the store nor the intake, and leave the server as it was', async () => {
  const attempts = 10_000;
  let sent = 0;
  async function attack(): Promise<void> {
    while (sent < attempts) {
      const key = `bad-key-${sent++}`;
      const posting = sent % 2 === 0;
      const reply = await api.inject({
        method: posting ? 'POST' : 'GET',
        url: posting ? '/api/logs' : '/api/events?q=secret',
        headers: { host: 'localhost', authorization: `Bearer ${key}` },
        ...(posting ? { payload: '{"message":"forged"}' } : {}),
      });
      assert.equal(reply.statusCode, 401);
    }
  }
  await Promise.all(Array.from({ length: 16 }, attack));
  assert.deepEqual(backend.calls, []);
  assert.equal(backend.counters.get('http_refused', 'UNAUTHORIZED'), attempts);
  // A counter for each key would be memory that a stranger fills.
  assert.equal(backend.counters.entries().length, 1);
});

test('who is refused is refused before its body is read, whatever it is', async () => {
  const stranger = { 'x-forwarded-for': '203.0.113.9' };
  const bomb = gzipSync(Buffer.alloc(4 * 1024 * 1024));
  for (const [headers, body] of [
    [{}, Buffer.from('{"message":"x"}')],
    [{ 'content-encoding': 'gzip' }, bomb],
    [{ 'content-encoding': 'br' }, bomb],
    [{ 'content-length': String(20 * 1024 * 1024) }, Buffer.alloc(1024)],
  ] as const) {
    const sent = { method: 'POST', path: '/api/logs', headers: { ...stranger, ...headers }, chunks: [body] };
    assert.equal((await exchange(port, sent)).status, 401);
  }
  assert.deepEqual(backend.calls, []);
});

test('a refused sender gets to read why, even in the middle of its body', async () => {
  const chunks = Array.from({ length: 64 }, () => Buffer.alloc(64 * 1024, 32));
  const reply = await post(port, { 'x-forwarded-for': '203.0.113.9' }, ...chunks);
  assert.equal(reply.status, 401);
  assert.equal(reply.headers['www-authenticate'], 'Bearer');
  assert.match(reply.body, /"code":"UNAUTHORIZED"/);
});
