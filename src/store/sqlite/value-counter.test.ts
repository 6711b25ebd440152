/** Counting texts in bytes: as a Map of strings does it, whatever the texts are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainList } from '../block/plain-list.ts';
import { type Room, valueCounter } from './value-counter.ts';

const SEED = 20_261_124;
const PLENTY: Room = { texts: 1e6, characters: 1e9 };

const listOf = (texts: readonly string[]) => plainList(Buffer.from(JSON.stringify(texts)), texts.length);

/** What it should say. */
function expected(pairs: readonly (readonly [text: string, times: number])[]) {
  const counts = new Map<string, number>();
  for (const [text, times] of pairs) counts.set(text, (counts.get(text) ?? 0) + times);
  const all = Array.from(counts, ([value, count]) => ({ value, count }));
  return all.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

const anyText = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'root', '192.0.2.7', 'ü', '"', '\\', 'a\nb', '\ud800', '\udc00', '\ufffd'),
  fc.string({ maxLength: 6 }),
  fc.nat(300).map((n) => `192.0.2.${n}`),
);
const part = fc.record({
  texts: fc.array(fc.tuple(anyText, fc.integer({ min: 1, max: 9 })), { maxLength: 60 }),
  listed: fc.boolean(),
});

test(`texts one by one and in lists are counted as by a Map (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.nat(12), (parts, most) => {
      const counter = valueCounter(PLENTY);
      for (const { texts, listed } of parts) {
        const unique = [...new Map(texts)];
        const list = listed ? listOf(unique.map(([each]) => each)) : undefined;
        const pairs = listed ? unique : texts;
        if (list !== undefined)
          counter.addList(
            list,
            Float64Array.from(pairs, ([, times]) => times),
          );
        else for (const [each, times] of pairs) counter.add(each, times);
      }
      const all = expected(parts.flatMap(({ texts, listed }) => (listed ? [...new Map(texts)] : texts)));
      assert.deepEqual(counter.sorted(), all);
      assert.deepEqual(counter.sorted(most), all.slice(0, most));
      assert.equal(counter.size(), all.length);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('it grows, and what it has no room for is left out', () => {
  const texts = Array.from({ length: 5000 }, (_, n) => `10.${n % 256}.${n >> 8}.1`);
  const list = listOf(texts) ?? assert.fail('they are plain');
  const ones = new Float64Array(5000).fill(1);
  for (const [what, room, kept] of [
    ['room for all', PLENTY, 5000],
    ['room for so many texts', { ...PLENTY, texts: 3000 }, 3000],
    ['room for so many characters', { ...PLENTY, characters: 8 }, 1],
  ] as const) {
    const counter = valueCounter(room);
    counter.addList(list, ones);
    counter.addList(list, ones);
    counter.add('ü', 3);
    const more = kept === 5000 ? 1 : 0;
    assert.equal(counter.size(), kept + more, what);
    assert.equal(counter.leftOut(), (5000 - kept) * 2 + (more === 1 ? 0 : 3), what);
    assert.deepEqual(
      counter.sorted(2).map(({ count }) => count),
      [2 + more, 2].slice(0, kept + more),
      what,
    );
  }
});

/** Texts of the one hash that the counter makes of them: FNV-1a keeps two equal states equal, whatever follows. */
function colliding(pairs: number): string[] {
  const step = (hash: number, text: string): number => {
    let state = hash;
    for (const letter of text) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193);
    return state;
  };
  let texts = [''];
  for (let pair = 0, state = 0x811c9dc5; pair < pairs; pair++) {
    const known = new Map<number, string>();
    for (let n = 0; ; n++) {
      const text = n.toString(36).padStart(6, '0');
      const after = step(state, text);
      const twin = known.get(after);
      if (twin !== undefined) {
        texts = texts.flatMap((before) => [before + twin, before + text]);
        state = after;
        break;
      }
      known.set(after, text);
    }
  }
  return texts;
}

test('texts chosen so that all have one hash are counted too', () => {
  const texts = colliding(9);
  assert.equal(new Set(texts).size, 512);
  const counter = valueCounter(PLENTY);
  const list = listOf(texts) ?? assert.fail('they are plain');
  for (let round = 0; round < 2; round++) counter.addList(list, new Float64Array(512).fill(1));
  for (const each of texts) counter.add(each);
  assert.equal(counter.size(), 512);
  assert.ok(counter.sorted().every(({ count }) => count === 3));
});

test('a list is plain only where nothing but plain texts stand in it', () => {
  for (const [json, count, plain] of [
    ['["a","b"]', 2, true],
    ['[""]', 1, true],
    ['["a","b"]', 1, false],
    ['["a","b"]', 3, false],
    ['["a"]x', 1, false],
    ['["a", "b"]', 2, false],
    ['["a\\n"]', 1, false],
    ['["a\\""]', 1, false],
    ['["ü"]', 1, false],
    ['["a",1]', 2, false],
    ['["a",["b"]]', 2, false],
    ['["a"', 1, false],
    ['["a', 1, false],
    ['[]', 0, false],
    ['', 1, false],
  ] as const)
    assert.equal(plainList(Buffer.from(json), count) !== undefined, plain, `${json} as ${count}`);
});
