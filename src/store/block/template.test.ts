/** Texts that follow each other's templates, but for what stands right beside a field: there a word must not lie across two pieces. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, newFields } from '#contract';
import { encodeColumns, viewBatch } from '../encoded-batch.ts';
import { matcher } from '../query/match.ts';
import { parseQuery } from '../query/parse.ts';
import { search } from '../query/search.ts';
import { encodeBlock, viewBlock } from './block.ts';

const SEED = 7;
const VALUES = ['abc', 'ab-', '-ab', 'ab.', '.ab', 'a.b', '/x/', 'ab7', '7ab', 'größe', 'é--'];
const NUMBERS = ['7', '42', '007', '100', '2026', '1234567890123456'];
const LINES = [
  '{v}{n}',
  '{n}{v}',
  '{v}.{n}',
  '{n}.{v}',
  '{v}x',
  'x{v}',
  '{v} {n}',
  'to {v}-{n}-01-15T08:00:00.000Z',
  '{t}{v}',
  '{t} {v}.{t}',
  '{n}.{n}.{n}.{n}{v}',
  '{v}{v}',
];

const event = fc
  .record({
    value: fc.constantFrom(...VALUES),
    number: fc.constantFrom(...NUMBERS),
    line: fc.constantFrom(...LINES),
    lacks: fc.boolean(),
    time: fc.integer({ min: 1_768_464_000_000, max: 1_768_464_900_000 }),
    tail: fc.nat(9999),
  })
  .map(({ value, number, line, lacks, time, tail }): Event => {
    const text = line
      .replaceAll('{v}', value)
      .replaceAll('{n}', number)
      .replaceAll('{t}', new Date(time).toISOString());
    const fields = { '@timestamp': time, 'event.ingested': time, ...(lacks ? {} : { 'file.path': value }) };
    // Different enough to be kept as templates.
    return Object.assign(newFields(), fields, { 'process.pid': Number(number), message: `${text} ${tail}` }) as Event;
  });

test('what lies across a dot and the number of another field is found', () => {
  const events = Array.from({ length: 150 }, (_, index) => {
    const port = 100 + (index % 70);
    const message = `from 203.0.113.7.${port} to abc.${port}.x ${index}`;
    return Object.assign(newFields(), {
      '@timestamp': index,
      'event.ingested': 0,
      'source.port': port,
      message,
    }) as Event;
  });
  const { bytes, filter } = encodeBlock([{ batch: 1, view: viewBatch(encodeColumns(events) ?? assert.fail()) }]);
  for (const q of [
    '203.0.113.7.100',
    '7.10',
    'abc.100',
    'bc.16',
    '"c.100.x"',
    'abc.1*.x',
    '/abc\\.10\\d\\.x/',
    'message:*7.1*',
  ]) {
    const query = parseQuery(q, 0);
    const match = matcher(query);
    const expected = events.flatMap((one, ordinal) => (match(one) ? [ordinal] : []));
    assert.ok(expected.length > 0, q);
    assert.ok(search(query).mayFind(filter), q);
    assert.deepEqual(search(query).find(viewBlock(bytes), {}), expected, q);
  }
});

test(`every piece of every text is found, and every text is read as it was (seed ${SEED})`, () => {
  let templates = 0;
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 150, maxLength: 150 }),
      fc.array(fc.tuple(fc.nat(149), fc.nat(20), fc.integer({ min: 1, max: 9 })), { minLength: 25, maxLength: 25 }),
      (events, cuts) => {
        const { bytes, filter } = encodeBlock([{ batch: 1, view: viewBatch(encodeColumns(events) ?? assert.fail()) }]);
        const view = viewBlock(bytes);
        for (const [ordinal, one] of events.entries()) assert.deepEqual(view.event(ordinal), one);
        const { columns } = view;
        const found = columns.data(columns.indexes.get('message') ?? -1);
        if (found.kind === 'texts' && found.texts.pieces().length > LINES.length) templates++;
        for (const [of, from, length] of cuts) {
          const piece = String(events[of]?.['message'])
            .toLowerCase()
            .slice(from, from + length);
          if (piece === '') continue;
          const query = { kind: 'word', pattern: { pieces: [piece], whole: false } } as const;
          const match = matcher(query);
          const expected = events.flatMap((one, ordinal) => (match(one) ? [ordinal] : []));
          const { find, mayFind } = search(query);
          assert.deepEqual(find(view, {}), expected, piece);
          assert.ok(expected.length === 0 || mayFind(filter), `the filter misses ${piece}`);
        }
      },
    ),
    // To shrink takes a minute and says little more.
    { seed: SEED, numRuns: 40, endOnFailure: true },
  );
  assert.ok(templates > 30, `${templates} blocks with templates`);
});
