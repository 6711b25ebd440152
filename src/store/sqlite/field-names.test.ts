import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type Event, newFields } from '#contract';
import { encodeBatch } from '../encoded-batch.ts';
import type { Store } from '../store.ts';
import { dayPath } from './day-file.ts';
import { openSqliteStore } from './store.ts';
import { openUpkeep } from './upkeep.ts';

const NOON = Date.UTC(2026, 2, 14, 12);
const ALWAYS = ['@timestamp', 'event.ingested'];

const eventOf = (fields: Record<string, unknown>, time = NOON): Event =>
  Object.assign(newFields(), { '@timestamp': time, 'event.ingested': time, ...fields });

interface House {
  readonly store: Store;
  commit(...events: readonly Event[]): Promise<void>;
  seal(): void;
  /** Runs SQL on the day's file. */
  change(sql: string): void;
}

async function inHouse(use: (house: House) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-fields-'));
  const path = join(folder, 'porchlight.db');
  const store = await openSqliteStore(path);
  let batch = 0;
  try {
    await use({
      store,
      commit: (...events) =>
        store.commit({
          batch: ++batch,
          received: NOON,
          events: encodeBatch(events),
          hits: 0,
          marks: [],
          alerts: [],
          outbox: [],
        }),
      seal() {
        const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
        upkeep.seal(NOON);
        upkeep.close();
      },
      change(sql) {
        const day = new DatabaseSync(dayPath(folder, '2026-03-14'));
        day.exec(sql);
        day.close();
      },
    });
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

test('an empty store has no fields', () => inHouse(async ({ store }) => assert.deepEqual(await store.fields(), [])));

test('fields of anybody’s own are known at once, and stay known when they are sealed', () =>
  inHouse(async ({ store, commit, seal }) => {
    await commit(eventOf({ 'shelf.label': 3 }), eventOf({ 'a b': 'x' }));
    assert.deepEqual(await store.fields(), [...ALWAYS, 'a b', 'shelf.label'].toSorted());
    seal();
    assert.deepEqual(await store.fields(), [...ALWAYS, 'a b', 'shelf.label'].toSorted());
    await commit(eventOf({ later: true }));
    assert.deepEqual(await store.fields(), [...ALWAYS, 'a b', 'later', 'shelf.label'].toSorted());
    seal();
    assert.deepEqual(await store.fields(), [...ALWAYS, 'a b', 'later', 'shelf.label'].toSorted());
  }));

test('they are told by the summaries: the events may be gone', () =>
  inHouse(async ({ store, commit, seal, change }) => {
    await commit(eventOf({ 'shelf.label': 3 }));
    seal();
    change("UPDATE block SET events = x'', filter = x''");
    assert.deepEqual(await store.fields(), [...ALWAYS, 'shelf.label'].toSorted());
  }));

test('blocks of a version without summaries are looked into', () =>
  inHouse(async ({ store, commit, seal, change }) => {
    await commit(eventOf({ 'shelf.label': 3 }));
    seal();
    change('DROP TABLE summary; PRAGMA user_version = 1');
    assert.deepEqual(await store.fields(), [...ALWAYS, 'shelf.label'].toSorted());
  }));

test('made-up names by the thousand, long ones and old ones do not pile up', () =>
  inHouse(async ({ store, commit }) => {
    await commit(eventOf({ old: 1 }, NOON - 1000));
    await commit(eventOf({ ['x'.repeat(201)]: 1, ['y'.repeat(200)]: 1 }));
    const few = await store.fields();
    assert.deepEqual(few, [...ALWAYS, 'old', 'y'.repeat(200)].toSorted());
    for (let batch = 0; batch < 64; batch++)
      await commit(eventOf(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`made.up.${batch}.${n}`, 1]))));
    const many = await store.fields();
    assert.equal(many.length, 5000);
    assert.ok(!many.includes('old'));
  }));
