import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWild, matchesName } from './wildcard.ts';

const cases: readonly (readonly [pattern: string, name: string, matches: boolean])[] = [
  ['*', 'a.log', true],
  ['*', '.hidden', false],
  ['.*', '.hidden', true],
  ['?hidden', '.hidden', false],
  ['*.log', 'a.log', true],
  ['*.log', 'a.log.1', false],
  ['*.log', '.log', false],
  ['a*b*c', 'aXbYbZc', true],
  ['a*b*c', 'aXbYbZ', false],
  ['**', 'any', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['[a-c]x', 'bx', true],
  ['[a-c]x', 'dx', false],
  ['[!a-c]x', 'dx', true],
  ['[^a-c]x', 'ax', false],
  ['[]]', ']', true],
  ['[a-]', '-', true],
  ['a[', 'a[', true],
  ['*[0-9].log', 'worker-7.log', true],
  ['', '', true],
  ['', 'a', false],
];
for (const [pattern, name, matches] of cases) {
  test(`${pattern} ${matches ? 'matches' : 'does not match'} ${name}`, () =>
    assert.equal(matchesName(pattern, name), matches));
}

test('a path is wild or it is not', () => {
  assert.deepEqual(['/var/log/a.log', '/var/log/*.log', 'a?', 'a[b]'].map(isWild), [false, true, true, true]);
});

test('a name that is made to be slow is not', () => {
  // Backtracking would try some 10¹⁹ ways here, and this would never end.
  assert.equal(matchesName(`${'*a'.repeat(60)}*b`, 'a'.repeat(255)), false);
});
