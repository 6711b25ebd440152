/** Over a real server on loopback; what a server out there may do is done by this one. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { download } from './download.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, port: number) => void;

async function serve(t: TestContext, answer: Answer): Promise<string> {
  const server = createServer((request, response) => answer(request, response, port));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

const seen: (readonly [number, number | undefined])[] = [];
const fetched = (address: string, changes: object = {}): Promise<Buffer> => {
  seen.length = 0;
  return download(address, {
    signal: new AbortController().signal,
    maxBytes: 1000,
    idle: 5000,
    total: 10_000,
    onProgress: (bytes, size) => seen.push([bytes, size]),
    ...changes,
  });
};

test('an archive comes as it is, and how far it is can be seen', async (t) => {
  const base = await serve(t, (_, response) => response.end('an archive'));
  assert.equal((await fetched(`${base}/x.zip`)).toString(), 'an archive');
  assert.deepEqual(seen.at(-1), [10, 10]);
});

test('it is sent on within the host that was typed', async (t) => {
  const base = await serve(t, ({ url }, response) => {
    if (url === '/x.zip') response.writeHead(302, { location: '/y.zip' }).end();
    else response.end('there');
  });
  assert.equal((await fetched(`${base}/x.zip`)).toString(), 'there');
});

/** [what, answer, reason] */
const REFUSED: readonly (readonly [string, Answer, RegExp])[] = [
  ['not found', (_, response) => response.writeHead(404).end(), /answers 404 Not Found/],
  [
    'too large, and says so',
    (_, response) => response.writeHead(200, { 'content-length': 1001 }).end('x'),
    /more than 1000 bytes/,
  ],
  ['too large, and does not say', (_, response) => response.end(Buffer.alloc(2000)), /more than 1000 bytes/],
  [
    'too large without a length',
    (_, response) => void response.writeHead(200).write(Buffer.alloc(2000)),
    /more than 1000 bytes/,
  ],
  ['sent round and round', (_, response) => response.writeHead(302, { location: '/' }).end(), /on and on/],
  [
    'another protocol',
    (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    /file: is not fetched/,
  ],
  [
    'a router of the house',
    (_, response) => response.writeHead(302, { location: 'http://192.168.0.1/' }).end(),
    /sent on to 192\.168\.0\.1/,
  ],
  [
    'loopback in other words',
    (_, response, port) => response.writeHead(302, { location: `http://[::ffff:127.0.0.1]:${port}/` }).end(),
    /sent on to ::ffff/,
  ],
  [
    'a name that is this machine',
    (_, response, port) => response.writeHead(302, { location: `http://localhost:${port}/` }).end(),
    /sent on to localhost, which is/,
  ],
  [
    'cut off',
    (_, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('x');
      response.destroy();
    },
    /cannot be asked/,
  ],
];
for (const [what, answer, reason] of REFUSED)
  test(`refused: ${what}`, async (t) => {
    const base = await serve(t, answer);
    await assert.rejects(fetched(`${base}/`), (error: Error & { code?: string }) => {
      assert.match(error.message, reason);
      return error.code === 'RULE_SET';
    });
  });

for (const address of [
  'ftp://example.net/x.zip',
  'file:///etc/passwd',
  'http://user:word@example.net/x.zip',
  'https://',
])
  test(`not asked at all: ${address}`, async () => {
    await assert.rejects(fetched(address), { code: 'RULE_SET' });
  });

test('a server that says nothing is not waited for', async (t) => {
  const base = await serve(t, (_, response) => void response.writeHead(200).write('x'));
  await assert.rejects(fetched(base, { idle: 50 }), /sent nothing for 0\.05 seconds/);
  await assert.rejects(fetched(base, { total: 50 }), /longer than 0\.05 seconds/);
});

test('nobody there, and somebody who stops', async (t) => {
  const base = await serve(t, (_, response) => void response.writeHead(200).write('x'));
  await assert.rejects(fetched('http://127.0.0.1:1/'), /127\.0\.0\.1:1 cannot be asked/);
  await assert.rejects(fetched(base, { signal: AbortSignal.abort() }), /it was stopped/);
});
