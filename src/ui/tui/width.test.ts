import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cut, shown, widthOf, wrap } from './width.ts';

const WIDTHS: readonly (readonly [name: string, text: string, shown: string, cells: number])[] = [
  ['ASCII', 'sshd', 'sshd', 4],
  ['Latin with marks is composed', 'Zu\u0308rich', 'Z\u00fcrich', 6],
  ['East Asian wide', '\u65e5\u672c', '\u65e5\u672c', 4],
  ['Hangul', '\ud55c\uae00', '\ud55c\uae00', 4],
  ['full width forms', '\uff21\uff22', '\uff21\uff22', 4],
  ['half width forms', '\uff76\uff85', '\uff76\uff85', 2],
  ['emoji', '\u{1f600}', '\u{1f600}', 2],
  ['presentation selectors go: they change widths', '\u26a0\ufe0f', '\u26a0', 1],
  ['two marks on a base', 'x\u0323\u0325', 'x\u0323\u0325', 1],
  ['further marks are spelled out', 'x\u0323\u0325\u0330', 'x\u0323\u0325\\u{330}', 8],
  ['a mark without a base would join what stands before', '\u0301a', '\\u{301}a', 8],
  ['flags', '\u{1f1e9}\u{1f1ea}', '\\u{1f1e9}\\u{1f1ea}', 18],
  ['private use', '\ue0b0', '\\u{e0b0}', 8],
  ['not assigned', '\u0378', '\\u{378}', 7],
  ['skin tones', '\u{1f44d}\u{1f3ff}', '\u{1f44d}\\u{1f3ff}', 11],
  ['controls', '\u001b[2J', '\\x1b[2J', 7],
  ['our own shapes', '█▲◆▪○━─▁…', '█▲◆▪○━─▁…', 9],
];
for (const [name, text, expected, cells] of WIDTHS) {
  test(`width: ${name}`, () => {
    assert.equal(shown(text), expected);
    assert.equal(widthOf(shown(text)), cells);
  });
}

const CUTS: readonly (readonly [text: string, cells: number, kept: string])[] = [
  ['sshd', 4, 'sshd'],
  ['sshd', 3, 'ss…'],
  ['sshd', 1, '…'],
  ['sshd', 0, ''],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
];
for (const [text, cells, kept] of CUTS) test(`cut ${text} to ${cells}`, () => assert.equal(cut(text, cells), kept));

test('wrap breaks at spaces, and inside a word only where it must', () => {
  assert.deepEqual(wrap('guessed the password', 11), ['guessed the', 'password']);
  assert.deepEqual(wrap('a 123456789012', 6), ['a', '123456', '789012']);
  assert.deepEqual(wrap('日本語', 4), ['日本', '語']);
  assert.deepEqual(wrap('', 4), ['']);
});

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

test('law: shown is shown again unchanged, holds no control, and a cut keeps its promise', () => {
  fc.assert(
    fc.property(anyText, fc.nat({ max: 40 }), (text, cells) => {
      const once = shown(text);
      assert.equal(shown(once), once);
      assert.doesNotMatch(once, /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/u);
      assert.ok(widthOf(cut(once, cells)) <= cells);
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test('law: wrapping loses nothing but spaces, and no line is too wide', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 2, max: 30 }), (text, cells) => {
      const lines = wrap(shown(text), cells);
      for (const line of lines) assert.ok(widthOf(line) <= cells);
      assert.equal(lines.join('').replaceAll(' ', ''), shown(text).replaceAll(' ', ''));
    }),
    { seed: 1, numRuns: 500 },
  );
});
