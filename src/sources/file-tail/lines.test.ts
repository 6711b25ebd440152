import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lines } from './lines.ts';

fc.configureGlobal({ seed: 1 });

type Taken = readonly [text: string, from: number, to: number, cut?: true];

/** What comes of `chunks`, each pushed through the same buffer, as a tail reads them. */
function taken(chunks: readonly Uint8Array[], limit = 8, start = 0): Taken[] {
  const found: Taken[] = [];
  const take = (text: string, from: number, to: number, cut: boolean): void => {
    found.push(cut ? [text, from, to, true] : [text, from, to]);
  };
  const splitter = lines(start, limit);
  const buffer = Buffer.alloc(Math.max(0, ...chunks.map(({ length }) => length)));
  for (const chunk of chunks) {
    buffer.set(chunk);
    splitter.push(buffer.subarray(0, chunk.length), take);
    buffer.fill(0x21);
  }
  splitter.flush(take);
  return found;
}

const cases: readonly (readonly [name: string, chunks: readonly string[], expected: readonly Taken[]])[] = [
  [
    'lines',
    ['a\nbc\n'],
    [
      ['a', 0, 2],
      ['bc', 2, 5],
    ],
  ],
  [
    'a line over three chunks',
    ['a', 'b', 'c\nd\n'],
    [
      ['abc', 0, 4],
      ['d', 4, 6],
    ],
  ],
  [
    'CR LF, also over two chunks',
    ['a\r\nb\r', '\nc\r\r\n'],
    [
      ['a', 0, 3],
      ['b', 3, 6],
      ['c\r', 6, 10],
    ],
  ],
  [
    'empty lines are covered by the next',
    ['\n\r\na\n\n', '\nb\n'],
    [
      ['a', 0, 5],
      ['b', 5, 9],
    ],
  ],
  [
    'an unfinished line when no more comes',
    ['a\nbc'],
    [
      ['a', 0, 2],
      ['bc', 2, 4],
    ],
  ],
  ['NUL stays', ['a\u0000b\n'], [['a\u0000b', 0, 4]]],
  [
    'as long as may be',
    ['12345678\n1\n'],
    [
      ['12345678', 0, 9],
      ['1', 9, 11],
    ],
  ],
  [
    'too long',
    ['123456789\n1\n'],
    [
      ['12345678', 0, 10, true],
      ['1', 10, 12],
    ],
  ],
  [
    'far too long over many chunks',
    ['12345', '67890', '12345', '67\n1\n'],
    [
      ['12345678', 0, 18, true],
      ['1', 18, 20],
    ],
  ],
  [
    'cut before a character it would split',
    ['1234567€9\n1\n'],
    [
      ['1234567', 0, 12, true],
      ['1', 12, 14],
    ],
  ],
  ['cut after a whole character', ['12345€9999\n'], [['12345€', 0, 13, true]]],
];
for (const [name, chunks, expected] of cases) {
  test(`lines: ${name}`, () => assert.deepEqual(taken(chunks.map((text) => Buffer.from(text))), expected));
}

test('lines: invalid UTF-8 becomes U+FFFD, also where chunks part', () => {
  assert.deepEqual(taken([Buffer.from([0x61, 0xe2, 0x82]), Buffer.from([0xac, 0xff, 0x0a])]), [['a€\ufffd', 0, 6]]);
});

test('lines: places count from where it starts', () => {
  assert.deepEqual(taken([Buffer.from('a\nb\n')], 8, 1000), [
    ['a', 1000, 1002],
    ['b', 1002, 1004],
  ]);
});

test('law: how the bytes are cut into chunks changes nothing, and nothing is left out', () => {
  const byte = fc.oneof(
    fc.constantFrom(0x0a, 0x0d, 0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac),
    fc.integer({ min: 0, max: 255 }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.array(byte, { maxLength: 12 }), { maxLength: 8 }),
      fc.integer({ min: 4, max: 10 }),
      (parts, limit) => {
        const whole = parts.flat();
        const found = taken(
          parts.map((part) => Uint8Array.from(part)),
          limit,
        );
        assert.deepEqual(found, taken([Uint8Array.from(whole)], limit));
        let at = 0;
        for (const [text, from, to] of found) {
          assert.equal(from, at);
          assert.ok(Buffer.byteLength(text) <= limit * 3, 'each byte may have become U+FFFD');
          at = to;
        }
        assert.ok(whole.slice(at).every((one) => one === 0x0a || one === 0x0d));
      },
    ),
    { numRuns: 2000 },
  );
});
