import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { apart, cell, clip, fill, type Line, lineWidth, paint, span } from './line.ts';
import { type Ink, themeOf } from './theme.ts';

const text = (line: Line): string => line.map((piece) => piece.text).join('');

test('a cell is exactly as wide as it says', () => {
  assert.equal(text(cell('sshd', 6)), 'sshd  ');
  assert.equal(text(cell('31', 6, { align: 'right' })), '    31');
  assert.equal(text(cell('postgres', 6)), 'postg…');
  assert.equal(text(cell('日本語', 4)), '日… ');
});

test('what is cut off shows, also between two pieces', () => {
  assert.equal(text(clip([span('abc'), span('def')], 6)), 'abcdef');
  assert.equal(text(clip([span('abc'), span('def')], 5)), 'abcd…');
  assert.equal(text(clip([span('abc'), span('def')], 3)), 'ab…');
  assert.equal(text(fill([span('abc')], 5)), 'abc  ');
});

test('two ends stand apart; the left one makes way', () => {
  assert.equal(text(apart([span('left')], [span('right')], 12)), 'left   right');
  assert.equal(text(apart([span('much too long')], [span('right')], 12)), 'much … right');
  assert.equal(text(apart([span('left')], [], 6)), 'left  ');
});

test('paint takes blanks off the end, and inks nothing that is blank', () => {
  const theme = themeOf('16');
  assert.equal(
    paint([span('a', 'lamp'), span('   ', 'lamp'), span('b  '), span('  ')], theme),
    '\u001b[33ma\u001b[0m   b',
  );
  assert.equal(paint([span('  ')], theme), '');
});

test('law: lines keep their width, and nothing but colours leaves paint, whatever goes in', () => {
  const inks: readonly Ink[] = ['text', 'soft', 'faint', 'line', 'data', 'lamp', 'critical'];
  const piece = fc.tuple(fc.string({ unit: 'binary' }), fc.constantFrom(...inks), fc.boolean());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), fc.nat({ max: 60 }), (parts, cells) => {
      const line = parts.map(([said, ink, bold]) => span(said, ink, bold));
      assert.equal(lineWidth(fill(line, cells)), cells);
      assert.equal(lineWidth(apart(line, line.slice(0, 1), cells)), cells);
      // SGR of the theme, and no other control.
      const rest = paint(line, themeOf('24-bit')).replace(/\u001b\[(?:0|1|(?:1;)?38;2;\d+;\d+;\d+)m/g, '');
      assert.doesNotMatch(rest, /[\p{Cc}\p{Cf}\p{Cs}]/u);
    }),
    { seed: 1, numRuns: 500 },
  );
});
