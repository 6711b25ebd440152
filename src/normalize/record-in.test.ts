import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointOf } from './address.ts';
import { pairsOf } from './logfmt.ts';
import { recordIn } from './record-in.ts';
import { valuesOf } from './rows.ts';

const RECORDS: readonly (readonly [message: string, framing: string, fields: Record<string, unknown>])[] = [
  ['{"a":{"b":1}}', 'json', { a: { b: 1 } }],
  ['   { "a": 1 }', 'json', { a: 1 }],
  ['@cee: {"a":1}', 'json', { a: 1 }],
  [
    'time="2025-11-30T11:25:10Z" level=error msg="it said \\"no\\"\\n" path=/x empty= n=5',
    'logfmt',
    { time: '2025-11-30T11:25:10Z', level: 'error', msg: 'it said "no"\n', path: '/x', empty: '', n: '5' },
  ],
  ['level=info ts=1 a="never closed', 'none', {}],
  ['level=info msg=two words=1 x', 'none', {}],
  ['type=SYSCALL msg=audit(1.0:1): a=b c=d', 'none', {}],
  ['IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2', 'none', {}],
  ['level=info', 'none', {}],
  [
    'CEF:0|Vendor|A \\| B|1.0|100|Name|5|src=192.0.2.1 msg=words = and \\= signs act=blocked',
    'cef',
    {
      'cef.version': '0',
      'cef.device.vendor': 'Vendor',
      'cef.device.product': 'A | B',
      'cef.device.version': '1.0',
      'cef.device.event_class_id': '100',
      'cef.name': 'Name',
      'cef.severity': '5',
      'cef.extensions.src': '192.0.2.1',
      'cef.extensions.msg': 'words = and = signs',
      'cef.extensions.act': 'blocked',
    },
  ],
  ['CEF:0|Vendor|broken', 'none', {}],
  [
    'LEEF:1.0|V|P|2|login|src=192.0.2.1\tusrName=a b',
    'leef',
    {
      'leef.version': '1.0',
      'leef.device.vendor': 'V',
      'leef.device.product': 'P',
      'leef.device.version': '2',
      'leef.event_id': 'login',
      'leef.extensions.src': '192.0.2.1',
      'leef.extensions.usrName': 'a b',
    },
  ],
  [
    'LEEF:2.0|V|P|2|login|x5E|src=192.0.2.1^sev=5',
    'leef',
    {
      'leef.version': '2.0',
      'leef.device.vendor': 'V',
      'leef.device.product': 'P',
      'leef.device.version': '2',
      'leef.event_id': 'login',
      'leef.extensions.src': '192.0.2.1',
      'leef.extensions.sev': '5',
    },
  ],
  ['{broken', 'none', {}],
  ['[1,2]', 'none', {}],
  ['just words', 'none', {}],
];

test('a record in a message: which kind, and what it holds', () => {
  for (const [message, framing, fields] of RECORDS) {
    const found = recordIn(message);
    assert.equal(found?.framing ?? 'none', framing, message);
    assert.deepEqual({ ...found?.fields }, fields, message);
  }
});

test('pairs: the first of a name stands, names are only names', () => {
  const words: string[] = [];
  const pairs = pairsOf('[1] a=1 SYN a=2 __proto__=x "b" c="d e"f', 0, { bare: (word) => words.push(word) });
  assert.deepEqual(Object.entries(pairs), [
    ['a', '1'],
    ['__proto__', 'x'],
    ['c', 'd e'],
  ]);
  assert.equal(Object.hasOwn(pairs, '__proto__'), true);
  assert.deepEqual(words, ['[1]', 'SYN', '"b"', 'f']);
  assert.deepEqual({ ...pairsOf('a=1,b="2,3",c=4', 0, { separator: ',' }) }, { a: '1', b: '2,3', c: '4' });
});

test('values: quotes, doubled quotes, a quote that nothing closes', () => {
  assert.deepEqual(valuesOf('a,"b ""c"", d",,e'), ['a', 'b "c", d', '', 'e']);
  assert.deepEqual(valuesOf('a,"b'), ['a', '"b']);
  assert.deepEqual(valuesOf('a,"b" c,d'), ['a', '"b" c', 'd']);
  assert.deepEqual(valuesOf('a\tb', '\t'), ['a', 'b']);
  assert.deepEqual(valuesOf('a,b,c', ',', 2), ['a', 'b,c']);
  assert.deepEqual(valuesOf(''), ['']);
});

const ENDPOINTS: readonly (readonly [text: string, address: string, port: number | undefined])[] = [
  ['192.0.2.1', '192.0.2.1', undefined],
  ['192.0.2.1:80', '192.0.2.1', 80],
  ['192.0.2.1#53', '192.0.2.1', 53],
  ['[2001:db8::1]:443', '2001:db8::1', 443],
  ['[2001:db8::1]', '2001:db8::1', undefined],
  ['2001:db8::1', '2001:db8::1', undefined],
  ['2001:db8::1#53', '2001:db8::1', 53],
  ['nas.example:8080', 'nas.example', 8080],
  ['192.0.2.1 port 22', '192.0.2.1', 22],
  ['nonsense', 'nonsense', undefined],
];

test('an address with or without a port', () => {
  for (const [text, address, port] of ENDPOINTS) assert.deepEqual(endpointOf(text), { address, port }, text);
});
