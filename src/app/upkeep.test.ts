/** When the store is tidied. What a turn does is tested in the store's room. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Event, newFields } from '#contract';
import { counters as newCounters } from '#lib/counters';
import { encodeBatch, openSqliteStore, openUpkeep, type Store } from '#store';
import { keepHouse } from './upkeep.ts';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 14, 12);

/** Commits an event of that time and puts it into its day's file. */
async function sealed(store: Store, path: string, batch: number, time: number): Promise<void> {
  const event: Event = Object.assign(newFields(), { '@timestamp': time, 'event.ingested': NOON, message: 'one' });
  const rest = { hits: 0, marks: [], alerts: [], outbox: [] };
  await store.commit({ batch, received: NOON, events: encodeBatch([event]), ...rest });
  const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
  upkeep.seal(NOON);
  upkeep.close();
}

test('a disk without room is not left waiting for the hour', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-house-'));
  const path = join(folder, 'porchlight.db');
  const store = await openSqliteStore(path);
  t.mock.timers.enable({ apis: ['setInterval'] });
  let now = NOON;
  let turned = (): void => undefined;
  const counters = newCounters();
  const house = keepHouse({
    folder,
    // More than any disk has.
    limits: { days: 0, bytes: 0, free: Number.MAX_SAFE_INTEGER },
    heads: undefined,
    counters,
    now: () => now,
    busy: () => 0,
    onDamage: (damages) => assert.deepEqual(damages, []),
    onTrouble: (reason) => {
      assert.equal(reason, undefined);
      turned();
    },
  });
  /** The turn that begins so much later. */
  const turnAfter = async (ms: number): Promise<void> => {
    let ended = false;
    turned = () => void (ended = true);
    now += ms;
    // The turn before may still be stopping its thread, and then a look does nothing.
    while (!ended) {
      t.mock.timers.tick(2000);
      await nextTurn();
    }
  };
  try {
    await sealed(store, path, 1, NOON);
    await turnAfter(21_000);
    assert.equal(house.kept()?.days, 1, 'the newest day stays');
    await sealed(store, path, 2, NOON - DAY);
    await turnAfter(601_000);
    assert.equal(house.kept()?.oldest, '2026-03-14');
    assert.equal(counters.get('store_events_thrown_away', 'free space'), 1);
  } finally {
    await house.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
});

interface Waiting {
  readonly what: string;
  /** Part of the time in which intake works. */
  readonly busy: number;
  readonly hot: number;
  /** ms after it is due. */
  readonly after: number;
  readonly turns: boolean;
}

const waitings: readonly Waiting[] = [
  { what: 'a quiet house is tidied at once', busy: 0.2, hot: 20_000, after: 2000, turns: true },
  { what: 'a busy one waits', busy: 0.3, hot: 20_000, after: 290_000, turns: false },
  { what: 'but not for ever', busy: 1, hot: 20_000, after: 304_000, turns: true },
  { what: 'nor while a million events are hot', busy: 1, hot: 1_000_000, after: 2000, turns: true },
];

for (const { what, busy, hot, after, turns } of waitings) {
  test(`while intake works: ${what}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'porchlight-house-'));
    const store = await openSqliteStore(join(folder, 'porchlight.db'));
    t.mock.timers.enable({ apis: ['setInterval'] });
    let now = NOON;
    const turned = Promise.withResolvers<void>();
    let told = 0;
    const house = keepHouse({
      folder,
      limits: { days: 0, bytes: 0, free: 0 },
      heads: undefined,
      counters: newCounters(),
      now: () => now,
      busy: () => (now - NOON) * busy,
      onDamage: () => undefined,
      onTrouble() {
        told++;
        turned.resolve();
      },
    });
    const look = (): void => {
      now += 2000;
      t.mock.timers.tick(2000);
    };
    try {
      house.committed(hot);
      // Whatever is hot, nothing begins earlier than this after a start; a look of it makes it due.
      while (now < NOON + 20_000) look();
      const due = now;
      while (now < due + after) look();
      if (turns) await turned.promise;
    } finally {
      // A turn that began and is cut off by this tells so.
      await house.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    }
    assert.equal(told, turns ? 1 : 0);
  });
}
