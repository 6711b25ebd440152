import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold } from './fold.ts';

test('no character outside ASCII folds into ASCII, and ASCII folds as ever', () => {
  for (let code = 0; code <= 0x10ffff; code++) {
    const char = String.fromCodePoint(code);
    const folded = fold(char);
    if (code < 0x80) assert.equal(folded, char.toLowerCase());
    else assert.doesNotMatch(folded, /[\u0000-\u007f]/, `U+${code.toString(16)}`);
  }
});

test('traps stay, what is around them folds', () => {
  assert.equal(fold('ÄB\u212aC\u0130D'), 'äb\u212ac\u0130d');
});
