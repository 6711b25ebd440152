/** Whole values in columns of texts, which are told by templates and by each other; and the letters that their words are made of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, newFields } from '#contract';
import { encodeBlock, viewBlock } from '../block/block.ts';
import { gramsIn, listGrams, readGrams } from '../block/grams.ts';
import { viewBatch, encodeBatch } from '../encoded-batch.ts';
import { fold } from './fold.ts';
import { matcher, textsOf } from './match.ts';
import { parseQuery } from './parse.ts';
import { search } from './search.ts';

const SEED = 20_261_123;
const FIELDS = ['address', 'path', 'twin', 'code', 'key', 'stamp'] as const;

/** Nearly all different, so that each field is a column of texts: digits of all lengths, words, stamps, others' values. */
const event = fc
  .record({ a: fc.nat(300), b: fc.nat(9), n: fc.nat(99_999), zeros: fc.nat(4), own: fc.nat(7), time: fc.nat(5000) })
  .map(({ a, b, n, zeros, own, time }): Event => {
    const path = `/Home/user${a}/${n}.Log`;
    const others = [path, `/Home/größe${n}`, `${path}x`, `alone ${n}`, path, path, '', 'the same'];
    return Object.assign(newFields(), {
      '@timestamp': time,
      'event.ingested': time,
      address: `198.51.${b}.${n % 256}`,
      path,
      twin: others[own],
      code: `${'0'.repeat(zeros)}${n}`,
      key: `k${n.toString(36)}Z:${own}_q${a}`,
      stamp: `${new Date(time * 1000).toISOString()} ${n}`,
    });
  });

/** As it is, in other case, and what is near but not the same. */
const changes: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => `0${text}`,
  (text) => `${text}0`,
  (text) => text.replace(/\d/, '7'),
  (text) => text.replace(/[./:]/, '-'),
  (text) => text.slice(1),
  (text) => text.slice(0, -1),
];
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

const blockOf = (events: readonly Event[]) =>
  encodeBlock([{ batch: 1, view: viewBatch(encodeBatch(events).bytes) }]).bytes;

test(`a whole value is found wherever it is, and nothing like it (seed ${SEED})`, () => {
  const counts = { pairs: 0, found: 0, texts: 0 };
  fc.assert(
    fc.property(fc.array(event, { minLength: 80, maxLength: 160, size: 'max' }), fc.nat(79), (events, at) => {
      const bytes = blockOf(events);
      const { columns } = viewBlock(bytes);
      for (const field of FIELDS) {
        const column = columns.indexes.get(field) ?? assert.fail(field);
        if (columns.kind(column) === 'texts') counts.texts++;
        for (const change of changes) {
          const query = parseQuery(`${field}:${quoted(change(String(events[at]?.[field])))}`);
          const match = matcher(query);
          const expected = events.flatMap((one, ordinal) => (match(one) ? [ordinal] : []));
          // Opened anew: what is read first is read in another way than what comes later.
          assert.deepEqual(search(query).find(viewBlock(bytes), {}), expected, JSON.stringify(query));
          counts.pairs++;
          counts.found += expected.length;
        }
      }
    }),
    { seed: SEED, numRuns: 30 },
  );
  assert.ok(counts.pairs > 1000 && counts.found > 300 && counts.texts > 120, JSON.stringify(counts));
});

test(`one event read alone is the event (seed ${SEED})`, () =>
  fc.assert(
    fc.property(fc.array(event, { minLength: 80, maxLength: 160, size: 'max' }), fc.nat(79), (events, at) => {
      // In order of time, as they mostly come: then times are told by the steps between them.
      const sorted = events.toSorted((a, b) => a['@timestamp'] - b['@timestamp']);
      assert.deepEqual(viewBlock(blockOf(sorted)).event(at), sorted[at]);
    }),
    { seed: SEED, numRuns: 20 },
  ));

test(`the letters of every word are listed (seed ${SEED})`, () => {
  let listed = 0;
  fc.assert(
    fc.property(fc.array(event, { minLength: 80, maxLength: 160, size: 'max' }), (events) => {
      const has = readGrams(listGrams(viewBlock(blockOf(events))));
      for (const one of events)
        for (const name of Object.keys(one))
          for (const text of textsOf(one[name]))
            for (const gram of gramsIn(fold(text))) {
              listed++;
              assert.ok(has(gram), `${gram} of ${text}`);
            }
      assert.ok(!gramsIn('nowhere').every(has));
    }),
    { seed: SEED, numRuns: 10 },
  );
  assert.ok(listed > 10_000, String(listed));
});
