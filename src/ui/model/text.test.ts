import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { marked, numberWord, plural, thousands, valuesOf, valueText } from './text.ts';

const NUMBERS: readonly (readonly [number, string])[] = [
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [286_410, '286,410'],
  [1_234_567, '1,234,567'],
];
for (const [count, written] of NUMBERS)
  test(`${count} is written ${written}`, () => assert.equal(thousands(count), written));

test('small numbers are words, large ones digits', () => {
  assert.deepEqual([0, 1, 12, 13, 1204].map(numberWord), ['no', 'one', 'twelve', '13', '1,204']);
  assert.deepEqual([plural(1, 'event'), plural(2, 'event')], ['1 event', '2 events']);
});

test('a value is one line without invisible characters', () => {
  assert.equal(valueText('a\u202eb\nc'), 'a\\u{202e}b\\x0ac');
  assert.equal(valueText(['x', 2, null]), 'x, 2, null');
  assert.equal(valueText(null), '');
  assert.deepEqual(valuesOf(['x', null, 2]), ['x', '2']);
  assert.deepEqual(valuesOf(undefined), []);
});

const MARKS: readonly (readonly [text: string, needles: readonly string[], shown: string])[] = [
  ['Failed password for backup', ['backup'], 'Failed password for [backup]'],
  ['BACKUP and backup2', ['backup'], '[BACKUP] and [backup]2'],
  ['a.b axb', ['a.b'], '[a.b] axb'],
  ['longer long', ['long', 'longer'], '[longer] [long]'],
  ['nothing', ['', ' '], 'nothing'],
  ['a(b)[c]-d', ['(b)[c]-'], 'a[(b)[c]-]d'],
  ['x\u202ey', ['\u202e'], 'x[\\u{202e}]y'],
];
for (const [text, needles, shown] of MARKS) {
  test(`marks ${JSON.stringify(needles)} in ${JSON.stringify(text)}`, () => {
    const pieces = marked(text, needles).map((piece) => (piece.marked ? `[${piece.text}]` : piece.text));
    assert.equal(pieces.join(''), shown);
  });
}

test('marking loses nothing and adds nothing, whatever the text and the needles', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\\^$.*+?()[\]{}|/\-ab]*$/))),
      (text, needles) => {
        assert.equal(
          marked(text, needles)
            .map((piece) => piece.text)
            .join(''),
          valueText(text),
        );
      },
    ),
    { seed: 1 },
  );
});
