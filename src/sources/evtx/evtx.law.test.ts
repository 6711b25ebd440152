/** Whatever the bytes are: nothing is thrown, nothing goes on without end, and one chunk's damage is its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evtxText, type EvtxItem, isEvtxDamage, readEvtx, readEvtxContent } from './index.ts';
import { element, evtxChunk, evtxFile, slot, value, type WrittenRecord } from './writer.fixture.ts';

const SEED = 1;
const CHUNK = 65_536;
const HEADER = 4096;

const data = element(
  'EventData',
  {},
  element('Data', { Name: ['Image'] }, slot(0)),
  element('Data', { Name: ['List'] }, slot(1, 0x81)),
  element('Data', {}, slot(2, 0x13), { entity: 'amp' }, 'x'),
  element('Data', {}, slot(3, 0x12)),
);
const event = element(
  'Event',
  { xmlns: ['urn:x'] },
  element('System', {}, element('EventID', { q: [slot(2)] }, slot(0, 6))),
  slot(1, 0x21),
);

function record(id: number): WrittenRecord {
  const values = [
    value.string(`C:\\${id}.exe`),
    value.strings('a', 'b'),
    value.bytes(0x13, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0),
    { type: 0x12, bytes: Buffer.alloc(16) },
  ];
  const fragment = value.fragment({ template: data, values });
  return { id, body: { template: event, values: [value.number(6, 2, id), fragment, value.none] } };
}

const chunks = [1, 11, 21].map((first) => evtxChunk(Array.from({ length: 10 }, (_, index) => record(first + index))));
const whole = evtxFile(chunks);
const used = chunks[1]?.readUInt32LE(48) ?? 0;

/** What a byte, a cut, a swap do to the bytes that are used. */
const place = (from: number, to: number): fc.Arbitrary<number> => fc.integer({ min: from, max: to - 1 });
const change = (from: number, to: number): fc.Arbitrary<(log: Buffer) => void> =>
  fc.oneof(
    fc.tuple(place(from, to), fc.integer({ min: 0, max: 255 })).map(
      ([at, byte]) =>
        (log: Buffer) =>
          void (log[at] = byte),
    ),
    fc
      .tuple(place(from, to - 4), fc.constantFrom(0, 1, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 65_530, 512))
      .map(
        ([at, word]) =>
          (log: Buffer) =>
            void log.writeUInt32LE(word, at),
      ),
    fc.tuple(place(from, to - 64), place(from, to - 64), fc.integer({ min: 1, max: 64 })).map(
      ([one, other, size]) =>
        (log: Buffer) =>
          void log.copyWithin(one, other, other + size),
    ),
    fc.tuple(place(from, to - 64), fc.integer({ min: 1, max: 64 })).map(
      ([at, size]) =>
        (log: Buffer) =>
          void log.fill(0, at, at + size),
    ),
  );

function read(log: Uint8Array): readonly EvtxItem[] {
  const items = [...readEvtx(log)];
  // Every item moves on by the smallest record at least, or is one of a torn record's two.
  assert.ok(items.length <= 2 * (log.length / 28) + 2);
  for (const item of items) {
    assert.ok(item.at >= 0 && item.at <= log.length);
    if (!isEvtxDamage(item)) assert.ok(evtxText(item).length < 4_000_000);
  }
  return items;
}

const inChunk = (items: readonly EvtxItem[], index: number): readonly EvtxItem[] =>
  items.filter(({ at }) => at >= HEADER + index * CHUNK && at < HEADER + (index + 1) * CHUNK);

test('a changed chunk is read without a throw, and the others as ever', () => {
  const good = read(whole);
  const from = HEADER + CHUNK;
  fc.assert(
    fc.property(fc.array(change(from + 128, from + used), { minLength: 1, maxLength: 8 }), (changes) => {
      const log = Buffer.from(whole);
      for (const apply of changes) apply(log);
      const items = read(log);
      assert.deepEqual(inChunk(items, 0), inChunk(good, 0));
      assert.deepEqual(inChunk(items, 2), inChunk(good, 2));
      if (log.compare(whole) !== 0) assert.ok(inChunk(items, 1).some(isEvtxDamage), 'a change goes unnoticed');
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

test('a changed chunk whose checksums are left out is read without a throw', () => {
  const one = evtxFile(chunks.slice(0, 1));
  one.writeUInt32LE(4, HEADER + 120);
  fc.assert(
    fc.property(fc.array(change(HEADER + 512, HEADER + used), { minLength: 1, maxLength: 4 }), (changes) => {
      const log = Buffer.from(one);
      for (const apply of changes) apply(log);
      read(log);
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

test('bytes of any kind', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => void read(bytes)),
    { seed: SEED, numRuns: 200 },
  );
});

test('a log that is cut, and comes in pieces, is read as one', async () => {
  await fc.assert(
    fc.asyncProperty(
      place(0, whole.length),
      fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1 }),
      async (end, sizes) => {
        const log = whole.subarray(0, end);
        const items: EvtxItem[] = [];
        for await (const some of readEvtxContent(pieces(log, sizes))) items.push(...some);
        assert.deepEqual(items, read(log));
      },
    ),
    { seed: SEED, numRuns: 60 },
  );
});

async function* pieces(log: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, index = 0; at < log.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    yield log.subarray(at, at + size);
    at += size;
  }
}
