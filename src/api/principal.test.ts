import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { KEYS } from './backend.fixture.ts';
import { isLoopback, principals } from './principal.ts';

const keys = [
  { name: 'laptop', role: 'agent', key: KEYS.agent },
  { name: 'me', role: 'admin', key: KEYS.admin },
] as const;
const NOBODY = undefined;

const rows: readonly [peer: string, headers: IncomingHttpHeaders, proxies: string[], who: string | undefined][] = [
  ['127.0.0.1', {}, [], 'local'],
  ['127.3.2.1', {}, [], 'local'],
  ['::1', {}, [], 'local'],
  ['::ffff:127.0.0.1', {}, [], 'local'],
  ['203.0.113.9', {}, [], NOBODY],
  ['::ffff:203.0.113.9', {}, [], NOBODY],
  ['', {}, [], NOBODY],
  // A proxy on this machine that nobody told us of.
  ['127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }, [], NOBODY],
  ['127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }, [], NOBODY],
  ['127.0.0.1', { forwarded: 'for=203.0.113.9' }, [], NOBODY],
  ['127.0.0.1', { 'x-real-ip': '203.0.113.9' }, [], NOBODY],
  // One that is named.
  ['127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }, ['127.0.0.1'], NOBODY],
  ['127.0.0.1', { 'x-forwarded-for': '127.0.0.1, 203.0.113.9' }, ['127.0.0.0/8'], NOBODY],
  ['127.0.0.1', { 'x-forwarded-for': '203.0.113.9, 127.0.0.1' }, ['127.0.0.0/8'], NOBODY],
  ['127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }, ['127.0.0.1'], 'local'],
  ['::1', { 'x-forwarded-for': '::1' }, ['::1'], 'local'],
  ['127.0.0.1', { 'x-forwarded-for': 'localhost' }, ['127.0.0.1'], NOBODY],
  ['127.0.0.1', { 'x-forwarded-for': '' }, ['127.0.0.1'], NOBODY],
  ['127.0.0.1', {}, ['127.0.0.1'], NOBODY],
  ['192.0.2.2', { 'x-forwarded-for': '127.0.0.1' }, ['192.0.2.0/24'], NOBODY],
  // Keys.
  ['203.0.113.9', { authorization: `Bearer ${KEYS.agent}` }, [], 'laptop'],
  ['203.0.113.9', { authorization: `bearer  ${KEYS.admin}` }, [], 'me'],
  ['127.0.0.1', { authorization: `Bearer ${KEYS.agent}` }, [], 'laptop'],
];

for (const [peer, headers, proxies, who] of rows) {
  test(`${peer || 'a closed socket'} with ${JSON.stringify(headers)} behind [${proxies.join()}] is ${who ?? 'nobody'}`, () => {
    const principal = principals({ keys: [...keys], trusted_proxies: proxies })(peer, headers);
    assert.equal(principal.role === undefined ? undefined : principal.name, who);
  });
}

const refused = [
  '',
  'Bearer',
  'Bearer ',
  `Bearer ${KEYS.agent}x`,
  `Bearer x${KEYS.agent}`,
  `Basic ${KEYS.agent}`,
  KEYS.agent,
];

for (const authorization of refused) {
  test(`the key '${authorization}' is refused, also from loopback`, () => {
    const whoIs = principals({ keys: [...keys], trusted_proxies: [] });
    assert.throws(() => whoIs('127.0.0.1', { authorization }), { code: 'UNAUTHORIZED' });
  });
}

test('without configured keys no key is good', () => {
  assert.throws(() => principals({ keys: [], trusted_proxies: [] })('127.0.0.1', { authorization: 'Bearer ' }), {
    code: 'UNAUTHORIZED',
  });
});

test('a proxy that is no address is refused by name at start', () => {
  assert.throws(() => principals({ keys: [], trusted_proxies: ['nginx'] }), { code: 'CONFIG', message: /'nginx'/ });
});

test('what is not an address is not loopback', () => {
  for (const text of ['localhost', '0.0.0.0', '::', '192.168.0.1', '127.0.0.1 ', '127.1:80'])
    assert.equal(isLoopback(text), false);
});
