import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, newFields } from '#contract';
import { isColumnsView } from '../block/column-view.ts';
import type { StoredColumns } from '../block/stored.ts';
import { encodeBlock, viewBlock } from '../block/block.ts';
import { listGrams, readGrams } from '../block/grams.ts';
import type { BatchView } from '../block/view.ts';
import { encodeBatch, encodeColumns, viewBatch } from '../encoded-batch.ts';
import type { Query } from './ast.ts';
import { matcher } from './match.ts';
import { parseQuery } from './parse.ts';
import { search } from './search.ts';

const SEED = 20_260_411;

const inColumns = (events: readonly Event[]): Uint8Array => encodeColumns(events) ?? assert.fail('too many fields');
const NOW = Date.UTC(2026, 0, 15, 8);

/** Few words, so that values meet queries, in many places: dots, edges, case, digits, other scripts, parts of words. */
const USERS = ['root', 'Admin', 'größe', 'www-data', 'a.b', 'x_1', 'jonas', 'İstanbul', '42', '7'];
const ADDRESSES = ['203.0.113.7', '203.0.113.77', '198.51.100.2', '1.2.3.4', '11.2.3.4', '2001:db8::1', '10.0.19041.1'];
const LINES = [
  'Failed password for {u} from {a} port {p} ssh2',
  'Connection from {a}:{p}, user {u}.',
  '[{p}.{n}] IN=eth0 SRC={a} DST=192.0.2.10 ID={n} LEN=00{n}',
  'session-{n}.scope {a}.{n} v{a} {u}{n}',
  '{t} {u} sudo: {u} ; {a}',
  'GET /{u}/index.json?id={n} {a}',
  '{u}',
  'quiet {w}',
  'GET {w}.{n} from {a}, {w}x',
  '{a}.{p} {u}.{n}.{a} {w}',
];
const WORDS = [
  '',
  '.',
  ':',
  ' ',
  'port',
  'ssh2',
  'index.json',
  'id=',
  'session-',
  'SRC=203.0.113.7',
  '.0.113.',
  'for root',
];

const oneOf = (values: readonly string[]) => fc.constantFrom(...values);
const event = fc
  .record({
    user: oneOf(USERS),
    address: oneOf(ADDRESSES),
    port: fc.integer({ min: 0, max: 120 }),
    number: fc.integer({ min: 0, max: 2000 }),
    line: oneOf(LINES),
    time: fc.integer({ min: NOW - 5000, max: NOW }),
    odd: fc.option(
      fc.oneof(fc.constantFrom<unknown>(null, true, 0.5, -3, [], ['root', null], [7, 'Admin']), oneOf(USERS)),
    ),
    keep: fc.integer({ min: 0, max: 31 }),
  })
  .map(({ user, address, port, number, line, time, odd, keep }): Event => {
    const fields: Record<string, unknown> = { '@timestamp': time, 'event.ingested': NOW };
    if ((keep & 1) === 0) fields['user.name'] = user;
    if ((keep & 2) === 0) fields['source.ip'] = address;
    if ((keep & 4) === 0) fields['source.port'] = port;
    // Different enough to be told by its templates, and to be part of other texts.
    const path = `/${user}/Page${number}.${port}`;
    if ((keep & 16) === 0) fields['url.path'] = path;
    const text = line
      .replaceAll('{u}', user)
      .replaceAll('{a}', address)
      .replaceAll('{p}', String(port))
      .replaceAll('{n}', String(number))
      .replaceAll('{w}', path)
      .replaceAll('{t}', new Date(time).toISOString());
    if ((keep & 8) === 0) fields['message'] = text;
    else fields['event.original'] = `<13>Jan 15 host ${text}`;
    if (odd !== null) fields['odd'] = odd;
    return Object.assign(newFields(), fields) as Event;
  });

const value = fc
  .tuple(
    oneOf(['', '', '*']),
    fc.oneof(oneOf(USERS), oneOf(ADDRESSES), oneOf(WORDS)),
    fc.nat(4),
    fc.nat(4),
    oneOf(['', '', '*']),
  )
  // Cut at both ends: parts of words are what is easily missed.
  .map(
    ([before, text, from, to, after]) =>
      `${before}${text.slice(from > 2 ? from - 2 : 0, text.length - (to > 2 ? to - 2 : 0))}${after}`,
  )
  .map((text) => (/["\s()|[\]{}<>]/.test(text) || text === '' ? `"${text.replaceAll('"', '')}"` : text));
const field = oneOf([
  'user.name',
  'source.ip',
  'source.port',
  'message',
  'event.original',
  'odd',
  '@timestamp',
  'nobody.has',
]);
const term = fc.oneof(
  value,
  fc.tuple(field, value).map(([name, text]) => `${name}:${text}`),
  field.map((name) => `${name}:*`),
  fc.constantFrom(
    'source.ip:203.0.113.0/24',
    'source.port:[10 TO 60]',
    'source.port:>100',
    '/p.rt/',
    '/for (root|jonas) from/',
    'url.path:/Page1+/',
    '/IN=eth|ssh2$/',
    '/never(seen|heard)/',
    'message:/ession-\\d+\\.sc/',
    'message:/^fail/',
    'source.port:7',
  ),
  fc.integer({ min: NOW - 5000, max: NOW }).map((time) => `@timestamp:>${time}`),
);
const text = fc.oneof(
  term,
  fc.tuple(term, term).map(([a, b]) => `${a} ${b}`),
  fc.tuple(term, term, term).map(([a, b, c]) => `(${a} OR ${b}) -${c}`),
);

function parsed(q: string): Query | undefined {
  try {
    return parseQuery(q, NOW);
  } catch {
    return undefined;
  }
}

/** How many columns are texts. */
const textsIn = ({ names, data }: StoredColumns): number =>
  names.filter((_, column) => data(column).kind === 'texts').length;

type Grams = (gram: number) => boolean;

/** The same events in every form they are kept in. */
function forms(
  events: readonly Event[],
): { readonly view: BatchView; readonly filter?: Uint8Array; readonly grams?: Grams }[] {
  const half = Math.floor(events.length / 2);
  const parts = [events.slice(0, half), events.slice(half)];
  const rows = parts.map((part, batch) => ({ batch, view: viewBatch(encodeBatch(part).bytes) }));
  const columns = parts.map((part, batch) => ({ batch, view: viewBatch(inColumns(part)) }));
  const blocks = [encodeBlock(rows), encodeBlock(columns)];
  return [
    { view: viewBatch(encodeBatch(events).bytes) },
    { view: viewBatch(inColumns(events)) },
    ...blocks.map(({ bytes, filter }) => {
      const view = viewBlock(bytes);
      return { view, filter, grams: readGrams(listGrams(view)) };
    }),
  ];
}

test(`every form of the same events finds what reading all of them finds (seed ${SEED})`, () => {
  let pairs = 0;
  let texts = 0;
  let hits = 0;
  let skipped = 0;
  let ungrammatical = 0;
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 1, maxLength: 240, size: 'max' }),
      fc.array(text, { minLength: 120, maxLength: 120 }),
      (events, queries) => {
        const all = forms(events);
        for (const { view } of all) if (isColumnsView(view)) texts += textsIn(view.columns);
        for (const q of queries) {
          const query = parsed(q);
          if (query === undefined) continue;
          const match = matcher(query);
          const expected = events.flatMap((one, ordinal) => (match(one) ? [ordinal] : []));
          const { find, mayFind, mayHold, asksGrams } = search(query);
          for (const { view, filter, grams } of all) {
            pairs++;
            assert.deepEqual(find(view, {}), expected, q);
            if (filter === undefined) continue;
            if (mayFind(filter)) hits++;
            else skipped++;
            assert.ok(expected.length === 0 || mayFind(filter), `the filter misses ${q}`);
            if (!asksGrams || grams === undefined) continue;
            if (!mayHold(grams)) ungrammatical++;
            assert.ok(expected.length === 0 || mayHold(grams), `the grams miss ${q}`);
          }
        }
      },
    ),
    { seed: SEED, numRuns: 50 },
  );
  assert.ok(pairs > 20_000, `${pairs} pairs`);
  assert.ok(texts > 100, `${texts} columns of texts`);
  assert.ok(ungrammatical > 100, `${ungrammatical} blocks passed over by their grams`);
  assert.ok(hits > 500 && skipped > 500, `${hits} blocks looked into, ${skipped} passed over`);
});

test('the range and the refusals come before the query', () => {
  const events = [1, 2, 3, 4].map(
    (time) => Object.assign(newFields(), { '@timestamp': time, 'event.ingested': 0, message: 'm' }) as Event,
  );
  const { find } = search(parseQuery('message:m', NOW));
  for (const { view } of forms(events)) {
    assert.deepEqual(find(view, { from: 2, to: 4 }), [1, 2]);
    assert.deepEqual(
      find(view, { from: 2 }, (ordinal, time) => ordinal !== 1 && time < 4),
      [2],
    );
  }
});
