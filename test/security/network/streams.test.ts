/** Live streams that are not read, and too many of them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { type Api } from '#api';
import { anAlert, fixtureApi, type FixtureBackend } from '../../../src/api/backend.fixture.ts';
import { exchange, openStream } from '../../../src/api/http.fixture.ts';
import type { ApiLimits } from '../../../src/api/limits.ts';

async function serve(
  t: TestContext,
  limits: Partial<ApiLimits>,
): Promise<{ port: number; api: Api; backend: FixtureBackend }> {
  const { api, backend } = await fixtureApi({ limits });
  const { port } = await api.listen();
  t.after(() => api.close());
  return { port, api, backend };
}

/** A client that asks for the stream, sees it begin, and never reads again. */
async function stall(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'data');
  socket.pause();
  return socket;
}

test(
  'a client that does not read is cut at the limit and counted, and the others miss nothing',
  { timeout: 300_000 },
  async (t) => {
    const { port, backend } = await serve(t, {
      streamBuffer: 256 * 1024,
      streamInterval: 1,
      streamAlertDelay: 3_600_000,
    });
    const reader = await openStream(port);
    await reader.next();
    await stall(port);
    // The kernel takes some megabytes before anything waits in the server.
    const alert = anAlert('1');
    backend.alerts.set('1', { ...alert, alert: { ...alert.alert, sentence: 'x'.repeat(200_000) } });
    let batch = 7;
    const cut = (): number => backend.counters.get('stream_clients_cut', 'too_slow');
    while (cut() === 0 && batch < 1000) {
      batch++;
      backend.emit({ batch, alertIds: ['1'], preview: [], eventCount: 0, last: undefined });
      assert.equal((await reader.next())?.id, batch);
    }
    assert.equal(cut(), 1);
    const { body } = await exchange(port, { path: '/metrics' });
    assert.match(body, /^porchlight_stream_clients 1$/m);
    assert.match(body, /^porchlight_stream_clients_cut_total\{label="too_slow"\} 1$/m);
    reader.close();
  },
);

test(
  'streams are bounded: one too many is told to come back, and a place that is left can be taken',
  { timeout: 300_000 },
  async (t) => {
    const { port, backend } = await serve(t, { streamClients: 2 });
    const first = await openStream(port);
    const second = await openStream(port);
    const refused = await exchange(port, { path: '/api/stream' });
    assert.equal(refused.status, 503);
    assert.equal(refused.headers['retry-after'], '1');
    first.close();
    second.close();
    while (backend.listeners() > 0) await new Promise(setImmediate);
    const third = await openStream(port);
    assert.equal((await third.next())?.event, 'hello');
    third.close();
  },
);

test('closing the server ends streams at once, those that are stalled included', { timeout: 300_000 }, async (t) => {
  const { port, api, backend } = await serve(t, {
    shutdown: 3_600_000,
    streamInterval: 1,
    streamBuffer: 64 * 1024 * 1024,
  });
  const reader = await openStream(port);
  await reader.next();
  const stalled = await stall(port);
  const alert = anAlert('1');
  backend.alerts.set('1', { ...alert, alert: { ...alert.alert, sentence: 'x'.repeat(4_000_000) } });
  for (let batch = 8; batch < 12; batch++) {
    backend.emit({ batch, alertIds: ['1'], preview: [], eventCount: 0, last: undefined });
    let frame = await reader.next();
    while (frame?.id !== batch) frame = await reader.next();
  }
  const closing = api.close();
  assert.equal(await reader.next(), undefined);
  await closing;
  stalled.resume();
  if (!stalled.closed) await once(stalled, 'close');
  assert.equal(backend.listeners(), 0);
});

test('after the server began to close no stream opens', { timeout: 300_000 }, async (t) => {
  const { api } = await serve(t, {});
  await api.close();
  const reply = await api.inject({ url: '/api/stream', headers: { host: 'localhost' } }).catch(() => undefined);
  assert.notEqual(reply?.statusCode, 200);
});
