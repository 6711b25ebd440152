import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceLines } from './source-line.ts';

const row = (n: number, state: 'following' | 'denied') => ({ id: `file:/var/log/${n}.log`, state, reason: 'So.' });

test('a few sources are told one by one', () => {
  assert.deepEqual(sourceLines([row(1, 'following'), row(2, 'denied')]), [
    '    followed  /var/log/1.log: So.',
    '    DENIED    /var/log/2.log: So.',
  ]);
});

test('of thousands the first are told, how many more there are, and each that wants a hand', () => {
  const rows = Array.from({ length: 2000 }, (_, n) => row(n, n % 500 === 499 ? 'denied' : 'following'));
  const lines = sourceLines(rows);
  assert.equal(lines.length, 12 + 4 + 1);
  assert.equal(lines.filter((line) => line.includes('DENIED')).length, 4);
  assert.equal(lines.at(-1), '    and 1984 more; porchlight doctor names them all.');
});
