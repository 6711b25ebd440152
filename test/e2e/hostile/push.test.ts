/** An alert full of markup, and one of 10 kB, reach a phone's server as they are, or cut: a real ntfy request, caught on loopback. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { after, before, test } from 'node:test';
import { type House, openHouse } from '../house.ts';
import { until } from '../waiting.ts';

const MARKUP = '<b>&amp;_*[x](javascript:1)`~|#+=!\\';
const TOKEN = 'tk_canary0123456789abcdef';

interface Push {
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  readonly text: string;
  readonly sent: Readonly<Record<string, unknown>>;
}

const pushes: Push[] = [];
let phone: Server;
let house: House;

before(async () => {
  phone = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      pushes.push({
        headers: request.headers,
        url: request.url ?? '',
        text,
        sent: JSON.parse(text) as Record<string, unknown>,
      });
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(phone, 'listening');
  const address = phone.address();
  assert.ok(typeof address === 'object' && address !== null);
  house = await openHouse([
    `notify: { level: medium, ntfy: { url: "http://127.0.0.1:${address.port}/porchlight", token: ${TOKEN} } }`,
  ]);
  await house.up('--quiet');
});
after(async () => {
  await house.close();
  phone.closeAllConnections();
  phone.close();
});

async function newAccount(user: string): Promise<void> {
  const account = { 'event.action': 'user_added', 'event.outcome': 'success', 'labels.product': 'linux' };
  await house.client.call('postLogs', {
    body: { ...account, 'host.name': 'media', 'user.name': user, 'user.id': '1004' },
  });
}

const pushed = (part: string): Promise<Push> => until('the push', () => pushes.find(({ text }) => text.includes(part)));

test('markup arrives as it was written, in the body and in no header', async () => {
  await newAccount(MARKUP);
  const { sent, headers, url } = await pushed('New account on media');
  assert.equal(url, '/');
  assert.equal(sent['topic'], 'porchlight');
  assert.equal(sent['title'], 'New account');
  assert.ok(String(sent['message']).startsWith(`New account on media: ${MARKUP}`), String(sent['message']));
  assert.equal(sent['markdown'], undefined);
  assert.equal(headers.authorization, `Bearer ${TOKEN}`);
  assert.doesNotMatch(JSON.stringify(headers), /amp|javascript/);
});

test('a line break in it is spelled out, and makes no header and no second message', async () => {
  await newAccount('x\r\nX-Injected: 1\r\n\r\nevil');
  const { sent, headers } = await pushed('X-Injected');
  assert.equal(headers['x-injected'], undefined);
  assert.ok(String(sent['message']).includes(String.raw`x\x0d\x0aX-Injected: 1`), String(sent['message']));
});

test('10 kB of text are cut in the middle of no character', async () => {
  await newAccount(`long-${'€'.repeat(10_000)}`);
  const { sent, text } = await pushed('long-');
  const message = String(sent['message']);
  assert.ok(Buffer.byteLength(message) < 4096, `${Buffer.byteLength(message)} bytes`);
  assert.match(message, /€…/);
  assert.doesNotMatch(text, /\ufffd/);
});

test('each alert is pushed once, and the token is told to nobody else', async () => {
  // It is counted when the phone's server has answered, which is after it has heard.
  await until('three deliveries are counted', async () =>
    /^porchlight_notifications_total\{label="ntfy_delivered"\} 3$/m.test(
      await (await fetch(`${house.url}/metrics`)).text(),
    ),
  );
  assert.equal(pushes.length, 3);
  for (const path of ['/metrics', '/api/health', '/api/alerts', '/api/events', '/api/openapi.json'])
    assert.doesNotMatch(await (await fetch(house.url + path)).text(), /canary/);
  const { out } = await house.shell('./porchlight config show');
  assert.match(out, /token: \(hidden\)/);
  assert.doesNotMatch(out, /canary/);
});
