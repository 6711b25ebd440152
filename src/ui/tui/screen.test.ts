import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { difference } from './screen.ts';

/** A terminal that understands what `difference` sends: go to a line, empty it, text. */
function apply(screen: readonly string[], bytes: string): readonly string[] {
  const lines = [...screen];
  for (const [, row = '', text = ''] of bytes.matchAll(/\u001b\[(\d+);1H\u001b\[2K([^\u001b]*)/g))
    lines[Number(row) - 1] = text;
  return lines;
}

const lines = fc.array(fc.constantFrom('', 'a', 'b', 'cc'), { maxLength: 8 });

test('law: the difference turns the one picture into the other', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const shown = apply(before, difference(before, after));
      const wanted = Array.from({ length: Math.max(before.length, after.length) }, (_, at) => after[at] ?? '');
      assert.deepEqual(shown, wanted);
    }),
    { seed: 1 },
  );
});

test('what did not change is not sent', () => {
  assert.equal(difference(['a', 'b'], ['a', 'b']), '');
  assert.equal(difference(['a', 'b'], ['a', 'c']), '\u001b[2;1H\u001b[2Kc');
});
