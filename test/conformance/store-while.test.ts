/**
 * The law of searching, while the store is at work: searches go on in the middle of commits and sealings, and each finds what a filter over
 * all events finds that were committed when it began. Some events are hot, some sealed, some become it while they are looked for.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Event } from '#contract';
import { matcher, openSqliteStore, openUpkeep, parseQuery, type Store } from '#store';
import { commitOf, NOON } from './store/make.ts';
import { events, queries } from './store/random.ts';

const SEED = 20_261_122;
const HOUSES = 6;
const ROUNDS = 40;
const AT_ONCE = 16;
/** Within one round the store seals after so many turns of the event loop. */
const TURNS = 3;

interface Kept {
  readonly id: string;
  readonly event: Event;
}

const newestFirst = (a: Kept, b: Kept): number => {
  const [batchA = 0, ordinalA = 0] = a.id.split('-').map(Number);
  const [batchB = 0, ordinalB = 0] = b.id.split('-').map(Number);
  return b.event['@timestamp'] - a.event['@timestamp'] || batchB - batchA || ordinalB - ordinalA;
};

/** Parts of words and expressions too: blocks say no to those without being opened. */
const asked = fc.oneof(
  { weight: 5, arbitrary: queries },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '*oo*',
      '*elvi*',
      'user.name:*oot',
      'message:stra',
      '*nowhere*',
      '10.1.2.3',
      '*.1.2.*',
      'source.ip:10.1.2.3',
      '/kel.?in/',
      '/r(o+)t|nobody/',
      'message:/say "hi"/',
      'user.name:/oo+t/',
      'source.ip:/^10\\.[19]/',
      '/never/',
    ),
  },
);

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** A field that nobody has is refused where nothing is found: that is nothing found. */
async function idsFound(store: Store, q: string): Promise<string[]> {
  try {
    return (await store.events({ q, limit: 1000 })).items.map(({ id }) => id);
  } catch (error) {
    if (error instanceof Error && error.message.includes('no event has a field')) return [];
    throw error;
  }
}

test(`what is found while events are committed and sealed is what a filter over all of them finds (seed ${SEED})`, async () => {
  const [content] = fc.sample(
    fc.array(fc.array(fc.array(events, { maxLength: 6 }), { minLength: ROUNDS, maxLength: ROUNDS }), {
      minLength: HOUSES,
      maxLength: HOUSES,
    }),
    { seed: SEED, numRuns: 1 },
  );
  const texts = fc.sample(asked, { seed: SEED, numRuns: HOUSES * ROUNDS * AT_ONCE });
  const counts = { pairs: 0, found: 0, duringCommit: 0, duringSealing: 0 };
  for (const [house, batches] of (content ?? []).entries()) {
    const folder = await mkdtemp(join(tmpdir(), 'porchlight-while-'));
    const path = join(folder, 'porchlight.db');
    // Every segment is a turn of the event loop: everything may happen in between.
    const store = await openSqliteStore(path, { searchSlice: 0 });
    const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
    const kept: Kept[] = [];
    try {
      for (const [round, batch] of batches.entries()) {
        const now = kept.toSorted(newestFirst);
        let searching = AT_ONCE;
        const first = (house * ROUNDS + round) * AT_ONCE;
        const searches = texts.slice(first, first + AT_ONCE).map(async (q) => {
          const match = matcher(parseQuery(q));
          const ids = await idsFound(store, q);
          searching--;
          const expected = now.filter(({ event }) => match(event)).map(({ id }) => id);
          assert.deepEqual(ids, expected, `${q} in round ${round} of house ${house}`);
          counts.pairs += now.length;
          counts.found += expected.length;
        });
        const work = async (): Promise<void> => {
          await store.commit(commitOf(round + 1, batch));
          counts.duringCommit += searching;
          for (let n = 0; n < round % TURNS; n++) await turn();
          if (round % 4 !== 3) return;
          counts.duringSealing += searching;
          upkeep.seal(NOON);
        };
        await Promise.all([...searches, work()]);
        for (const [ordinal, event] of batch.entries()) kept.push({ id: `${round + 1}-${ordinal}`, event });
      }
    } finally {
      upkeep.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    }
  }
  assert.ok(counts.pairs > 150_000 && counts.found > 10_000, JSON.stringify(counts));
  assert.ok(counts.duringCommit > 1000 && counts.duringSealing > 200, JSON.stringify(counts));
});
