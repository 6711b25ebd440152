import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, type FieldValue, newFields } from '#contract';
import { item } from './item.ts';
import { Refusal } from './refusal.ts';

function event(fields: Readonly<Record<string, FieldValue>>): Event {
  return Object.assign(newFields(), { '@timestamp': 0, 'event.ingested': 0 }, fields);
}

/** [item, values, event, matches] */
const CASES: readonly (readonly [string, unknown, Readonly<Record<string, FieldValue>>, boolean])[] = [
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
  ['|all', ['one', 'two'], { message: 'one', 'user.name': 'two' }, true],
  ['|all', ['one', 'two'], { message: 'one' }, false],
  ['CommandLine|contains', 'whoami', { 'process.command_line': 'cmd /c whoami' }, true],
  ['CommandLine|contains', 'whoami', { CommandLine: 'cmd /c whoami' }, true],
  ['Odd', 'x', { 'winlog.event_data.Odd': 'x' }, true],
  ['constructor', 'x', {}, false],
  ['constructor', 'x', { constructor: 'x' }, true],
];

for (const [key, values, fields, expected] of CASES) {
  test(`${key}: ${JSON.stringify(values)} on ${JSON.stringify(fields)} is ${expected}`, () => {
    assert.equal(item(key, values)(event(fields)), expected);
  });
}

/** [item, values, reason] */
const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
  ['a|containz', 'x', /unknown modifier containz/],
  ['a|contains|startswith', 'x', /contains and startswith do not go together/],
  ['a|re|contains', 'x', /re and contains/],
  ['a|i', 'x', /unknown modifier i/],
  ['a|lt', 'many', /lt needs a number/],
  ['a|re', '(', /regular expression/],
  ['a|re', '(?=x)', /regular expression/],
  ['a|re', 5, /not a regular expression/],
  ['a|cidr', '192.0.2.1/99', /not an address range/],
  ['a|exists', 'yes', /exists needs/],
  ['a|exists|all', true, /all does not go with exists/],
  ['a|re|cased', 'x', /cased does not go with re/],
  ['a|contains', null, /null stands alone/],
  ['a', [], /no values/],
  ['a', { b: 1 }, /not text, number or truth/],
  ['a', [['b']], /not text, number or truth/],
  ['a', '\uffff', /noncharacter/],
];

for (const [key, values, reason] of REFUSED) {
  test(`refuses ${key}: ${JSON.stringify(values)}`, () => {
    assert.throws(
      () => item(key, values),
      (error) => error instanceof Refusal && reason.test(error.message),
    );
  });
}

test('a pattern that makes a backtracking engine hang is answered', () => {
  const hostile = item('message|re', '^(a+)+$');
  assert.equal(hostile(event({ message: `${'a'.repeat(50_000)}b` })), false);
});
