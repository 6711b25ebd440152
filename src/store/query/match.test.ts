import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, newFields } from '#contract';
import { matcher } from './match.ts';
import { parseQuery } from './parse.ts';

function eventOf(fields: Readonly<Record<string, unknown>>): Event {
  return Object.assign(newFields(), { '@timestamp': 0, 'event.ingested': 0 }, fields);
}

const login = eventOf({
  message: 'Failed password for invalid user Admin from 203.0.113.7 port 4022 ssh2',
  'event.category': ['authentication', 'session'],
  'source.ip': '203.0.113.7',
  'source.port': 4022,
  'user.name': 'Admin',
  'process.command_line': '"C:\\Windows\\cmd.exe" /c whoami',
  'host.ip': ['192.0.2.1', '2001:DB8::1'],
  'url.original': 'http://nas/x',
  'my field': 'a b',
  empty: null,
  none: [],
});

const finds = [
  '',
  '*',
  'failed',
  'FAIL* adm*',
  'passw*user',
  '"invalid user"',
  'user.name:admin',
  'user.name:"ADMIN"',
  'user.name:adm*',
  'user.name:*dm*',
  'message:password',
  'source.port:4022',
  'source.port:4*',
  'event.category:session',
  'event.category:*',
  '-user.name:root',
  'NOT root',
  'root OR admin',
  '(root OR admin) -source.ip:10.0.0.0/8',
  'failed AND admin',
  'source.ip:203.0.113.0/24',
  'source.ip:203.0.113.7/32',
  'source.ip:::ffff:203.0.113.7',
  'source.ip:::ffff:203.0.113.0/120',
  'host.ip:2001:db8:0:0::1',
  'host.ip:2001:db8::/32',
  'process.command_line:cmd.exe',
  'process.command_line:c:\\windows',
  '"\\"C:\\\\Windows"',
  'http://nas/x',
  '"my field":"a b"',
  '203.0.113.7',
  'port 4022',
];
const misses = [
  'root',
  'user.name:adm',
  'user.name:dmin',
  'user.name:""',
  'source.ip:203.0.113',
  'source.ip:203.0.114.0/24',
  'host.ip:2001:db9::/32',
  'empty:*',
  'none:*',
  'null',
  '-failed',
  '-*',
  'message:root',
  'failed root',
  '"failed  password"',
  '"fail*"',
  'user.name:"adm*"',
  '(root OR guest) admin',
  'constructor:*',
  '__proto__:*',
  'hasOwnProperty:*',
  'source.port:0.0.0.0/0',
];

for (const q of finds) test(`${q} finds it`, () => assert.ok(matcher(parseQuery(q))(login)));
for (const q of misses) test(`${q} does not find it`, () => assert.ok(!matcher(parseQuery(q))(login)));
