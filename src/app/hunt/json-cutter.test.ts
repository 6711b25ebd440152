import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JsonCutter, type JsonPiece } from './json-cutter.ts';

interface Cut {
  readonly records: readonly unknown[];
  readonly numbers: readonly number[];
  readonly damage: readonly string[];
}

/** `size`: bytes of a chunk. */
function cut(text: string, size = 7): Cut {
  const cutter = new JsonCutter();
  const bytes = Buffer.from(text);
  const pieces: (JsonPiece | undefined)[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(cutter.push(bytes.subarray(at, at + size)));
  pieces.push(cutter.end());
  const whole = pieces.filter((piece) => piece !== undefined);
  return {
    records: whole.flatMap((piece) =>
      Array.from(piece.numbers, (_, at) => {
        const record = Buffer.from(piece.bytes.subarray(piece.spans[2 * at], piece.spans[2 * at + 1]));
        return JSON.parse(record.toString()) as unknown;
      }),
    ),
    numbers: whole.flatMap((piece) => [...piece.numbers]),
    damage: whole.flatMap((piece) => piece.damage.map(({ record, reason }) => `${record} ${reason}`)),
  };
}

const A = { a: 1, b: { c: ['}', '{', '\\', '"'] }, d: [{ e: 2 }, [{ f: 3 }]] };
const B = { a: 'ü\u2028', g: null, h: '\\"}' };
const pretty = (value: unknown): string => JSON.stringify(value, undefined, 2);

const WHOLE: readonly (readonly [what: string, text: string, records: number])[] = [
  ['one after the other', JSON.stringify(A) + JSON.stringify(B), 2],
  ['a line each', `${JSON.stringify(A)}\n${JSON.stringify(B)}\n`, 2],
  ['pretty-printed', `${pretty(A)}\n${pretty(B)}`, 2],
  ['CR LF', `${pretty(A)}\n${pretty(B)}`.replaceAll('\n', '\r\n'), 2],
  ['an array', JSON.stringify([A, B]), 2],
  ['a pretty-printed array', pretty([A, B]), 2],
  ['arrays one after the other', `${pretty([A])}\n${pretty([B])}`, 2],
  ['a mark and record separators', `\ufeff\u001e${JSON.stringify(A)}\n\u001e${JSON.stringify(B)}\n`, 2],
  ['evtx_dump, which numbers them', `Record 1\n${pretty(A)}\nRecord 22\r\n${pretty(B)}\n`, 2],
  ['an empty array', '[]', 0],
  ['nothing', ' \n', 0],
];

for (const [what, text, count] of WHOLE) {
  test(`whole records: ${what}`, () => {
    for (const size of [1, 7, 4096]) {
      assert.deepEqual(cut(text, size), {
        records: [A, B].slice(0, count),
        numbers: [1, 2].slice(0, count),
        damage: [],
      });
    }
  });
}

const broken = (text: string, from: string, to: string): string => {
  assert.ok(text.includes(from));
  return text.replace(from, to);
};

/** Three records, the middle one damaged: the first and the last are there, and the damage has its number. */
const DAMAGED: readonly (readonly [what: string, middle: string, damage: string])[] = [
  ['a text without an end', broken(pretty(B), 'null', '"nu'), '2 has a line end inside a text'],
  ['cut off behind a value', pretty(A).slice(0, 11), '2 is not finished when the next one begins'],
  ['cut off behind a colon', pretty(A).slice(0, 30), '2 is not finished when the next one begins'],
  ['closes what is not open', broken(pretty(A), ']', '}'), '2 closes what is not open'],
  ['no JSON at all', 'Exception in thread "main"', '2 is no JSON object'],
];

for (const [what, middle, damage] of DAMAGED) {
  for (const inArray of [false, true]) {
    test(`damage${inArray ? ' in an array' : ''}: ${what}`, () => {
      const parts = [pretty(A), middle, pretty(B)];
      const text = inArray ? `[\n  ${parts.join(',\n').replaceAll('\n', '\n  ')}\n]\n` : parts.join('\n');
      for (const size of [1, 7, 4096])
        assert.deepEqual(cut(text, size), { records: [A, B], numbers: [1, 3], damage: [damage] });
    });
  }
}

test('a last record that breaks off is damage', () => {
  assert.deepEqual(cut(`${pretty(A)}\n${pretty(B).slice(0, -3)}`).damage, ['2 breaks off']);
});

test('a thousand levels are refused, and what follows is found', () => {
  const deep = `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`;
  assert.deepEqual(cut(`${deep}\n${JSON.stringify(A)}`), {
    records: [A],
    numbers: [2],
    damage: ['1 is nested too deeply'],
  });
});

test('law: whatever the records, their writing and the chunks, what goes in comes out', () => {
  const record = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
  const indent = fc.constantFrom(undefined, 1, 2, '\t');
  fc.assert(
    fc.property(fc.array(record), indent, fc.boolean(), fc.integer({ min: 1, max: 300 }), (records, by, list, size) => {
      const written = records.map((one) => JSON.stringify(one, undefined, by));
      const text = list ? JSON.stringify(records, undefined, by) : written.join('\n');
      const { records: found, damage } = cut(text, size);
      assert.deepEqual(damage, []);
      assert.deepEqual(found, JSON.parse(JSON.stringify(records)));
    }),
    { seed: 1, numRuns: 400 },
  );
});

test('law: no bytes make it throw or lose count', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', '\n', '  {', '{"a":1}'));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (parts, size) => {
      const cutter = new JsonCutter();
      const bytes = Buffer.from(parts.join(''));
      const numbers: number[] = [];
      for (let at = 0; at <= bytes.length; at += size) {
        const piece = at < bytes.length ? cutter.push(bytes.subarray(at, at + size)) : undefined;
        numbers.push(...(piece?.numbers ?? []), ...(piece?.damage ?? []).map(({ record }) => record));
      }
      const last = cutter.end();
      numbers.push(...(last?.numbers ?? []), ...(last?.damage ?? []).map(({ record }) => record));
      assert.deepEqual(
        numbers.toSorted((one, other) => one - other),
        numbers.map((_, at) => at + 1),
      );
    }),
    { seed: 1, numRuns: 600 },
  );
});
