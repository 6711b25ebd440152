/** Nothing outside the web folder can be read, however the path is spelt. On a raw socket: clients tidy paths up. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fixtureApi } from '../../../src/api/backend.fixture.ts';

const folder = await mkdtemp(join(tmpdir(), 'porchlight-paths-'));
const webRoot = join(folder, 'web');
await mkdir(join(webRoot, 'assets'), { recursive: true });
await mkdir(join(folder, 'outside'));
await writeFile(join(folder, 'secret.txt'), 'SECRET');
await writeFile(join(folder, 'outside', 'secret.txt'), 'SECRET');
await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>Porchlight</title>');
await writeFile(join(webRoot, 'assets', 'index-B4x_9aQz.js'), 'export {};');
await writeFile(join(webRoot, '.env'), 'SECRET');
await symlink(join(folder, 'secret.txt'), join(webRoot, 'link.txt'));
await symlink(join(folder, 'outside'), join(webRoot, 'linked'));
await symlink(join(webRoot, 'assets', 'index-B4x_9aQz.js'), join(webRoot, 'inside.js'));

const { api } = await fixtureApi({ webRoot });
const { port } = await api.listen();
after(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

async function get(target: string): Promise<{ status: number; text: string }> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, 'latin1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  await once(socket, 'close');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text };
}

const HOSTILE: readonly string[] = [
  '/../secret.txt',
  '/../../../../etc/passwd',
  '/assets/../../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/%2e%2e%2fsecret.txt',
  '/%252e%252e/secret.txt',
  '/%252e%252e%252fsecret.txt',
  '/%25252e%25252e/secret.txt',
  '/..%5csecret.txt',
  '/..\\secret.txt',
  '/assets\\..\\..\\secret.txt',
  '/%5c..%5csecret.txt',
  '/secret.txt%00',
  '/index.html%00.js',
  '/%00',
  '/assets/%00/../../secret.txt',
  '/link.txt',
  '/linked/secret.txt',
  '/.env',
  '/assets/..;/..;/secret.txt',
  '/%c0%ae%c0%ae/secret.txt',
  '/%zz',
  '//etc/passwd',
  '/api/../secret.txt',
  '/api/%2e%2e/index.html',
  '/api/..%2findex.html',
  '/%2e%2e/%61pi/health',
];

for (const target of HOSTILE) {
  test(`${target} → 404`, async () => {
    const { status, text } = await get(target);
    assert.equal(status, 404, text);
    assert.doesNotMatch(text, /SECRET|root:/);
  });
}

const GOOD: readonly [target: string, contentType: RegExp, cache: string][] = [
  ['/', /^text\/html/, 'no-cache'],
  ['/index.html', /^text\/html/, 'no-cache'],
  ['/alerts/12', /^text\/html/, 'no-cache'],
  ['/events?q=%2e%2e', /^text\/html/, 'no-cache'],
  ['/assets/index-B4x_9aQz.js', /^(text|application)\/javascript/, 'public, max-age=31536000, immutable'],
  ['/inside.js', /^(text|application)\/javascript/, 'no-cache'],
];

for (const [target, contentType, cache] of GOOD) {
  test(`${target} is served`, async () => {
    const reply = await api.inject({ url: target, headers: { host: 'localhost' } });
    assert.equal(reply.statusCode, 200);
    assert.match(String(reply.headers['content-type']), contentType);
    assert.equal(reply.headers['cache-control'], cache);
    assert.ok(reply.headers['content-security-policy']);
    assert.ok(reply.headers['etag']);
  });
}

test('a page may be linked to from another site; a missing file is not a page', async () => {
  const linked = { host: 'localhost', 'sec-fetch-site': 'cross-site' };
  assert.equal((await api.inject({ url: '/alerts/12', headers: linked })).statusCode, 200);
  assert.equal((await api.inject({ url: '/assets/gone-12345678.js', headers: linked })).statusCode, 404);
  assert.equal((await api.inject({ method: 'POST', url: '/', headers: { host: 'localhost' } })).statusCode, 404);
});
