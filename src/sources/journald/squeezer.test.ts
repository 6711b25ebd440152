import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ALLOWANCE, squeezer } from './squeezer.ts';

function squeeze(line: Buffer, cuts: readonly number[] = []): string {
  const one = squeezer();
  let from = 0;
  for (const cut of [...cuts.filter((at) => at < line.length).toSorted((a, b) => a - b), line.length]) {
    one.push(line.subarray(from, cut));
    from = cut;
  }
  return one.end();
}
const squeezed = (value: unknown): unknown => JSON.parse(squeeze(Buffer.from(JSON.stringify(value))));

const long = 'x'.repeat(ALLOWANCE.other);
const cases: readonly (readonly [what: string, from: unknown, to: unknown])[] = [
  ['what is short stays', { A: 'b', C: [1, 2], D: ['x', 'y'], E: null }, { A: 'b', C: [1, 2], D: ['x', 'y'], E: null }],
  ['a long text is cut', { A: long, B: 'c' }, { A: long.slice(1), B: 'c' }],
  ['a repeated field that is long is left out', { A: [long, 'b'], B: 'c' }, { A: null, B: 'c' }],
  ['names and values that look like JSON are text', { A: '{"B":"c",["', B: '\\"},' }, { A: '{"B":"c",["', B: '\\"},' }],
];
for (const [what, from, to] of cases) {
  test(`squeezing: ${what}`, () => assert.deepEqual(squeezed(from), to));
}

test('bytes are cut at a number', () => {
  const bytes = Array.from({ length: 10_000 }, () => 254);
  const { A: kept } = squeezed({ A: bytes }) as { A: number[] };
  assert.ok(kept.length > 1000 && kept.length < 10_000);
  assert.ok(kept.every((byte) => byte === 254));
});

test('an address and a message are kept however much stands before them', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`F${i}`, long]));
  const {
    __CURSOR: cursor,
    MESSAGE: message,
    ...others
  } = squeezed({
    ...many,
    MESSAGE: 'm'.repeat(300_000),
    __CURSOR: 's=1',
  }) as Record<string, string | null>;
  assert.equal(cursor, 's=1');
  assert.equal(message?.length, 300_000);
  assert.ok(JSON.stringify(others).length < ALLOWANCE.othersInAll + 4096);
});

test('what is no object is nothing', () => assert.equal(squeeze(Buffer.from('[1,2]x"')), ''));

test('wherever a text is cut, through an escape or a character, JSON comes out and it begins the text', () => {
  const text = fc.array(fc.constantFrom('a', 'ä', '€', '😀', '"', '\\', '\n', '\u0001', '\u007f'), { maxLength: 40 });
  const law = fc.property(text, fc.integer({ min: 0, max: 60 }), fc.array(fc.nat(20_000)), (end, pad, cuts) => {
    const value = 'y'.repeat(ALLOWANCE.other - pad) + end.join('');
    const line = Buffer.from(JSON.stringify({ A: value, B: 'c' }));
    const result = JSON.parse(squeeze(line, cuts)) as { A: string; B: string };
    assert.equal(result.B, 'c');
    assert.ok(value.startsWith(result.A));
    assert.ok(result.A.length >= Math.min(value.length, ALLOWANCE.other - 80));
  });
  fc.assert(law, { seed: 1, numRuns: 300 });
});

test('objects within the allowances come out as they went in, in whatever pieces', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.nat(255)),
    fc.array(fc.string()),
    fc.constant(null),
  );
  const entry = fc.dictionary(fc.stringMatching(/^[A-Z_]{1,20}$/), value, { minKeys: 1, noNullPrototype: true });
  const law = fc.property(entry, fc.array(fc.nat(300)), (object, cuts) => {
    const line = Buffer.from(JSON.stringify(object));
    assert.deepEqual(JSON.parse(squeeze(line, cuts)), JSON.parse(line.toString()));
  });
  fc.assert(law, { seed: 1, numRuns: 300 });
});
