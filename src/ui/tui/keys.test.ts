import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Key, readKeys } from './keys.ts';

const name = (key: Key): string => (key.kind === 'char' ? key.char : `<${key.kind}>`);

const INPUTS: readonly (readonly [input: string, keys: string, rest: string])[] = [
  ['q', 'q', ''],
  ['jjk', 'jjk', ''],
  ['\u001b[A\u001b[B', '<up><down>', ''],
  ['\u001bOA\u001bOB', '<up><down>', ''],
  ['\u001b[5~\u001b[6~\u001b[H\u001b[F', '<page-up><page-down><home><end>', ''],
  ['\u001b[1;5A', '<up>', ''],
  ['\t\u001b[Z', '<tab><back-tab>', ''],
  ['\r', '<enter>', ''],
  ['\u0003\u000c\u007f', '<interrupt><redraw><backspace>', ''],
  ['/ab\u00e9日', '/abé日', ''],
  // A lone ESC may be the start of a sequence.
  ['\u001b', '', '\u001b'],
  ['a\u001b[', 'a', '\u001b['],
  ['\u001b[1;', '', '\u001b[1;'],
  ['\u001b\u001b[A', '<escape><up>', ''],
  ['\u001bx', '<escape>x', ''],
  // What a terminal answers or pastes is not a key: mouse, focus, colours.
  ['\u001b[<0;10;10Mq', 'q', ''],
  ['\u001b[Iq', 'q', ''],
  ['\u001b]11;rgb:0000/0000/0000\u001b\\q', 'q', ''],
  ['\u0000\u0001\u001ax', 'x', ''],
];
for (const [input, keys, rest] of INPUTS) {
  test(`keys of ${JSON.stringify(input)}`, () => {
    const read = readKeys(input);
    assert.equal(read.keys.map(name).join(''), keys);
    assert.equal(read.rest, rest);
  });
}

test('law: pieces give the same keys as the whole, and the rest never grows without bound', () => {
  const part = fc.oneof(
    fc.constantFrom('\u001b', '[', 'O', 'A', '1', ';', '~', 'q', '\r'),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const whole = readKeys(parts.join(''));
      let rest = '';
      const keys: Key[] = [];
      for (const each of parts) {
        const read = readKeys(rest + each);
        keys.push(...read.keys);
        rest = read.rest;
      }
      assert.deepEqual([keys, rest], [whole.keys, whole.rest]);
    }),
    { seed: 1, numRuns: 1000 },
  );
});
