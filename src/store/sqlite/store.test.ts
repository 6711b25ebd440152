/** What is particular to the SQLite store; what every store must do is in test/conformance. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type Event, type EventId, newFields } from '#contract';
import { alertOf } from '../alert.fixture.ts';
import { encodeBatch } from '../encoded-batch.ts';
import type { Commit, Store } from '../store.ts';
import type { StoreDamage } from './reader.ts';
import { openSqliteStore, type SqliteStoreOptions } from './store.ts';

function commitOf(batch: number, count = 1): Commit {
  const events = Array.from({ length: count }, (_, n): Event => {
    const event = Object.assign(newFields(), {
      '@timestamp': batch,
      'event.ingested': batch,
      message: `batch ${batch}/${n}`,
    });
    return event;
  });
  return { batch, received: batch, events: encodeBatch(events), hits: 1, marks: [], alerts: [], outbox: [] };
}

/** `file` is the database's path; `open` opens it again. */
async function withStore(
  options: SqliteStoreOptions,
  use: (store: Store, file: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-sqlite-'));
  const file = join(folder, 'porchlight.db');
  const store = await openSqliteStore(file, options);
  try {
    for (let batch = 1; batch <= 10; batch++) await store.commit(commitOf(batch));
    await use(store, file);
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

test('commits have their turn during a search, and the search does not see them', () =>
  withStore({ searchSlice: 0 }, async (store) => {
    const order: string[] = [];
    const searched = store.events({ q: 'batch', limit: 100 }).then(({ items }) => order.push(`found ${items.length}`));
    // Ten batches are ten turns; a commit needs none but its own.
    await store.commit(commitOf(11));
    order.push('committed');
    await searched;
    assert.deepEqual(order, ['committed', 'found 10']);
  }));

test('a search can be called off in the middle', () =>
  withStore({ searchSlice: 0 }, async (store) => {
    const caller = new AbortController();
    const searched = store.events({ q: 'batch', limit: 100 }, caller.signal);
    setImmediate(() => caller.abort(new Error('gone')));
    await assert.rejects(searched, /gone/);
  }));

test('a search that takes too long ends with the reason', () =>
  withStore({ searchSlice: 0, searchLimit: 0 }, async (store) => {
    const slow = { code: 'SLOW_QUERY', detail: 'it was stopped after 0 seconds.' };
    await assert.rejects(store.events({ q: 'batch', limit: 1 }), slow);
    await assert.rejects(store.histogram({ q: 'batch', bins: 1, now: 100 }), slow);
    await assert.rejects(store.values({ q: '', field: 'message', limit: 1 }), slow);
  }));

test('closing during a search ends it', () =>
  withStore({ searchSlice: 0 }, async (store) => {
    const searched = store.events({ q: 'batch', limit: 100 });
    const refused = assert.rejects(searched, {
      code: 'STORE_FAILED',
      detail: 'the store was closed during the search.',
    });
    await store.close();
    await refused;
  }));

/** Numbers of the batches that a search finds, page by page. */
async function batchesOf(store: Store, query: { readonly q: string; readonly after?: EventId }): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await store.events({ ...query, limit: 2, cursor });
    found.push(...page.items.map(({ id }) => id.split('-')[0] ?? ''));
    if (page.next === null) return found;
    cursor = page.next;
  }
}

test('a damaged batch and a damaged alert are told once and passed over', async () => {
  const told: StoreDamage[] = [];
  await withStore({ onDamage: (damage) => told.push(damage) }, async (store, file) => {
    const other = new DatabaseSync(file);
    other.exec(`
      UPDATE batch SET events = CAST(substr(events, 1, length(events) - 3) || x'00' || substr(events, -2) AS BLOB) WHERE id = 4;
      UPDATE batch SET events = x'00' WHERE id = 6;
      INSERT INTO alert (id, status, level_rank, kind, last_seen, count, words, state) VALUES (1, 'open', 0, '', 0, 0, '', '{"id":1}')`);
    other.close();
    const left = ['1', '2', '3', '5', '7', '8', '9', '10'];
    for (const q of ['batch', '']) {
      assert.deepEqual(await batchesOf(store, { q }), left.toReversed());
      assert.deepEqual(await batchesOf(store, { q, after: '0-0' }), left);
    }
    assert.deepEqual(
      (await store.correlatedBatches(11, 20)).map(({ batch }) => batch),
      [10, 9, 8, 7, 5, 3, 2, 1],
    );
    assert.deepEqual((await store.recover()).alerts, []);
    assert.deepEqual((await store.alerts({ q: '', limit: 9 })).items, []);
  });
  assert.deepEqual(told.map(({ what }) => what).toSorted(), ['an alert', 'batch 4', 'batch 6']);
});

test('tables can be read by people', () =>
  withStore({}, async (store, file) => {
    const alert = alertOf(1, {
      title: 'Honeypot Connection',
      kind: 'Honeypot',
      count: 3,
      evidence_count: 0,
      first_seen: 5,
      last_seen: 6,
      entity: '192.0.2.1',
      entity_field: 'source.ip',
    });
    await store.commit({ ...commitOf(11), alerts: [{ alert, evidence: [], history: [] }] });
    const reader = new DatabaseSync(file, { readOnly: true });
    const row = reader.prepare('SELECT title, level, entity, host, sentence, first_seen, count FROM alert').get();
    assert.deepEqual(
      { ...row },
      {
        title: 'Honeypot Connection',
        level: 'high',
        entity: '192.0.2.1',
        host: 'nas',
        sentence: 's',
        first_seen: 5,
        count: 3,
      },
    );
    reader.close();
  }));
