import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable, printableJson } from './printable.ts';

const cases: readonly (readonly [name: string, text: string, shown: string])[] = [
  ['plain text, also beyond ASCII', 'Grüße, 日本 😀 \\ ~', 'Grüße, 日本 😀 \\ ~'],
  ['ESC', '\u001b[2J', '\\x1b[2J'],
  ['OSC 8 with BEL', '\u001b]8;;http://x\u0007', '\\x1b]8;;http://x\\x07'],
  ['OSC 52', '\u001b]52;c;eA==\u001b\\', '\\x1b]52;c;eA==\\x1b\\'],
  ['C1: CSI and OSC in one character', '\u009b2J\u009d', '\\x9b2J\\x9d'],
  ['line ends, TAB, NUL, DEL', 'a\r\n\t\u0000\u007f', 'a\\x0d\\x0a\\x09\\x00\\x7f'],
  ['bidi overrides and isolates', '\u202egnp\u2066x\u2069', '\\u{202e}gnp\\u{2066}x\\u{2069}'],
  ['Arabic letter mark', '\u061c', '\\u{61c}'],
  ['zero width and byte order mark', 'a\u200b\u200d\ufeffb', 'a\\u{200b}\\u{200d}\\u{feff}b'],
  ['line and paragraph separators', '\u2028\u2029', '\\u{2028}\\u{2029}'],
  ['tag characters', '\u{e0041}', '\\u{e0041}'],
  ['lone surrogates', 'a\ud800b\udc00', 'a\\u{d800}b\\u{dc00}'],
];
for (const [name, text, shown] of cases) test(`printable: ${name}`, () => assert.equal(printable(text), shown));

test('law: what comes out is well formed, without a control or format character, and printing it again changes nothing', () => {
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 0xffff }),
    fc.integer({ min: 0, max: 0xa0 }),
    fc.integer({ min: 0x2000, max: 0x2070 }),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 40 }), (units) => {
      const shown = printable(String.fromCharCode(...units));
      assert.ok(shown.isWellFormed());
      assert.doesNotMatch(shown, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      assert.equal(printable(shown), shown);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('law: JSON is as safe, and parses back to what it was', () => {
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 0xffff }),
    fc.integer({ min: 0, max: 0xa0 }),
    fc.integer({ min: 0x2000, max: 0x2070 }),
    fc.constantFrom(0xdb40, 0xdc41),
  );
  const hostile = fc.array(unit, { maxLength: 40 }).map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(fc.dictionary(hostile, hostile), fc.constantFrom(0, 2), (value, indent) => {
      const shown = printableJson(value, indent);
      assert.ok(shown.isWellFormed());
      assert.doesNotMatch(shown.replaceAll('\n', ''), /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u{e0000}-\u{e007f}]/u);
      assert.deepEqual(JSON.parse(shown), JSON.parse(JSON.stringify(value)));
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('JSON: letters beyond ASCII stay, and nothing is null', () => {
  assert.equal(printableJson({ name: 'Grüße 😀' }), '{"name":"Grüße 😀"}');
  assert.equal(printableJson(undefined), 'null');
});
