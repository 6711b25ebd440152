/** What a web page elsewhere can make its visitor's browser send. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { PATHS, type RouteName } from '#contract';
import { fixtureApi } from '../../../src/api/backend.fixture.ts';
import { openStream } from '../../../src/api/http.fixture.ts';

const { api, backend } = await fixtureApi({ http: { hosts: ['soc.example'] } });
const { port } = await api.listen();
after(() => api.close());

const FOREIGN: readonly Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'http://localhost:3000' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
];

for (const name of Object.keys(PATHS) as RouteName[]) {
  const { method, path } = PATHS[name];
  test(`${method} ${path} is not for other sites`, async () => {
    for (const foreign of FOREIGN) {
      const headers = { host: 'localhost:5000', ...foreign };
      const payload = method === 'GET' ? {} : { payload: '{"status":"closed"}' };
      const reply = await api.inject({ method, url: path.replace(':id', '1'), headers, ...payload });
      assert.equal(reply.statusCode, 403, JSON.stringify(foreign));
      assert.equal(reply.json<{ code: string }>().code, 'CROSS_SITE');
      assert.equal(reply.headers['access-control-allow-origin'], undefined);
    }
    assert.deepEqual(backend.calls, []);
  });

  test(`${method} ${path} does not answer to another name`, async () => {
    for (const host of ['evil.example', 'evil.example:5000', '192.0.2.1:5000']) {
      const reply = await api.inject({ method, url: path.replace(':id', '1'), headers: { host } });
      assert.equal(reply.statusCode, 421, host);
      assert.equal(reply.json<{ code: string }>().code, 'MISDIRECTED');
    }
    assert.deepEqual(backend.calls, []);
  });
}

test('another name is refused for pages and unknown paths as well', async () => {
  for (const url of ['/', '/alerts/1', '/api/nothing', '/../x']) {
    const reply = await api.inject({ url, headers: { host: 'evil.example' } });
    assert.equal(reply.statusCode, 421, url);
  }
});

test('a request that names no host is refused', async () => {
  for (const head of ['GET /api/health HTTP/1.0', 'GET /api/health HTTP/1.1\r\nHost:', 'GET /api/health HTTP/1.1']) {
    const socket = connect(port, '127.0.0.1');
    socket.write(`${head}\r\nConnection: close\r\n\r\n`);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    await once(socket, 'close');
    assert.match(text, /^HTTP\/1\.1 4(?:21|00) /, head);
  }
  assert.deepEqual(backend.calls, []);
});

test('a change of anything from another site is refused even where there is no route', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'] as const) {
    const reply = await api.inject({
      method,
      url: '/setup',
      headers: { host: 'localhost', origin: 'https://evil.example' },
    });
    assert.equal(reply.statusCode, 403, method);
  }
});

test('the live stream is refused to another site on a real connection, and open to our own page', async () => {
  const refused = await openStream(port, '/api/stream', {
    origin: 'https://evil.example',
    'sec-fetch-site': 'cross-site',
  });
  assert.equal(refused.response.statusCode, 403);
  refused.close();
  const own = await openStream(port, '/api/stream', {
    host: 'soc.example',
    origin: 'https://soc.example',
    'sec-fetch-site': 'same-origin',
  });
  assert.equal((await own.next())?.event, 'hello');
  own.close();
});

test('every reply carries the headers that keep a browser in line', async () => {
  const host = 'localhost';
  for (const request of [
    { url: '/api/health', headers: { host } },
    { url: '/api/nothing', headers: { host } },
    { url: '/api/%zz', headers: { host } },
    { url: '/api/health', headers: { host: 'evil.example' } },
    { url: '/api/health', headers: { host, authorization: 'Bearer x' } },
    { method: 'POST', url: '/api/logs', headers: { host, origin: 'null' } },
  ] as const) {
    const { headers } = await api.inject(request);
    assert.equal(
      headers['content-security-policy'],
      "default-src 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; base-uri 'none'",
      request.url,
    );
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.ok(headers['permissions-policy']);
    assert.equal(headers['cache-control'], 'no-store');
  }
});
