import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableLines } from './table-lines.ts';

test('columns are aligned and what an attacker wrote is escaped', () => {
  const rows = [
    ['root', 1200],
    ['\u001b[31mx', 3],
  ];
  assert.deepEqual(tableLines({ columns: ['user.name', 'count'], rows }, Infinity), [
    'user.name  count',
    'root       1,200',
    '\\x1b[31mx      3',
  ]);
});

test('bars take the room that is left, and a little is not nothing', () => {
  const rows = [
    ['a', 100],
    ['b', 1],
    ['c', 0],
  ];
  assert.deepEqual(tableLines({ columns: ['x', 'count'], rows }, 20), [
    'x  count',
    'a    100  ██████████',
    'b      1  █',
    'c      0',
  ]);
});

test('long values are cut', () => {
  const [, line = ''] = tableLines({ columns: ['x', 'count'], rows: [['y'.repeat(200), 1]] }, Infinity);
  assert.equal(line.length, 60 + 2 + 5);
  assert.ok(line.includes('…'));
});
