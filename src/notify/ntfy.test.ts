import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { NotTaken, notifiers } from './index.ts';

interface Caught {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: { topic: string; title: string; message: string; priority: number };
}

const caught: Caught[] = [];
let reply: { status: number; headers: Record<string, string> } = { status: 200, headers: {} };
let server: Server;
let base = '';

before(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      caught.push({
        path: request.url,
        headers: request.headers,
        body: JSON.parse(Buffer.concat(chunks).toString()) as Caught['body'],
      });
      response.writeHead(reply.status, reply.headers).end('{}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

const one = (url: string, token?: string) => {
  const [notifier] = notifiers({
    level: 'high',
    give_up_days: 7,
    ntfy: { url, ...(token === undefined ? {} : { token }) },
  });
  assert.ok(notifier);
  return notifier;
};
const signal = new AbortController().signal;

test('posts topic, title, text and priority as JSON, with the token', async () => {
  reply = { status: 200, headers: {} };
  await one(`${base}/sub/porch%20light`, 'tk_secret').send(
    { key: 'k', title: 'A\r\nX-Evil: 1', text: 'root & <b>', level: 'critical' },
    signal,
  );
  const last = caught.at(-1);
  assert.equal(last?.path, '/sub/');
  assert.equal(last?.headers['authorization'], 'Bearer tk_secret');
  assert.equal(last?.headers['x-evil'], undefined);
  assert.deepEqual(last?.body, { topic: 'porch light', title: 'A\r\nX-Evil: 1', message: 'root & <b>', priority: 5 });
});

test('a long text is cut at a character, below the size that becomes an attachment', async () => {
  await one(`${base}/t`).send({ key: 'k', title: 't', text: 'ä'.repeat(5000), level: 'low' }, signal);
  const message = caught.at(-1)?.body.message ?? '';
  assert.match(message, /^ä+…$/);
  assert.ok(Buffer.byteLength(message) <= 3503);
});

test('a refusal carries the wait that was asked for', async () => {
  reply = { status: 429, headers: { 'retry-after': '7' } };
  await assert.rejects(
    one(`${base}/t`).send({ key: 'k', title: 't', text: 'x', level: 'high' }, signal),
    (error) => error instanceof NotTaken && error.retryAfter === 7000,
  );
});

/** [status, dead] */
const REFUSALS: readonly (readonly [number, boolean])[] = [
  [401, true],
  [403, true],
  [404, true],
  [429, false],
  [500, false],
];

for (const [status, dead] of REFUSALS) {
  test(`${status} is ${dead ? 'for the owner to mend' : 'tried again'}, and does not name the token`, async () => {
    reply = { status, headers: {} };
    await assert.rejects(
      one(`${base}/t`, 'tk_secret').send({ key: 'k', title: 't', text: 'x', level: 'high' }, signal),
      (error) => error instanceof NotTaken && error.dead === dead && !error.message.includes('tk_secret'),
    );
  });
}

test('a redirect is not followed: the token stays here', async () => {
  reply = { status: 302, headers: { location: `${base}/elsewhere` } };
  const seen = caught.length;
  await assert.rejects(
    one(`${base}/t`, 'tk').send({ key: 'k', title: 't', text: 'x', level: 'high' }, signal),
    NotTaken,
  );
  assert.equal(caught.length, seen + 1);
});

test('another scheme is refused', () => {
  assert.throws(() => one('ftp://example.test/t'), /not http/);
});
