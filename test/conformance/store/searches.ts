import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CodedError, type Event } from '#contract';
import { matcher, parseQuery, type Store, type StoredEvent } from '#store';
import { allPages, type OpenStore, withStore } from './harness.ts';
import { commitOf, eventAt, NOON } from './make.ts';
import { events, queries, times } from './random.ts';

const SEED = 20_260_314;
const batches = fc.array(fc.array(events, { maxLength: 6 }), { minLength: 1, maxLength: 6 });

async function fill(store: Store, content: readonly (readonly Event[])[]): Promise<StoredEvent[]> {
  for (const [at, batch] of content.entries()) await store.commit(commitOf(at + 1, batch));
  return content.flatMap((batch, at) =>
    batch.map((event, ordinal): StoredEvent => ({ id: `${at + 1}-${ordinal}`, event })),
  );
}

const placeOf = ({ id }: StoredEvent): [number, number] => {
  const [batch = '', ordinal = ''] = id.split('-');
  return [Number(batch), Number(ordinal)];
};

function newestFirst(a: StoredEvent, b: StoredEvent): number {
  const [batchA, ordinalA] = placeOf(a);
  const [batchB, ordinalB] = placeOf(b);
  return b.event['@timestamp'] - a.event['@timestamp'] || batchB - batchA || ordinalB - ordinalA;
}

const idsOf = (found: readonly StoredEvent[]): string[] => found.map(({ id }) => id);

/** A field that nobody has is refused only when nothing was found; the model then says the same. */
async function unlessRefused(expected: readonly StoredEvent[], search: () => Promise<void>): Promise<void> {
  try {
    await search();
  } catch (error) {
    const refused =
      error instanceof CodedError && error.code === 'BAD_QUERY' && error.detail.includes('no event has a field');
    if (!refused) throw error;
    assert.deepEqual(expected, []);
  }
}

export function searchConformance(name: string, open: OpenStore): void {
  test(`${name}: a search finds what a filter over all events finds (seed ${SEED})`, () =>
    fc.assert(
      fc.asyncProperty(
        batches,
        fc.array(queries, { minLength: 4, maxLength: 4 }),
        times,
        times,
        (content, asked, a, b) =>
          withStore(open, async ({ store }) => {
            const all = await fill(store, content);
            const [from, to] = [Math.min(a, b), Math.max(a, b)];
            for (const q of asked) {
              const match = matcher(parseQuery(q));
              const matching = all.filter(({ event }) => match(event));
              const expected = matching.filter(({ event }) => event['@timestamp'] >= from && event['@timestamp'] < to);
              await unlessRefused(expected, async () => {
                const { items } = await store.events({ q, from, to, limit: 1000 });
                assert.deepEqual(items, expected.toSorted(newestFirst), q);
              });
              await unlessRefused(expected, async () => {
                const { counts, total } = await store.histogram({ q, from, to, bins: 7, now: 0 });
                assert.equal(total, expected.length, q);
                assert.equal(
                  counts.reduce((sum, n) => sum + n, 0),
                  total,
                  q,
                );
              });
              await unlessRefused(matching, async () => {
                assert.deepEqual(idsOf(await allPages(store, { q, limit: 3, after: '0-0' })), idsOf(matching), q);
              });
            }
          }),
      ),
      { seed: SEED, numRuns: 80 },
    ));

  test(`${name}: pages hold each event once while commits go on (seed ${SEED})`, () =>
    fc.assert(
      fc.asyncProperty(
        batches,
        fc.array(fc.array(events, { maxLength: 3 })),
        fc.integer({ min: 1, max: 5 }),
        (content, later, limit) =>
          withStore(open, async ({ store }) => {
            const all = await fill(store, content);
            const waiting = [...later];
            let batch = content.length;
            const found = await allPages(store, { q: '', limit }, async () => {
              const next = waiting.shift();
              if (next !== undefined) await store.commit(commitOf(++batch, next));
            });
            assert.deepEqual(idsOf(found), idsOf(all.toSorted(newestFirst)));
          }),
      ),
      { seed: SEED, numRuns: 60 },
    ));

  const edges = [
    {
      why: 'an equal time in a later batch comes first',
      content: [[0, 0, 5], [0]],
      query: { limit: 2 },
      ids: '1-2 2-0',
    },
    { why: 'half a ms is still before the next one', content: [[0.5]], query: { limit: 9, to: NOON + 1 }, ids: '1-0' },
    {
      why: 'half a ms is already after the last one',
      content: [[0.5]],
      query: { limit: 9, from: NOON + 0.5 },
      ids: '1-0',
    },
    {
      why: 'an end is not inside',
      content: [[0, 5, 10]],
      query: { limit: 9, from: NOON, to: NOON + 10 },
      ids: '1-1 1-0',
    },
  ];
  for (const { why, content, query, ids } of edges) {
    test(`${name}: ${why}`, () =>
      withStore(open, async ({ store }) => {
        await fill(
          store,
          content.map((batch) => batch.map((at) => eventAt(NOON + at))),
        );
        assert.equal(idsOf((await store.events({ q: '', ...query })).items).join(' '), ids);
      }));
  }

  test(`${name}: bins hold what lies in them, and reach from end to end`, () =>
    withStore(open, async ({ store }) => {
      await fill(store, [
        [0, 0, 9, 10, 99].map((at) => eventAt(NOON + at)),
        [eventAt(NOON + 100), eventAt(NOON - 1)],
        [eventAt(NOON + 99), eventAt(NOON + 100)],
      ]);
      const found = await store.histogram({ q: '', from: NOON, to: NOON + 100, bins: 10, now: 0 });
      const counts = [3, 1, 0, 0, 0, 0, 0, 0, 0, 2];
      assert.deepEqual(found, { from: NOON, to: NOON + 100, step: 10, counts, total: 6 });
      const day = await store.histogram({ q: '', bins: 24, now: NOON + 100 });
      assert.deepEqual([day.to - day.from, day.step, day.counts.length, day.total], [86_400_000, 3_600_000, 24, 7]);
      const ragged = await store.histogram({ q: '', from: NOON + 91, to: NOON + 100, bins: 2, now: 0 });
      assert.deepEqual([ragged.step, ragged.counts, ragged.total], [5, [0, 2], 2]);
      assert.deepEqual((await store.histogram({ q: '', from: NOON, to: NOON, bins: 3, now: 0 })).counts, []);
    }));

  test(`${name}: the commonest values, elements of lists counted one by one`, () =>
    withStore(open, async ({ store }) => {
      const lists = [['a', 'b', null], 'a', 3, '3', null, ['a'], [], true, 'A'];
      await fill(store, [lists.map((tags) => eventAt(NOON, { tags })), [eventAt(NOON, { other: 'a', 'a"tags': 'x' })]]);
      const found = await store.values({ q: '', field: 'tags', limit: 2 });
      assert.deepEqual(found, {
        field: 'tags',
        distinct: 5,
        values: [
          { value: 'a', count: 3 },
          { value: '3', count: 2 },
        ],
      });
      assert.deepEqual((await store.values({ q: 'tags:b', field: 'tags', limit: 9 })).distinct, 2);
      assert.deepEqual(await store.values({ q: '', field: '__proto__', limit: 2 }), {
        field: '__proto__',
        distinct: 0,
        values: [],
      });
    }));

  const mistakes = [
    { q: '"open', says: 'Column 1: this quote is not closed.' },
    { q: 'a srcip:10.0.0.1', says: 'Column 3: no event has a field srcip. Did you mean source.ip?' },
    { q: 'source.ipp:10.0.0.1', says: 'Column 1: no event has a field source.ipp. Did you mean source.ip?' },
  ];
  for (const { q, says } of mistakes) {
    test(`${name}: ${q} is refused with the place`, () =>
      withStore(open, async ({ store }) => {
        await fill(store, [[eventAt(NOON, { message: 'a' })]]);
        const refused = { code: 'BAD_QUERY', detail: says };
        await assert.rejects(store.events({ q, limit: 1 }), refused);
        await assert.rejects(store.histogram({ q, bins: 2, now: NOON }), refused);
        await assert.rejects(store.values({ q, field: 'tags', limit: 2 }), refused);
      }));
  }

  test(`${name}: a field that some event has is never refused`, () =>
    withStore(open, async ({ store }) => {
      await fill(store, [[eventAt(NOON, { srcip: '192.0.2.1' })]]);
      assert.deepEqual((await store.events({ q: 'srcip:192.0.2.9', limit: 1 })).items, []);
      assert.equal((await store.events({ q: 'srcip:192.0.2.1', limit: 1 })).items.length, 1);
      assert.deepEqual((await store.events({ q: 'my.own.shelf:3', limit: 1 })).items, []);
    }));

  test(`${name}: a search that is called off ends`, () =>
    withStore(open, async ({ store }) => {
      await fill(store, [[eventAt(NOON)]]);
      await assert.rejects(store.events({ q: 'x', limit: 1 }, AbortSignal.abort(new Error('gone'))), /gone/);
      await assert.rejects(store.events({ q: '', limit: 1, cursor: 'elsewhere' }), { code: 'BAD_REQUEST' });
    }));
}
