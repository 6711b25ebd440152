import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, type FieldValue, newFields } from '#contract';
import { compile } from '../compile.ts';
import { baseRule } from '../fixture.ts';
import type { Expression } from './expression.ts';
import { fieldMap } from './fields.ts';
import { item } from './item.ts';
import { Refusal } from './refusal.ts';
import { straight } from './straight.ts';

function event(fields: Readonly<Record<string, FieldValue>>): Event {
  return Object.assign(newFields(), { '@timestamp': 0, 'event.ingested': 0 }, fields);
}

/** [item, values, event, matches] */
type Case = readonly [string, unknown, Readonly<Record<string, FieldValue>>, boolean];
const CASES: readonly Case[] = [
  ['user.name', 'root', { 'user.name': 'root' }, true],
  ['user.name', 'ROOT', { 'user.name': 'root' }, true],
  ['user.name', 'root', { 'user.name': 'Root' }, true],
  ['user.name|cased', 'Root', { 'user.name': 'root' }, false],
  ['user.name|cased', 'Root', { 'user.name': 'Root' }, true],
  ['user.name|contains|cased', 'oo', { 'user.name': 'ROOT' }, false],
  ['user.name', 'root', {}, false],
  ['user.name', ['bob', 'root'], { 'user.name': 'root' }, true],
  ['user.name', ['a', 'b', 'c', 'Root'], { 'user.name': 'rOOt' }, true],
  ['user.name', ['a', 'b', 'c', 'd'], { 'user.name': 'root' }, false],
  ['user.name', ['a', 'b', 'c', 'r*'], { 'user.name': 'root' }, true],
  ['user.name', null, {}, true],
  ['user.name', null, { 'user.name': null }, true],
  ['user.name', null, { 'user.name': '' }, false],
  ['user.name', '', { 'user.name': '' }, true],
  ['user.name', '', {}, false],
  ['user.name', [null, ''], {}, true],
  ['user.name', '*', {}, false],
  ['source.port', 22, { 'source.port': 22 }, true],
  ['source.port', 22, { 'source.port': '22' }, true],
  ['source.port', '2?', { 'source.port': 22 }, true],
  ['flag', true, { flag: true }, true],
  ['flag', true, { flag: false }, false],
  ['event.category', 'iam', { 'event.category': ['process', 'iam'] }, true],
  ['event.category', 'web', { 'event.category': ['process', 'iam'] }, false],
  ['event.category|all', ['process', 'iam'], { 'event.category': ['process', 'iam'] }, true],
  ['event.category|all', ['process', 'web'], { 'event.category': ['process', 'iam'] }, false],
  ['event.category', null, { 'event.category': [] }, true],
  ['message|contains', 'not in SUDOERS', { message: 'user NOT in sudoers' }, true],
  ['message|contains|all', ['a', 'b'], { message: 'xbxax' }, true],
  ['message|all|contains', ['a', 'b'], { message: 'xbx' }, false],
  ['message|startswith', 'ab', { message: 'abc' }, true],
  ['message|endswith', ['x', 'bc'], { message: 'abc' }, true],
  ['message|endswith', 'ab', { message: 'abc' }, false],
  ['message|exists', true, { message: '' }, true],
  ['message|exists', true, {}, false],
  ['message|exists', false, {}, true],
  ['size|lt', 10, { size: 9 }, true],
  ['size|lt', 10, { size: 10 }, false],
  ['size|lte', 10, { size: '10' }, true],
  ['size|gt', 10, { size: 11 }, true],
  ['size|gte', '10', { size: 10 }, true],
  ['size|lt', 10, { size: '' }, false],
  ['size|lt', 10, {}, false],
  ['size|lt', 10, { size: 'many' }, false],
  ['source.ip|cidr', '192.0.2.0/24', { 'source.ip': '192.0.2.77' }, true],
  ['source.ip|cidr', '192.0.2.0/24', { 'source.ip': '198.51.100.1' }, false],
  ['source.ip|cidr', '192.0.2.0/24', { 'source.ip': '::ffff:192.0.2.77' }, true],
  ['source.ip|cidr', ['192.0.2.0/24', '2001:db8::/32'], { 'source.ip': '2001:db8::1' }, true],
  ['source.ip|cidr', '192.0.2.0/24', { 'source.ip': 'nas' }, false],
  ['message|re', 'b+c$', { message: 'aabbc' }, true],
  ['message|re', '^b', { message: 'ab' }, false],
  ['message|re', 'B', { message: 'ab' }, false],
  ['message|re|i', 'B', { message: 'ab' }, true],
  ['message|re|s', 'a.b', { message: 'a\nb' }, true],
  ['message|re', 'a.b', { message: 'a\nb' }, false],
  ['', 'segfault', { message: 'a Segfault at 0' }, true],
  ['', 'segfault', { 'event.original': 'segfault' }, true],
  ['', 'linux', { 'labels.product': 'linux' }, false],
  ['', 'failure', { 'event.outcome': 'failure' }, false],
  ['', 'nas', { 'host.name': 'nas' }, true],
  ['|all', ['one', 'two'], { message: 'one', 'user.name': 'two' }, true],
  ['|all', ['one', 'two'], { message: 'one' }, false],
  ['CommandLine|contains', 'whoami', { 'process.command_line': 'cmd /c whoami' }, true],
  ['CommandLine|contains', 'whoami', { CommandLine: 'cmd /c whoami' }, true],
  ['Odd', 'x', { 'winlog.event_data.Odd': 'x' }, true],
  ['constructor', 'x', {}, false],
  ['constructor', 'x', { constructor: 'x' }, true],

  // Case: every letter of Unicode, not those of English alone.
  ['user.name', 'STRASSE', { 'user.name': 'straße' }, true],
  ['user.name', 'οδος', { 'user.name': 'ΟΔΟΣ' }, true],
  ['user.name|contains', 'ΔΟΣ', { 'user.name': 'οδοσα' }, true],
  ['user.name|cased', 'Ä', { 'user.name': 'ä' }, false],
  // Numbers and the texts of numbers.
  ['port', '22', { port: 22 }, true],
  ['port', 22, { port: '22.0' }, true],
  ['port', '22.0', { port: 22 }, true],
  ['port', '022', { port: 22 }, true],
  ['port', '022', { port: '22' }, false],
  ['port', 22, { port: '0x16' }, false],
  ['port', 22, { port: '' }, false],
  ['port', [80, 22], { port: ['1', '22'] }, true],
  ['port|contains', 2, { port: 123 }, true],
  ['flag', 'TRUE', { flag: true }, true],
  ['flag', true, { flag: 'True' }, true],
  // null, empty, absent.
  ['a', null, { a: ['x', null] }, true],
  ['a|neq', null, { a: 'x' }, true],
  ['a|exists', true, { a: null }, true],
  ['a|exists', false, { a: null }, false],
  ['a|exists', true, { a: [] }, true],
  ['Image|exists', true, { 'process.executable': '' }, true],
  ['a|contains', '', { a: '' }, true],
  ['a|contains', '', {}, false],
  ['a', '?*', { a: '' }, false],
  // neq: the item as a whole does not hold.
  ['a|neq', 'x', { a: 'y' }, true],
  ['a|neq', 'X', { a: 'x' }, false],
  ['a|neq', 'x', {}, true],
  ['a|neq', ['x', 'y'], { a: 'y' }, false],
  ['a|contains|neq', 'x', { a: 'axa' }, false],
  ['a|neq', 5, { a: '5' }, false],
  ['a|re|neq', '^x', { a: 'yx' }, true],
  ['a|contains|all|neq', ['x', 'y'], { a: 'x' }, true],
  // windash: five dashes, where one begins a word.
  ...['-', '/', '–', '—', '―'].flatMap((dash): readonly Case[] => [
    ['c|contains|windash', ' -all', { c: `ipconfig ${dash}ALL` }, true],
    ['c|windash|contains', ' /all', { c: `ipconfig ${dash}all` }, true],
    ['c|contains|windash', '–all', { c: `ipconfig ${dash}all` }, true],
    ['c|contains|windash', 'x-all', { c: `x${dash}all` }, dash === '-'],
    ['c|endswith|windash', '-é', { c: `x ${dash}É` }, true],
  ]),
  ['c|contains|windash', '-a -b', { c: '/a —b' }, true],
  ['c|contains|windash', '-a-b', { c: '/a/b' }, false],
  ['c|contains|windash', ' - x', { c: ' / x' }, false],
  ['c|contains|windash|all', ['-a', '-b'], { c: '/b /a' }, true],
  // base64: the second offset of 'bytes' in 'xbytes' and the third in 'xybytes', without what their neighbours decide.
  ['c|base64', 'ping', { c: 'cGluZw==' }, true],
  ['c|base64|contains', 'pin', { c: 'xxcGluxx' }, true],
  ['c|base64offset|contains', 'http://', { c: btoa('http://a') }, true],
  ['c|base64offset|contains', 'http://', { c: btoa('xhttp://a') }, true],
  ['c|base64offset|contains', 'http://', { c: btoa('xyhttp://\u00ff') }, true],
  ['c|base64offset|contains', 'http://', { c: btoa('xyzhttp://') }, true],
  ['c|base64offset|contains', 'http://', { c: btoa('xyzhttp:/') }, false],
  ['c|base64offset|contains', 'é!', { c: Buffer.from('aé!b').toString('base64') }, true],
  ['c|base64offset|contains', 'é!', { c: Buffer.from('abé!').toString('base64') }, true],
  ['c|wide|base64offset|contains', 'IEX', { c: Buffer.from('; IEX(', 'utf16le').toString('base64') }, true],
  ['c|wide|base64offset|contains', 'IEX', { c: Buffer.from('; IEX(').toString('base64') }, false],
  ['c|utf16le|base64', 'hé', { c: Buffer.from('hé', 'utf16le').toString('base64') }, true],
  ['c|utf16|base64offset|contains', 'héllo', { c: Buffer.from('say héllo', 'utf16le').toString('base64') }, true],
  ['c|utf16be|base64', 'hi', { c: 'AGgAaQ==' }, true],
  ['c|wide|contains', 'hi', { c: 'xh\u0000i\u0000' }, true],
  ['c|utf16be|contains', 'h*i', { c: '\u0000h-\u0000i' }, true],
  // Time, as it is written.
  ['t|minute', 48, { t: '2025-10-24 23:48:00.482' }, true],
  ['t|hour', 23, { t: '2025-10-24T23:48:00+02:00' }, true],
  ['t|hour', 0, { t: '2025-10-24' }, true],
  ['t|day', 24, { t: '2025-10-24' }, true],
  ['t|month', [9, 10], { t: '2025-10-24' }, true],
  ['t|year', 2025, { t: '2025-10-24' }, true],
  ['t|week', 1, { t: '2024-12-30' }, true],
  ['t|week', 53, { t: '2021-01-03' }, true],
  ['t|week', 43, { t: '2025-10-24' }, true],
  ['t|hour|gte', 22, { t: '2025-10-24 23:48:00' }, true],
  ['t|hour|lt', 6, { t: '2025-10-24 23:48:00' }, false],
  ['t|hour', 1, { t: 3_600_000 }, true],
  ['t|hour', 1, { t: 'one' }, false],
  ['t|day', 30, { t: '2025-02-30' }, false],
  // Addresses by number.
  ['ip|cidr', '10.0.0.0/8', { ip: '::ffff:10.1.2.3' }, true],
  ['ip|cidr', '2001:db8::/32', { ip: '2001:0DB8:0:0::1' }, true],
  ['ip|cidr', '2001:db8::/32', { ip: '2001:db9::1' }, false],
  ['ip|cidr', 'fe80::/10', { ip: 'fe80::1%eth0' }, true],
  ['ip|cidr', '192.0.2.77', { ip: '192.0.2.77' }, true],
  ['ip|cidr', '192.0.2.99/24', { ip: '192.0.2.1' }, true],
  ['ip|cidr', '0.0.0.0/0', { ip: '::1' }, false],
  ['ip|cidr', '10.0.0.0/8', { ip: '010.1.2.3' }, false],
  ['ip|cidr', '0.0.0.0/0', { ip: '1' }, false],
  ['ip|cidr', ['::1/128', '127.0.0.0/8'], { ip: '127.9.9.9' }, true],
  // One field against another.
  ['a|fieldref', 'b', { a: 'X', b: 'x' }, true],
  ['a|fieldref', 'b', { a: 'x', b: 'y' }, false],
  ['a|fieldref', 'b', { a: 'x' }, false],
  ['a|fieldref', 'b', {}, false],
  ['a|fieldref', 'b', { a: 5, b: '5' }, true],
  ['a|fieldref|neq', 'b', { a: 'x', b: 'y' }, true],
  ['a|fieldref|neq', 'b', { a: 'x' }, true],
  ['a|fieldref|contains', 'b', { a: 'xyz', b: 'Y' }, true],
  ['a|contains|fieldref', 'b', { a: 'xyz', b: 'Y' }, true],
  ['a|fieldref|startswith', 'b', { a: 'xyz', b: 'xy' }, true],
  ['a|fieldref|endswith', 'b', { a: 'xyz', b: 'xy' }, false],
  ['a|fieldref|cased', 'b', { a: 'X', b: 'x' }, false],
  ['a|fieldref', ['b', 'c'], { a: 'x', b: 'y', c: 'x' }, true],
  ['Image|fieldref', 'ParentImage', { 'process.executable': 'x', 'process.parent.executable': 'x' }, true],
  // Placeholders.
  ['user.name|expand', '%admins%', { 'user.name': 'ROOT' }, true],
  ['user.name|expand', '%admins%', { 'user.name': 'adm_anna' }, true],
  ['user.name|expand', '%admins%', { 'user.name': 'anna' }, false],
  ['user.name|contains|expand', 'x%admins%', { 'user.name': 'axrootb' }, true],
  ['user.name|expand', '\\%admins\\%', { 'user.name': '%admins%' }, true],
  ['user.name', '%admins%', { 'user.name': '%admins%' }, true],
  // Keywords.
  ['', 'a*c', { x: 'xabcx' }, true],
  ['', 'a*c', { x: 'a', y: 'c' }, false],
  ['', 4625, { 'event.code': 4625 }, true],
  ['', 'segfault', { '@timestamp': 5, list: ['no', 'SEGFAULT'] }, true],
  ['', 'socat exec:*', { x: 'socat exec:bash' }, true],
  ['|re', 'x{2}', { a: 'x', b: 'xx' }, true],
  ['|cased', 'X', { a: 'x' }, false],
  ['|all', ['one', 'o*e', 1], { message: 'one', n: 21 }, true],
];

const placeholders = { admins: ['root', 'adm_*'] };
const source = { product: 'windows', category: 'process_creation', service: '' };
const labels = { 'labels.product': 'windows', 'labels.category': 'process_creation' };
const expression = (key: string, values: unknown): Expression =>
  item(key, values, { fields: fieldMap(source, new Map()), placeholders });

/** The whole way of a rule: the engine that events meet. */
function detects(key: string, values: unknown, found: Event): boolean {
  const detection = { selection: key === '' ? [values] : { [key]: values }, condition: 'selection' };
  const { detector, problems } = compile(
    [baseRule('a', { logsource: { product: 'windows', category: 'process_creation' }, detection })],
    undefined,
    placeholders,
  );
  assert.deepEqual(problems, []);
  return detector.detect({ id: '1-1', event: { ...found, ...labels } }).matches.length > 0;
}

for (const [key, values, fields, expected] of CASES) {
  test(`${key}: ${JSON.stringify(values)} on ${JSON.stringify(fields)} is ${expected}`, () => {
    const found = event(fields);
    assert.equal(straight(expression(key, values))(found), expected, 'straight');
    assert.equal(detects(key, values, found), expected, 'engine');
  });
}

/** [item, values, reason] */
const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
  ['a|containz', 'x', /unknown modifier containz/],
  ['a|contains|startswith', 'x', /contains and startswith do not go together/],
  ['a|re|contains', 'x', /contains does not go with regex/],
  ['a|contains|re', 'x', /re does not go with the modifiers before it/],
  ['a|contains|base64', 'x', /cannot encode a wildcard/],
  ['a|base64', 'x*', /cannot encode a wildcard/],
  ['a|base64offset|contains', 'x?', /cannot encode a wildcard/],
  ['a|re|wide', 'x', /wide does not go with regex/],
  ['a|cidr|gt', '10.0.0.0/8', /gt does not go/],
  ['a|gt|hour', 5, /hour does not go/],
  ['a|hour', 'noon', /hour needs a number/],
  ['a|expand', '%nobody%', /nothing is known for the placeholder %nobody%/],
  ['a|expand|re', 'x', /re does not go/],
  ['a|fieldref', 'b*', /name of a field/],
  ['a|wide|fieldref', 'b', /fieldref does not go/],
  ['a|cidr', '192.0.2.0/24/8', /not an address range/],
  ['a|cidr', '192.0.2.256', /not an address range/],
  ['a|cased', null, /null stands alone/],
  ['a|Contains', 'x', /unknown modifier Contains/],
  ['|exists', true, /needs a field/],
  ['|fieldref', 'b', /needs a field/],
  ['', null, /null stands alone/],
  ['a|i', 'x', /unknown modifier i/],
  ['a|lt', 'many', /lt needs a number/],
  ['a|re', '(', /regular expression/],
  ['a|re', '(?=x)', /regular expression/],
  ['a|re', 5, /not a regular expression/],
  ['a|cidr', '192.0.2.1/99', /not an address range/],
  ['a|exists', 'yes', /exists needs/],
  ['a|exists|all', true, /all does not go with exists/],
  ['a|re|cased', 'x', /cased does not go with regex/],
  ['a|contains', null, /null stands alone/],
  ['a', [], /no values/],
  ['a', { b: 1 }, /not text, number or truth/],
  ['a', [['b']], /not text, number or truth/],
  ['a', '\uffff', /noncharacter/],
];

for (const [key, values, reason] of REFUSED) {
  test(`refuses ${key}: ${JSON.stringify(values)}`, () => {
    assert.throws(
      () => expression(key, values),
      (error) => error instanceof Refusal && reason.test(error.message),
    );
  });
}

test('a pattern that makes a backtracking engine hang is answered', () => {
  const hostile = straight(expression('message|re', '^(a+)+$'));
  assert.equal(hostile(event({ message: `${'a'.repeat(50_000)}b` })), false);
});
