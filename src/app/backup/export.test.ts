import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvCell } from './export.ts';

const cells: readonly (readonly [Parameters<typeof csvCell>[0], string])[] = [
  [undefined, ''],
  [null, ''],
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  [' edge', '" edge"'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@x', "'@x"],
  ['\tx', "'\tx"],
  ['＝1', "'＝1"],
  [-1, '-1'],
  [true, 'true'],
  [['a', null, 'b'], '"a; ; b"'],
  [['=1'], "'=1"],
];
for (const [value, cell] of cells)
  test(`${JSON.stringify(value)} is ${cell}`, () => assert.equal(csvCell(value), cell));
