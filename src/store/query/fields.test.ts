import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKnownField, suggestField } from './fields.ts';

const cases: readonly (readonly [string, string | undefined])[] = [
  ['srcip', 'source.ip'],
  ['SRC_IP', 'source.ip'],
  ['Source.IP', 'source.ip'],
  ['source.ipp', 'source.ip'],
  ['sorce.ip', 'source.ip'],
  ['username', 'user.name'],
  ['user', 'user.name'],
  ['host', 'host.name'],
  ['usr.name', 'user.name'],
  ['event.outcom', 'event.outcome'],
  ['mesage', 'message'],
  ['shelf', undefined],
  ['x', undefined],
  ['my.own.field', undefined],
];

for (const [typed, meant] of cases) {
  test(`${typed} → ${meant ?? 'nothing near'}`, () => assert.equal(suggestField(typed), meant));
}

test('what is suggested is known', () => {
  for (const [, meant] of cases) if (meant !== undefined) assert.ok(isKnownField(meant), meant);
});
