import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsLike, placeAt, writtenValue } from './complete.ts';
import { matcher } from './match.ts';
import { parseQuery } from './parse.ts';

const PLACES = [
  ['', 0, { from: 0, to: 0, typed: '', wanted: { kind: 'field' } }],
  ['user.na', 7, { from: 0, to: 7, typed: 'user.na', wanted: { kind: 'field' } }],
  ['-user.na', 8, { from: 1, to: 8, typed: 'user.na', wanted: { kind: 'field' } }],
  ['a user.na', 4, { from: 2, to: 9, typed: 'us', wanted: { kind: 'field' } }],
  ['user.name:ro', 12, { from: 10, to: 12, typed: 'ro', wanted: { kind: 'value', field: 'user.name' } }],
  [
    'a | to',
    6,
    { from: 4, to: 6, typed: 'to', wanted: { kind: 'word', words: ['count by', 'top 10', 'histogram 5m'] } },
  ],
  ['a | count by us', 15, { from: 13, to: 15, typed: 'us', wanted: { kind: 'field' } }],
  ['a | count us', 12, { from: 10, to: 12, typed: 'us', wanted: { kind: 'word', words: ['by'] } }],
  ['"in quotes', 10, undefined],
] as const;
for (const [text, at, expected] of PLACES)
  test(`at ${at} of ${JSON.stringify(text)}`, () => assert.deepEqual(placeAt(text, at), expected));

const OWN = ['shelf.label', 'a b', 'user.nickname', 'Odd"one', 'bell\u0007', ''];
const LIKES: readonly (readonly [string, readonly string[]])[] = [
  ['shelf', ['shelf.label']],
  ['label', ['labels.category', 'labels.product', 'labels.service', 'shelf.label']],
  ['a b', ['"a b"']],
  ['odd', ['"Odd\\"one"']],
  ['bell', []],
  ['user.n', ['user.nickname', 'user.name', 'source.user.name']],
];
for (const [typed, expected] of LIKES)
  test(`fields like ${typed}`, () => assert.deepEqual(fieldsLike(typed, OWN), expected));

test('no more than twenty fields are offered, and a house’s own stand before those that are merely known', () => {
  const own = Array.from({ length: 30 }, (_, n) => `x.${n}`);
  assert.equal(fieldsLike('', own).length, 20);
  assert.ok(fieldsLike('', own).every((name) => name.startsWith('x.')));
});

test('what is offered can be written', () => {
  for (const name of fieldsLike('', ['a b', 'Odd"one', 'back\\slash', 'größe', '1st', '-minus'])) {
    const plain = name.startsWith('"') ? (JSON.parse(name) as string) : name;
    const event = { '@timestamp': 0, 'event.ingested': 0, [plain]: 'x y' };
    assert.ok(matcher(parseQuery(`${name}:${writtenValue('x y')}`))(event), name);
  }
});
