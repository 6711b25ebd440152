import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type TestContext, test } from 'node:test';
import { ApiError, createClient } from '#contract';
import { nodeTransport } from './http.ts';
import { readServerEvents } from './server-events.ts';

/** The address of a real server that answers so. */
async function serve(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return `http://127.0.0.1:${address.port}`;
}

test('a call carries method, key and body, and gives the reply as it is typed', async (t) => {
  const asked: string[] = [];
  const base = await serve(t, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { authorization, 'content-type': type } = request.headers;
      asked.push(`${request.method} ${request.url} ${authorization} ${type} ${body}`);
      response.setHeader('content-type', 'application/json');
      // In pieces that cut a letter in two.
      const reply = Buffer.from('{"title":"Zwölf"}');
      response.write(reply.subarray(0, 13));
      setImmediate(() => response.end(reply.subarray(13)));
    });
  });
  const client = createClient({ base, key: 'k', transport: nodeTransport });
  const reply = await client.call('patchAlert', { params: { id: '7' }, body: { status: 'closed' } });
  assert.equal(reply.title, 'Zwölf');
  assert.deepEqual(asked, ['PATCH /api/alerts/7 Bearer k application/json {"status":"closed"}']);
});

for (const [name, body, expected] of [
  [
    'a problem document',
    '{"title":"Not found","detail":"No such alert.","code":"NOT_FOUND"}',
    'Not found: No such alert.',
  ],
  ['what is not JSON', '<h1>Bad Gateway</h1>', 'Bad Gateway'],
  ['JSON that is no object', '"no"', 'Bad Gateway'],
] as const) {
  test(`a refusal with ${name} is an ApiError`, async (t) => {
    const base = await serve(t, (_, response) => response.writeHead(502).end(body));
    const call = createClient({ base, transport: nodeTransport }).call('health');
    await assert.rejects(
      call,
      (error) => error instanceof ApiError && error.message === expected && error.problem.status === 502,
    );
  });
}

test('nobody there, and a reply that breaks off, are errors', async (t) => {
  const base = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': 100, 'content-type': 'application/json' });
    response.write('{');
    setImmediate(() => response.destroy());
  });
  await assert.rejects(createClient({ base, transport: nodeTransport }).call('health'), { code: 'ECONNRESET' });
  await assert.rejects(createClient({ base: 'http://127.0.0.1:1', transport: nodeTransport }).call('health'), {
    code: 'ECONNREFUSED',
  });
});

test('a call and a stream end with their signal', async (t) => {
  const base = await serve(t, (request, response) => {
    if (request.url === '/stream') response.writeHead(200).write('event: alert\nid: 3\ndata: {"a":1}\n\n');
  });
  const stop = new AbortController();
  const call = createClient({ base, transport: nodeTransport }).call('health', { signal: stop.signal });
  const events = readServerEvents(`${base}/stream`, {}, stop.signal);
  assert.deepEqual((await events.next()).value, { event: 'alert', id: 3, data: { a: 1 } });
  const next = events.next();
  stop.abort();
  await assert.rejects(call, { name: 'AbortError' });
  await assert.rejects(next);
});

test('a stream that is refused, and one that the server ends, say so', async (t) => {
  const base = await serve(t, (request, response) => response.writeHead(request.url === '/no' ? 403 : 200).end());
  const { signal } = new AbortController();
  await assert.rejects(readServerEvents(`${base}/no`, {}, signal).next(), /answered 403/);
  await assert.rejects(readServerEvents(base, {}, signal).next(), /closed the stream/);
});
