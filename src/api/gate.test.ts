import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostCheck, isForeign } from './gate.ts';

const isOurs = hostCheck(['soc.example', 'NAS', 'proxy.example:8443']);

const hosts: readonly [host: string | undefined, ours: boolean][] = [
  ['localhost', true],
  ['LOCALHOST:5000', true],
  ['127.0.0.1:5000', true],
  ['127.8.9.1', true],
  ['[::1]:5000', true],
  ['soc.example', true],
  ['SOC.example:443', true],
  ['nas:5000', true],
  ['proxy.example:8443', true],
  ['proxy.example', false],
  ['proxy.example:1', false],
  [undefined, false],
  ['', false],
  ['evil.example', false],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['evil.example:5000@localhost', false],
  ['localhost:5000:1', false],
  ['127.0.0.1:5000, evil.example', false],
  ['192.0.2.1:5000', false],
  ['[::2]:5000', false],
];

for (const [host, ours] of hosts) {
  test(`Host ${host} is ${ours ? '' : 'not '}ours`, () => assert.equal(isOurs(host), ours));
}

interface Sent {
  readonly origin?: string;
  readonly 'sec-fetch-site'?: string;
  readonly host?: string;
}

const origins: readonly [sent: Sent, foreign: boolean][] = [
  [{}, false],
  [{ origin: 'http://localhost:5000' }, false],
  [{ origin: 'http://localhost:5000', 'sec-fetch-site': 'same-origin' }, false],
  [{ origin: 'http://LOCALHOST:5000' }, false],
  [{ 'sec-fetch-site': 'none' }, false],
  [{ 'sec-fetch-site': 'same-origin' }, false],
  [{ host: 'soc.example', origin: 'https://soc.example' }, false],
  [{ host: 'soc.example:443', origin: 'https://soc.example' }, false],
  [{ origin: 'http://localhost:3000' }, true],
  [{ origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }, true],
  [{ 'sec-fetch-site': 'same-site' }, true],
  [{ 'sec-fetch-site': 'cross-site' }, true],
  [{ origin: 'http://localhost:5000', 'sec-fetch-site': 'cross-site' }, true],
  [{ origin: 'https://evil.example' }, true],
  [{ origin: 'null' }, true],
  [{ origin: '' }, true],
  [{ origin: 'file://localhost:5000' }, true],
  [{ origin: 'http://localhost:5000.evil.example' }, true],
];

for (const [sent, foreign] of origins) {
  test(`${JSON.stringify(sent)} is ${foreign ? 'foreign' : 'our own page or no page'}`, () => {
    assert.equal(isForeign({ host: 'localhost:5000', ...sent }), foreign);
  });
}
