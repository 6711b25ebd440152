import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { typedText } from './typed-text.ts';

const cases: readonly (readonly [string, Buffer, string])[] = [
  ['ASCII stays', Buffer.from("admin' or 1=1 --"), "admin' or 1=1 --"],
  ['UTF-8 stays', Buffer.from('müller'), 'müller'],
  ['controls are escaped', Buffer.from('a\u001b[2J\r\n\0'), 'a\\x1b[2J\\x0d\\x0a\\x00'],
  ['bidi controls are escaped', Buffer.from('a\u202eb'), 'a\\u{202e}b'],
  ['what is not UTF-8 is escaped byte by byte', Buffer.from([0x61, 0xff, 0xe9, 0x80]), 'a\\xff\\xe9\\x80'],
];

for (const [name, bytes, text] of cases) test(`typedText: ${name}`, () => assert.equal(typedText(bytes), text));

test('typedText: no control and no stray byte ever comes out, and at most 4 characters a byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = typedText(Buffer.from(bytes));
      assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f]/);
      assert.ok(text.length <= bytes.length * 4);
    }),
    { seed: 1 },
  );
});
