import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { agentUrls, certificateNames, placeOf } from './addresses.ts';

const at = (address: string, internal = false): NetworkInterfaceInfo =>
  ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;

const around = {
  hostName: 'Nas.lan',
  interfaces: {
    lo: [at('127.0.0.1', true), at('::1', true)],
    docker0: [at('198.51.100.1')],
    eth0: [at('fe80::1'), at('2001:db8::10'), at('192.0.2.10')],
    usb0: [at('169.254.3.4')],
  },
};

test('places are read as they are written', () => {
  assert.deepEqual(placeOf('0.0.0.0:5443'), { host: '0.0.0.0', port: 5443 });
  assert.deepEqual(placeOf('[::]:1'), { host: '::', port: 1 });
  assert.deepEqual(placeOf('nas.lan:0'), { host: 'nas.lan', port: 0 });
});

const tokens: readonly [what: string, listen: string, names: readonly string[], urls: readonly string[]][] = [
  [
    'the network at home first, what is inside this machine later, this machine last',
    '0.0.0.0',
    [],
    ['192.0.2.10', 'Nas.lan', 'Nas.local', '198.51.100.1', '127.0.0.1', 'localhost'].map(
      (host) => `https://${host}:5443`,
    ),
  ],
  [
    'both kinds of addresses where both are listened to',
    '::',
    [],
    ['192.0.2.10', '[2001:db8::10]', 'Nas.lan', 'Nas.local', '198.51.100.1', '127.0.0.1', '[::1]', 'localhost'].map(
      (host) => `https://${host}:5443`,
    ),
  ],
  ['one address where one is listened to', '127.0.0.1', [], ['https://127.0.0.1:5443']],
  [
    'what the owner names before all, with a port of its own where it has one',
    '192.0.2.10',
    ['logs.example:15443', '[2001:db8::1]:99', 'nas', 'not a name!'],
    ['https://logs.example:15443', 'https://[2001:db8::1]:99', 'https://nas:5443', 'https://192.0.2.10:5443'],
  ],
];

for (const [what, listen, names, urls] of tokens) {
  test(`a token carries ${what}`, () => assert.deepEqual(agentUrls(listen, 5443, names, around), urls));
}

test('the certificate is good for every host of the token', () => {
  const names = ['logs.example:15443', '[2001:db8::1]', 'nas.lan', 'bad name'];
  const covered = certificateNames('::', names, around);
  for (const url of agentUrls('::', 5443, names, around)) {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    assert.ok(covered.includes(host), host);
  }
  assert.equal(new Set(covered).size, covered.length);
});
