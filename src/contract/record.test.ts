import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkRecord, LIMITS, type RecordFault } from './record.ts';
import { recordSchema } from './record.schema.ts';

/** An object `levels` deep. */
function nested(levels: number, inner: unknown = 1): unknown {
  let value = inner;
  for (let n = 0; n < levels; n++) value = { n: value };
  return value;
}
const wide = (fields: number): unknown => Object.fromEntries(Array.from({ length: fields }, (_, n) => [n, n]));

const cases: readonly (readonly [name: string, value: unknown, fault: RecordFault | undefined])[] = [
  ['nothing in it', {}, undefined],
  ['without a prototype', Object.assign(Object.create(null), { a: 1 }), undefined],
  ['names of the prototype', JSON.parse('{"__proto__":{"a":1},"constructor":1}'), undefined],
  ['null', null, 'not_an_object'],
  ['an array', [{}], 'not_an_object'],
  ['a text', 'x', 'not_an_object'],
  ['nothing', undefined, 'not_an_object'],
  ['as deep as may be', nested(LIMITS.depth), undefined],
  ['too deep', nested(LIMITS.depth + 1), 'too_deep'],
  ['too deep by an empty array', nested(LIMITS.depth, []), 'too_deep'],
  ['as many fields as may be', wide(LIMITS.fields), undefined],
  ['too many fields', wide(LIMITS.fields + 1), 'too_many_fields'],
  ['too many elements', { a: Array.from({ length: LIMITS.fields }, () => 1) }, 'too_many_fields'],
  ['as long as may be', { a: 'x'.repeat(LIMITS.bytes - 1) }, undefined],
  ['too long', { a: 'x'.repeat(LIMITS.bytes) }, 'too_long'],
  ['too long by a name', { ['x'.repeat(LIMITS.bytes + 1)]: 1 }, 'too_long'],
  ['too long all together', { a: 'x'.repeat(LIMITS.bytes / 2), b: ['y'.repeat(LIMITS.bytes / 2)] }, 'too_long'],
];
for (const [name, value, fault] of cases) {
  test(`a record: ${name}`, () => {
    assert.equal(checkRecord(value), fault);
    assert.equal(recordSchema.safeParse(value).success, fault === undefined);
  });
}

test('depth that would break recursion is refused', () => assert.equal(checkRecord(nested(1_000_000)), 'too_deep'));

test('law: checkRecord and recordSchema agree, near the limits too', () => {
  const text = fc.oneof(
    fc.string(),
    fc.integer({ min: -2, max: 2 }).map((off) => 'x'.repeat(LIMITS.bytes / 4 + off)),
  );
  const grown = fc.oneof(
    { weight: 2, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.dictionary(fc.string(), text, { maxKeys: 5 }) },
    { weight: 1, arbitrary: fc.integer({ min: LIMITS.fields - 3, max: LIMITS.fields + 2 }).map(wide) },
    { weight: 1, arbitrary: fc.array(fc.jsonValue(), { maxLength: 5 }).map((list) => ({ list })) },
  );
  const value = fc
    .tuple(fc.oneof(fc.constant(0), fc.integer({ min: 26, max: 34 })), grown)
    .map(([levels, inner]) => nested(levels, inner));
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(value, (record) => {
      const taken = checkRecord(record) === undefined;
      seen[taken ? 'taken' : 'refused']++;
      assert.equal(recordSchema.safeParse(record).success, taken);
    }),
    { seed: 1, numRuns: 1000 },
  );
  assert.ok(seen.taken > 100 && seen.refused > 100, JSON.stringify(seen));
});
