import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withoutComments, XmlCutter } from './xml-cutter.ts';

interface Cut {
  readonly records: readonly string[];
  readonly numbers: readonly number[];
  readonly damage: readonly string[];
}

/** `size`: bytes of a chunk. */
function cut(text: string, size: number): Cut {
  const cutter = new XmlCutter();
  const bytes = Buffer.from(text);
  const pieces = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(cutter.push(bytes.subarray(at, at + size)));
  pieces.push(cutter.end());
  const whole = pieces.filter((piece) => piece !== undefined);
  return {
    records: whole.flatMap((piece) =>
      Array.from(piece.numbers, (_, at) =>
        Buffer.from(piece.bytes.subarray(piece.spans[2 * at], piece.spans[2 * at + 1])).toString(),
      ),
    ),
    numbers: whole.flatMap((piece) => [...piece.numbers]),
    damage: whole.flatMap((piece) => piece.damage.map(({ record, reason }) => `${record} ${reason}`)),
  };
}

const A = `<Event xmlns='x'><System><EventID>1</EventID></System>\n <EventData>ü</EventData></Event>`;
const B = '<Event>\r\n  <System/>\r\n</Event>';

const CASES: readonly (readonly [what: string, text: string, records: readonly string[], damage: readonly string[]])[] =
  [
    ['one', A, [A], []],
    ['one after the other', A + B + A, [A, B, A], []],
    ['a line each', `${A}\n${B}\n`, [A, B], []],
    ['within Events', `\ufeff<?xml version="1.0"?>\n<Events>\n${A}${B}</Events>\n`, [A, B], []],
    ['as evtx_dump numbers them', `Record 1\n<?xml version="1.0"?>\n${A}\nRecord 12\r\n${B}\n`, [A, B], []],
    ['broken off', `${A}\n<Event><System>`, [A], ['2 breaks off']],
    ['broken off in the middle', `<Event><System>\n${A}`, [A], ['1 is not finished when the next one begins']],
    ['something between', `${A}\nwhat is this\n${B}`, [A, B], ['2 is no event']],
    ['an end too many', `${A}</Event>${B}`, [A, B], ['2 has no beginning']],
    ['another element of such a name', '<EventViewer></EventViewer>', [], ['1 is no event']],
    ['nothing', ' \n', [], []],
  ];

test('comments that have no end do not cost an end each', () => {
  const text = '<!--'.repeat(100_000);
  assert.equal(withoutComments(text), text);
  assert.equal(withoutComments('a<!-- b -->c<!----><!-- d'), 'ac<!-- d');
});

for (const [what, text, records, damage] of CASES) {
  test(`events as XML: ${what}`, () => {
    for (const size of [1, 7, 4096]) {
      const found = cut(text, size);
      assert.deepEqual(found.records, records);
      assert.deepEqual(found.damage, damage);
    }
  });
}

test('whatever it is, each number is given once', () => {
  const part = fc.constantFrom(A, B, '<Event>', '</Event>', '\n', 'x', '<Events>');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.integer({ min: 1, max: 200 }), (parts, size) => {
      const { numbers, damage } = cut(parts.join(''), size);
      const all = [...numbers, ...damage.map((one) => Number.parseInt(one, 10))].toSorted((one, other) => one - other);
      assert.deepEqual(
        all,
        all.map((_, at) => at + 1),
      );
    }),
    { seed: 1 },
  );
});

test('an event without an end is given up before it fills the memory', () => {
  const cutter = new XmlCutter();
  cutter.push(Buffer.from('<Event>'));
  const chunk = Buffer.alloc(1024 * 1024, 120);
  const damage = Array.from({ length: 20 }, () => cutter.push(chunk)).flatMap((piece) => piece?.damage ?? []);
  assert.equal(damage[0]?.reason, 'is longer than 16 MiB');
});
