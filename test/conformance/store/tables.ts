/** Tables of pipes, and saved searches. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Event } from '#contract';
import { matcher, parseQuery, type Table } from '#store';
import { type OpenStore, withStore } from './harness.ts';
import { commitOf, eventAt, NOON } from './make.ts';
import { events } from './random.ts';

const SEED = 20_260_314;
const HOUR = 3_600_000;

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined && one !== null).map(String);

/** Group by two fields, the long way. */
function groupsOf(all: readonly Event[], a: string, b: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of all) {
    for (const x of new Set(texts(event[a]))) {
      for (const y of new Set(texts(event[b]))) {
        const key = JSON.stringify([x, y]);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
  }
  return counts;
}

export function tableConformance(name: string, open: OpenStore): void {
  const batches = fc.array(fc.array(events, { maxLength: 8 }), { minLength: 1, maxLength: 5 });

  test(`${name}: a table counts what a loop over all events counts (seed ${SEED})`, () =>
    fc.assert(
      fc.asyncProperty(batches, fc.constantFrom('', 'root', '-root', 'user.name:*'), (content, q) =>
        withStore(open, async ({ store }) => {
          for (const [at, batch] of content.entries()) await store.commit(commitOf(at + 1, batch));
          const found = content.flat().filter(matcher(parseQuery(q)));
          const table = await store.table({ q: `${q} | count by user.name,source.ip`, now: NOON });
          const expected = groupsOf(found, 'user.name', 'source.ip');
          assert.equal(table.total, found.length);
          assert.deepEqual(new Map(table.rows.map(([x, y, count]) => [JSON.stringify([x, y]), count])), expected);
          const counts = table.rows.map((row) => Number(row[2]));
          assert.deepEqual(
            counts,
            counts.toSorted((x, y) => y - x),
          );
        }),
      ),
      { seed: SEED, numRuns: 60 },
    ));

  const day: readonly Event[] = [
    eventAt(NOON, { 'user.name': 'root', tags: ['a', 'b'] }),
    eventAt(NOON + 60_000, { 'user.name': 'root', tags: 'a' }),
    eventAt(NOON + HOUR, { 'user.name': 'eve' }),
    eventAt(NOON + 3 * HOUR, { tags: [] }),
  ];
  const range = { from: NOON, to: NOON + 4 * HOUR };
  const tables: readonly { readonly q: string; readonly table: Table }[] = [
    { q: '| count', table: { columns: ['count'], rows: [[4]], total: 4, groups: 1, left_out: 0 } },
    {
      q: '| count by user.name',
      table: {
        columns: ['user.name', 'count'],
        rows: [
          ['root', 2],
          ['eve', 1],
        ],
        total: 4,
        groups: 2,
        left_out: 0,
      },
    },
    { q: '| top 1 tags', table: { columns: ['tags', 'count'], rows: [['a', 2]], total: 4, groups: 2, left_out: 0 } },
    {
      q: 'user.name:root | count by tags',
      table: {
        columns: ['tags', 'count'],
        rows: [
          ['a', 2],
          ['b', 1],
        ],
        total: 2,
        groups: 2,
        left_out: 0,
      },
    },
    {
      q: '| histogram 1h',
      table: {
        columns: ['@timestamp', 'count'],
        rows: [
          ['2026-03-14T12:00:00.000Z', 2],
          ['2026-03-14T13:00:00.000Z', 1],
          ['2026-03-14T14:00:00.000Z', 0],
          ['2026-03-14T15:00:00.000Z', 1],
        ],
        total: 4,
        groups: 4,
        left_out: 0,
      },
    },
    {
      q: '| histogram 1h by user.name',
      table: {
        columns: ['@timestamp', 'user.name', 'count'],
        rows: [
          ['2026-03-14T12:00:00.000Z', 'root', 2],
          ['2026-03-14T13:00:00.000Z', 'eve', 1],
        ],
        total: 4,
        groups: 2,
        left_out: 0,
      },
    },
    {
      q: '@timestamp:>2026-03-14T12:30Z | count',
      table: { columns: ['count'], rows: [[2]], total: 2, groups: 1, left_out: 0 },
    },
  ];
  for (const { q, table } of tables) {
    test(`${name}: ${q}`, () =>
      withStore(open, async ({ store }) => {
        await store.commit(commitOf(1, day));
        assert.deepEqual(await store.table({ q, now: NOON, ...range }), table);
      }));
  }

  const refusals = [
    { q: 'root', says: 'Column 5: a table needs a pipe, such as | count by source.ip.' },
    { q: 'a | histogram 1s', says: 'Column 3: that makes more than 10000 bars. Take wider bars or a shorter time.' },
    { q: 'srcip:x | count', says: 'Column 1: no event has a field srcip. Did you mean source.ip?' },
    { q: '| count by usr.name', says: 'Column 12: no event has a field usr.name. Did you mean user.name?' },
    { q: '| top 3 usr.name', says: 'Column 9: no event has a field usr.name. Did you mean user.name?' },
    {
      q: '| histogram 1h by host.nam',
      says: 'Column 19: no event has a field host.nam. Did you mean host.name?',
    },
  ];
  for (const { q, says } of refusals) {
    test(`${name}: ${q} makes no table`, () =>
      withStore(open, async ({ store }) => {
        await store.commit(commitOf(1, day));
        await assert.rejects(store.table({ q, now: NOON }), { code: 'BAD_QUERY', detail: says });
      }));
  }

  test(`${name}: a saved search is kept, replaced and forgotten`, () =>
    withStore(open, async ({ store, reopen }) => {
      await store.saveSearch({ name: 'b', query: 'root', saved: NOON });
      await store.saveSearch({ name: 'a', query: 'x', saved: NOON });
      await store.saveSearch({ name: 'b', query: 'user.name:root', saved: NOON + 1 });
      assert.equal(await store.removeSearch('a'), true);
      assert.equal(await store.removeSearch('a'), false);
      const again = await reopen();
      assert.deepEqual(await again.searches(), [{ name: 'b', query: 'user.name:root', saved: NOON + 1 }]);
    }));
}
