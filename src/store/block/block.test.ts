import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { type Event, newFields } from '#contract';
import { encodeBatch, encodeColumns, viewBatch } from '../encoded-batch.ts';
import { encodeBlock, viewBlock } from './block.ts';
import { DamagedBatch } from './damage.ts';
import { readFilter, verifyFilter } from './filter.ts';
import { readParts, writeParts } from './parts.ts';
import type { BlockView } from './view.ts';

const SEED = 20_260_411;

const inColumns = (events: readonly Event[]): Uint8Array => encodeColumns(events) ?? assert.fail('too many fields');

function eventOf(fields: readonly (readonly [string, unknown])[]): Event {
  const event = newFields();
  event['@timestamp'] = 0;
  event['event.ingested'] = 0;
  for (const [name, value] of fields) {
    Object.defineProperty(event, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return event as Event;
}

const eventsOf = (view: { readonly count: number; event(ordinal: number): Event }): Event[] =>
  Array.from({ length: view.count }, (_, ordinal) => view.event(ordinal));

// Every code point, lone surrogates, numbers that columns of numbers must not take, names that are no names.
const word = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '\udc00x', '\u2028', '"\\', '\n', ''));
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 2 ** 53, -(2 ** 53), 1e300),
);
const scalar = fc.oneof(word, number, fc.boolean(), fc.constant(null));
const name = fc
  .oneof(word, fc.constantFrom('__proto__', 'constructor', '7', 'a', 'b', 'message'))
  .filter((text) => !text.startsWith('@') && text !== 'event.ingested');
const time = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constantFrom(-8.64e15, 8.64e15, 0.5, -0.5));
const anyEvents = fc.array(
  fc
    .tuple(time, fc.array(fc.tuple(name, fc.oneof(scalar, fc.array(scalar)))))
    .map(([at, fields]) => eventOf([...fields, ['@timestamp', at]])),
  { maxLength: 20 },
);

test(`what goes into columns and blocks comes out of them (seed ${SEED})`, () =>
  fc.assert(
    fc.property(anyEvents, (events) => {
      assert.deepEqual(eventsOf(viewBatch(inColumns(events))), events);
      const { bytes } = encodeBlock([{ batch: 1, view: viewBatch(inColumns(events)) }]);
      const view = viewBlock(bytes);
      assert.deepEqual(eventsOf(view), events);
      // Fields come in the order they were set in.
      for (const [ordinal, event] of events.entries())
        assert.deepEqual(Object.keys(view.event(ordinal)), Object.keys(event));
    }),
    { seed: SEED, numRuns: 400 },
  ));

/** Pieces that templates are made of, and what looks like them without being it. */
const piece = fc.oneof(
  fc.constantFrom(
    'user ',
    'root',
    'x7',
    ' ',
    '.',
    ':',
    'ü',
    '\0',
    '\u0004',
    '2026-01-15T08:00:00.020Z',
    '2026-02-30T08:00:00.020Z',
  ),
  fc.constantFrom(
    '1899-12-31T23:59:59.999Z',
    '2026-01-15T08:00:00.020Z7',
    '007',
    '00',
    '9007199254740993',
    '999999999999999',
    '\ud800',
    '/a b',
    '192.0.2.7',
  ),
  fc.nat(300).map(String),
  fc.nat().map((value) => String(value).padStart(12, '0')),
);
const lines = fc.array(
  fc.tuple(
    fc.array(piece, { maxLength: 6 }),
    fc.constantFrom('192.0.2.7', '/a b', 'root', 'ü'),
    fc.integer({ min: 90, max: 300 }),
    fc.nat(),
  ),
  { minLength: 80, maxLength: 200, size: 'max' },
);

test(`texts told by templates are the texts (seed ${SEED})`, () =>
  fc.assert(
    fc.property(lines, (made) => {
      const events = made.map(([pieces, peer, port, id], index) => {
        const line = pieces.join('');
        return eventOf([
          ['@timestamp', Date.UTC(2026, 0, 15, 8) + index / 2],
          ['peer', peer],
          ['port', port],
          ['line', `${line} ${id}`],
          ['message', `${peer}:${port} ${line} ${id} ${peer}`],
          ['event.original', `<13>Jan 15 08:00:00 ${peer}:${port} ${line} ${id} ${peer}`],
        ]);
      });
      const view = viewBlock(encodeBlock([{ batch: 1, view: viewBatch(encodeBatch(events).bytes) }]).bytes);
      assert.deepEqual(eventsOf(view), events);
    }),
    { seed: SEED, numRuns: 60 },
  ));

/** A log as programs write it: long enough for templates, with all forms of columns. */
const LOG = Array.from({ length: 700 }, (_, n) =>
  eventOf([
    ['@timestamp', 1_768_464_000_000 + n * 20],
    ['source.ip', `192.0.2.${n % 250}`],
    ['source.port', 1024 + n * 7],
    ['user.name', ['root', 'admin'][n % 2]],
    ['odd', [null, 1.5, true, ['a', 2]][n % 4]],
    [
      'message',
      `${n}: Failed password for ${['root', 'admin'][n % 2]} from 192.0.2.${n % 250} port ${1024 + n * 7} key ${n.toString(36)}x`,
    ],
  ]),
);
const sourcesOf = (events: readonly Event[], size: number, first = 1) =>
  Array.from({ length: Math.ceil(events.length / size) }, (_, index) => ({
    batch: first + index,
    view: viewBatch(encodeBatch(events.slice(index * size, (index + 1) * size)).bytes),
  }));

test('a block is a fraction of the rows, and its columns answer for themselves', () => {
  const block = encodeBlock(sourcesOf(LOG, 600));
  assert.ok(block.bytes.length < 700 * 20, `${block.bytes.length} bytes for 700 events`);
  assert.deepEqual([block.count, block.minTime, block.maxTime], [700, 1_768_464_000_000, 1_768_464_013_980]);
  const view = viewBlock(block.bytes);
  view.verify();
  assert.deepEqual(view.fields.toSorted(), Object.keys(LOG[0] ?? {}).toSorted());
  assert.equal(view.column('nobody.has'), undefined);
  const users = new Map<unknown, number>();
  view.column('user.name')?.tally((value, count) => users.set(value, (users.get(value) ?? 0) + count));
  assert.deepEqual(
    [...users],
    [
      ['root', 350],
      ['admin', 350],
    ],
  );
  const ports: unknown[] = [];
  view.column('source.port')?.tally((value) => ports.push(value), [3, 5]);
  assert.deepEqual(ports, [1045, 1059]);
  assert.equal(view.column('message')?.value(1), LOG[1]?.['message']);
  assert.equal(view.size(1), JSON.stringify(LOG[1]).length);
});

test('events keep their ids, through a block and a block of blocks', () => {
  const some = (from: number) => Uint32Array.from({ length: 40 }, (_, index) => from + index * 2);
  const first = encodeBlock(
    sourcesOf(LOG, 100, 7).map((source, index) => (index === 1 ? { ...source, ordinals: some(3) } : source)),
  );
  const rest = encodeBlock([
    { ...sourcesOf(LOG, 100, 7)[1], ordinals: some(4) } as Parameters<typeof encodeBlock>[0][number],
  ]);
  const again = encodeBlock([first, rest].map(({ bytes }) => ({ batch: 0, view: viewBlock(bytes) })));
  assert.deepEqual([first.firstBatch, first.lastBatch, again.firstBatch, again.count], [7, 13, 7, 680]);
  const view: BlockView = viewBlock(again.bytes);
  for (let ordinal = 0; ordinal < view.count; ordinal++) {
    const place = view.place(ordinal);
    assert.deepEqual(view.event(ordinal), LOG[(place.batch - 7) * 100 + place.ordinal]);
    assert.equal(view.find(place), ordinal);
  }
  for (const place of [
    { batch: 8, ordinal: 2 },
    { batch: 8, ordinal: 83 },
    { batch: 6, ordinal: 0 },
    { batch: 14, ordinal: 0 },
    { batch: 13, ordinal: 100 },
  ])
    assert.equal(view.find(place), undefined, JSON.stringify(place));
  assert.throws(() => view.place(680), RangeError);
});

test('an empty block is a block', () => {
  const { bytes, filter, view, ...rest } = encodeBlock([]);
  assert.equal(view.count, 0);
  assert.deepEqual(rest, { count: 0, minTime: 0, maxTime: 0, firstBatch: 0, lastBatch: 0 });
  viewBlock(bytes).verify();
  verifyFilter(filter);
});

test('every flipped bit of a block is noticed, or changes nothing', () => {
  const { bytes, filter } = encodeBlock(sourcesOf(LOG.slice(0, 90), 90));
  const whole = eventsOf(viewBlock(bytes));
  let unnoticed = 0;
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    try {
      const view = viewBlock(flipped);
      view.verify();
      assert.deepEqual(eventsOf(view), whole, `bit ${bit}`);
      assert.deepEqual(view.place(89), { batch: 1, ordinal: 89 });
      unnoticed++;
    } catch (error) {
      if (!(error instanceof DamagedBatch)) throw error;
    }
  }
  // Bits that a zstd frame does not need.
  assert.ok(unnoticed < 64, `${unnoticed} bits`);
  for (let bit = 0; bit < filter.length * 8; bit++) {
    const flipped = filter.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(readFilter(flipped), undefined, `bit ${bit}`);
    assert.throws(() => verifyFilter(flipped), DamagedBatch);
  }
});

test('a block cut anywhere is noticed', () => {
  const { bytes } = encodeBlock(sourcesOf(LOG.slice(0, 90), 90));
  for (let length = 0; length < bytes.length; length++)
    assert.throws(() => viewBlock(bytes.subarray(0, length)).verify(), DamagedBatch, `${length} bytes`);
});

/** A block whose parts are other bytes than were written, and whose checksums say that all is well. */
const forged = (bytes: Uint8Array, change: (parts: Buffer[]) => void): Uint8Array<ArrayBuffer> => {
  const read = readParts(bytes);
  const parts = Array.from({ length: read.length }, (_, index) => Buffer.from(read.part(index)));
  change(parts);
  return writeParts('block', read.count, parts);
};

test(`bytes that somebody forged are damage or events, and nothing else (seed ${SEED})`, () => {
  const { bytes } = encodeBlock(sourcesOf(LOG.slice(0, 120), 120));
  let damaged = 0;
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff), (part, at, value) => {
      const other = forged(bytes, (parts) => {
        const chosen = parts[part % parts.length] ?? Buffer.alloc(1);
        chosen[at % chosen.length] = value;
      });
      try {
        const view = viewBlock(other);
        eventsOf(view);
        void view.place(0);
      } catch (error) {
        if (!(error instanceof DamagedBatch)) throw error;
        damaged++;
      }
    }),
    { seed: SEED, numRuns: 1500 },
  );
  assert.ok(damaged > 100, `${damaged} times`);
});

test('lengths that nobody wrote make no room', () => {
  const { bytes } = encodeBlock(sourcesOf(LOG.slice(0, 90), 90));
  const before = process.memoryUsage().arrayBuffers;
  const lie = (at: number, value: number): Uint8Array => {
    const lying = bytes.slice();
    new DataView(lying.buffer).setUint32(at, value, true);
    const start = 12 + 16 * new DataView(lying.buffer).getUint16(2, true);
    new DataView(lying.buffer).setUint32(8, crc32(lying.subarray(12, start), crc32(lying.subarray(0, 8))), true);
    return lying;
  };
  // Events in all; the length of a part once it is inflated; its length as stored.
  for (const [at, value] of [
    [4, 0xffffffff],
    [4, 1_000_000],
    [16, 0xffffffff],
    [16, 5],
    [12, 0xffffffff],
  ] as const)
    assert.throws(() => viewBlock(lie(at, value)).verify(), DamagedBatch, `${at}: ${value}`);
  assert.ok(process.memoryUsage().arrayBuffers - before < 64 * 1024 * 1024);
});
