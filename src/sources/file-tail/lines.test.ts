import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodingOf } from './encoding.ts';
import { type LineFault, lines } from './lines.ts';

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

/** What comes of `whole`, cut in two at every place, always the same; and what was counted. */
function takenEveryWay(
  whole: Uint8Array,
  limit: number,
): { found: Taken[]; counted: Partial<Record<LineFault, number>> } {
  const results = Array.from({ length: whole.length }, (_, cut) => {
    const counted: Partial<Record<LineFault, number>> = {};
    const found: Taken[] = [];
    const splitter = lines(0, limit, { count: (fault, by) => (counted[fault] = (counted[fault] ?? 0) + by) });
    const take = (text: string, from: number, to: number, isCut: boolean): void => {
      found.push(isCut ? [text, from, to, true] : [text, from, to]);
    };
    for (const part of [whole.subarray(0, cut), whole.subarray(cut)]) splitter.push(Buffer.from(part), take);
    splitter.flush(take);
    return { found, counted };
  });
  for (const other of results) assert.deepEqual(other, results[0]);
  return results[0] ?? { found: [], counted: {} };
}

const le = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
const be = (text: string): Buffer => Buffer.from(le(text)).swap16();
const raw = (...bytes: number[]): Buffer => Buffer.from(bytes);

const encoded: readonly (readonly [
  name: string,
  bytes: Uint8Array,
  expected: readonly Taken[],
  counted?: Partial<Record<LineFault, number>>,
])[] = [
  [
    'a UTF-8 mark is no text',
    Buffer.from('\ufeffa\nb'),
    [
      ['a', 0, 5],
      ['b', 5, 6],
    ],
  ],
  ['nothing but a mark', Buffer.from('\ufeff'), []],
  ['half a mark is bytes like others', raw(0xef, 0xbb), [['\ufffd', 0, 2]], { invalid_utf8: 1 }],
  [
    'UTF-16 LE',
    le('aé\r\n€😀\nend'),
    [
      ['aé', 0, 10],
      ['€😀', 10, 18],
      ['end', 18, 24],
    ],
  ],
  [
    'UTF-16 BE',
    be('aé\r\n€😀\nend'),
    [
      ['aé', 0, 10],
      ['€😀', 10, 18],
      ['end', 18, 24],
    ],
  ],
  ['UTF-16: bytes that look like an LF', le('\u0a0a\u0a00\u000b\n'), [['\u0a0a\u0a00\u000b', 0, 10]]],
  ['UTF-16 BE: bytes that look like an LF', be('\u0a0a\u000a'), [['\u0a0a', 0, 6]]],
  ['UTF-16: half a pair', le('a\ud800b\n'), [['a\ufffdb', 0, 10]], { invalid_utf16: 1 }],
  [
    'UTF-16: cut before a pair',
    le('abc😀\nd\n'),
    [
      ['abc', 0, 14, true],
      ['d', 14, 18],
    ],
    { cut_bytes: 4 },
  ],
  ['UTF-16: a hole', le('\0\0a\n'), [['a', 0, 10]], { nul_bytes: 4 }],
  ['UTF-16: ends with half a unit', Buffer.concat([le('a'), raw(0x62)]), [['a', 0, 5]], { invalid_utf16: 1 }],
  [
    'a hole before a line',
    Buffer.from('a\n\0\0\0b\nc\n'),
    [
      ['a', 0, 2],
      ['b', 2, 7],
      ['c', 7, 9],
    ],
    { nul_bytes: 3 },
  ],
  ['a hole that is longer than a line may be', Buffer.from(`${'\0'.repeat(30)}a\n`), [['a', 0, 32]], { nul_bytes: 30 }],
  ['nothing but a hole', Buffer.from('\0\0\0'), [], { nul_bytes: 3 }],
  [
    'invalid UTF-8',
    raw(0x61, 0xff, 0x0a, 0x62, 0x0a),
    [
      ['a\ufffd', 0, 3],
      ['b', 3, 5],
    ],
    { invalid_utf8: 1 },
  ],
  ['the rest of a long line', Buffer.from('1234567890\n'), [['12345678', 0, 11, true]], { cut_bytes: 2 }],
];
for (const [name, bytes, expected, counted = {}] of encoded) {
  test(`encodings, however the bytes are cut: ${name}`, () => {
    assert.deepEqual(takenEveryWay(bytes, 8), { found: expected, counted });
  });
}

test('after a restart the encoding is told', () => {
  const bytes = le('a\nb\n');
  const known = encodingOf(bytes)?.encoding;
  const found: string[] = [];
  lines(6, 8, { encoding: known }).push(bytes.subarray(6), (text) => found.push(text));
  assert.deepEqual(found, ['b']);
});

/** Line ends, holes and marks. */
const isNoText = [0, 0x0a, 0x0d, 0xef, 0xbb, 0xbf, 0xff, 0xfe];

test('law: how the bytes are cut into chunks changes nothing, and nothing is left out', () => {
  const byte = fc.oneof(
    fc.constantFrom(0, 0x0a, 0x0d, 0x61, 0xef, 0xbb, 0xbf, 0xff, 0xfe, 0xc3, 0xa9, 0xe2, 0x82, 0xac),
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
        assert.ok(whole.slice(at).every((one) => isNoText.includes(one)));
      },
    ),
    { numRuns: 2000 },
  );
});
