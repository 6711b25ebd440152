import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS, type SourceTag } from '#contract';
import { decodeBody } from './agent-receiver.ts';

fc.configureGlobal({ seed: 1 });

const tag: SourceTag = { id: 'http', agent: 'local', host: 'nas', type: 'json' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (text: string) => decodeBody(bytes(text), tag, 7);

/** What came of it in a line: the values of `n`, then `!index` for each refused record. */
function outcome(text: string): string {
  const body = decode(text);
  if (body === undefined) return 'not JSON';
  return [
    ...body.records.map(({ fields }) => String(fields?.['n'])),
    ...body.rejected.map(({ index }) => `!${index}`),
  ].join(' ');
}

const bodies: readonly (readonly [name: string, body: string, outcome: string])[] = [
  ['one object', '{"n":1}', '1'],
  ['one object and a line end', '{"n":1}\r\n', '1'],
  ['byte order mark and blanks before it', '\ufeff \n\t{"n":1}', '1'],
  ['one object over several lines', '{\n  "n": 1,\n  "m": {\n    "k": 2\n  }\n}\n', '1'],
  ['an array', '[{"n":1},{"n":2}]', '1 2'],
  ['an array over several lines', '[\n {"n":1},\n {"n":2}\n]\n', '1 2'],
  ['an array that begins on the line of its first element', '[{"n":1},\n{"n":2}]', '1 2'],
  ['an empty array', '[]', ''],
  ['an array with others than objects', '[1,{"n":1},null,[{"n":2}],"x",{"n":3}]', '1 3 !0 !2 !3 !4'],
  ['lines', '{"n":1}\n{"n":2}\n{"n":3}', '1 2 3'],
  ['lines with CR, blank ones between', '{"n":1}\r\n\r\n  \n{"n":2}\r\n', '1 2'],
  ['lines with a broken one', '{"n":1}\n\n{"n":\n{"n":3}', '1 3 !1'],
  ['lines with a broken first one', 'oops\n{"n":2}', '2 !0'],
  ['lines with an array among them', '{"n":1}\n[{"n":2}]', '1 !1'],
  ['lines with an array first', '[{"n":1}]\n{"n":2}', '2 !0'],
  ['a number', '42', '!0'],
  ['a broken array', '[\n{"n":1},\n{"n":2}', 'not JSON'],
  ['half an object', '{"n":', 'not JSON'],
  ['half an object over lines', '{\n"n": 1,\n', 'not JSON'],
  ['a form', 'host=nas&message=hello', 'not JSON'],
  ['plain lines', 'Nov 20 11:09:35 nas sshd[1]: hello\nanother', 'not JSON'],
  ['nothing', '', 'not JSON'],
  ['blanks', ' \r\n\n', 'not JSON'],
];

for (const [name, body, expected] of bodies) test(`a body: ${name}`, () => assert.equal(outcome(body), expected));

const nested = (levels: number): string => '{"n":'.repeat(levels) + '1' + '}'.repeat(levels);
const wide = (fields: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: fields }, (_, n) => [`f${n}`, n])));
const long = (length: number): string => JSON.stringify({ n: 'x'.repeat(length - 1) });

const refused: readonly (readonly [name: string, record: string, reason: RegExp | undefined])[] = [
  ['as deep as may be', nested(LIMITS.depth), undefined],
  ['too deep', nested(LIMITS.depth + 1), /deeper than 32/],
  ['so deep that recursion would fail', nested(100_000), /deeper than 32/],
  ['as wide as may be', wide(LIMITS.fields), undefined],
  ['too wide', wide(LIMITS.fields + 1), /more than 1000 fields/],
  ['as long as may be', long(LIMITS.bytes), undefined],
  ['too long', long(LIMITS.bytes + 1), /longer than 1048576/],
];

for (const [name, record, reason] of refused) {
  test(`a record: ${name}`, () => {
    for (const body of [`{"n":0}\n${record}\n{"n":2}`, `[{"n":0},${record},{"n":2}]`]) {
      const decoded = decode(body);
      assert.equal(decoded?.records.length, reason === undefined ? 3 : 2);
      if (reason === undefined) continue;
      assert.equal(decoded?.rejected.length, 1);
      assert.equal(decoded?.rejected[0]?.index, 1);
      assert.match(decoded?.rejected[0]?.reason ?? '', reason);
    }
  });
}

test('a record carries source, time and its fields, and nothing is assumed of its delivery', () => {
  assert.deepEqual(decode('{"host":"nas","message":"hello"}')?.records, [
    { source: tag, received: 7, text: '', fields: { host: 'nas', message: 'hello' } },
  ]);
});

test('names of the prototype are only names', () => {
  const fields = decode('{"__proto__":{"polluted":1},"constructor":2}')?.records[0]?.fields ?? {};
  assert.deepEqual(Object.keys(fields), ['__proto__', 'constructor']);
  assert.equal(Object.getPrototypeOf(fields), Object.prototype);
  assert.equal('polluted' in {}, false);
});

test('invalid UTF-8 is replaced', () => {
  const body = Buffer.concat([bytes('{"n":"a'), Buffer.from([0xff, 0xc3]), bytes('b"}')]);
  assert.equal(decodeBody(body, tag, 7)?.records[0]?.fields?.['n'], 'a\ufffd\ufffdb');
});

test('law: any bytes are decoded or refused, never thrown at', () => {
  const jsonLike = fc.array(
    fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\n', ' ', '1', '\\', 'null', '{"a":1}', '\u0000', '\ufeff'),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        jsonLike.map((parts) => bytes(parts.join(''))),
      ),
      (body) => {
        const decoded = decodeBody(body, tag, 7);
        if (decoded === undefined) return;
        const places = decoded.rejected.map(({ index }) => index);
        assert.deepEqual(
          places,
          [...new Set(places)].toSorted((a, b) => a - b),
        );
        assert.ok(places.every((place) => place < decoded.records.length + places.length));
      },
    ),
    { numRuns: 3000 },
  );
});

test('law: good and bad records add up, in order, in both forms', () => {
  const good = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  const bad = fc.constantFrom('1', 'null', '"x"', '[]', '[{}]');
  const item = fc.oneof(
    good.map((value) => ({ text: JSON.stringify(value), good: true })),
    bad.map((text) => ({ text, good: false })),
  );
  fc.assert(
    fc.property(fc.array(item, { minLength: 2, maxLength: 20 }), (items) => {
      const expected = items.filter((one) => one.good).map(({ text }) => text);
      const badPlaces = items.flatMap((one, place) => (one.good ? [] : [place]));
      for (const body of [items.map(({ text }) => text).join('\n'), `[${items.map(({ text }) => text).join(',')}]`]) {
        const decoded = decode(body);
        assert.deepEqual(
          decoded?.records.map(({ fields }) => JSON.stringify(fields)),
          expected,
        );
        assert.deepEqual(
          decoded?.rejected.map(({ index }) => index),
          badPlaces,
        );
      }
    }),
    { numRuns: 500 },
  );
});
