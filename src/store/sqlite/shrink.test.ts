/** After a flood the file becomes small again, step by step, while commits go on. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type Event, newFields } from '#contract';
import { encodeBatch } from '../encoded-batch.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './store.ts';
import { openUpkeep } from './upkeep.ts';

const NOON = Date.UTC(2026, 2, 14, 12);
const MB = 1024 * 1024;
const FLOOD = 48;

function commitTo(store: Store, batch: number): Promise<void> {
  const event: Event = Object.assign(newFields(), {
    '@timestamp': NOON + batch,
    'event.ingested': NOON,
    message: `batch ${batch}`,
  });
  const rest = { hits: 0, marks: [], alerts: [], outbox: [] };
  return store.commit({ batch, received: NOON, events: encodeBatch([event]), ...rest });
}

/** A store with large holes between what is kept: so many times 1 MB came and went. */
async function flooded(path: string, times: number): Promise<Store> {
  const store = await openSqliteStore(path, { logPages: 500 });
  const db = new DatabaseSync(path, { timeout: 5000 });
  const come = db.prepare('INSERT INTO damaged (id, received, count, events) VALUES (?, 0, 0, randomblob(?))');
  for (let batch = 1; batch <= times; batch++) {
    come.run(batch, MB);
    await commitTo(store, batch);
  }
  db.exec('DELETE FROM damaged; PRAGMA wal_checkpoint(PASSIVE)');
  db.close();
  return store;
}

/** A file as versions before this one made it. */
function asBefore(path: string): void {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM; PRAGMA journal_mode = WAL');
  assert.equal(db.prepare('PRAGMA auto_vacuum').get()?.['auto_vacuum'], 0);
  db.close();
}

const cases: readonly {
  readonly what: string;
  readonly make: (path: string) => Promise<void>;
  readonly steps: number;
}[] = [
  { what: 'a file of this version, in small steps', make: () => Promise.resolve(), steps: 30 },
  {
    what: 'a file of an older version, by being rebuilt once',
    async make(path) {
      await (await openSqliteStore(path)).close();
      asBefore(path);
    },
    steps: 1,
  },
];
for (const { what, make, steps } of cases) {
  test(`${what}: a flood's space comes back, and nothing else goes`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'porchlight-shrink-'));
    const path = join(folder, 'porchlight.db');
    try {
      await make(path);
      const store = await flooded(path, FLOOD);
      const before = statSync(path).size;
      const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
      let batch = FLOOD;
      let taken = 0;
      for (let bytes = upkeep.shrink(); bytes > 0; bytes = upkeep.shrink()) {
        taken++;
        // Between any two steps there is room for a commit.
        await commitTo(store, ++batch);
      }
      assert.ok(taken >= steps, `${taken} steps`);
      assert.equal(upkeep.shrink(), 0);
      await store.close();
      upkeep.close();
      const after = statSync(path).size;
      assert.ok(before > FLOOD * MB && after < 12 * MB, `${before} bytes became ${after}`);
      const again = await openSqliteStore(path);
      const { lastBatch, eventCount } = await again.recover();
      assert.deepEqual([lastBatch, eventCount], [batch, batch]);
      const { items } = await again.events({ q: '', limit: 1000, after: '0-0' });
      assert.deepEqual(
        items.map(({ event }) => event['message']),
        Array.from({ length: batch }, (_, n) => `batch ${n + 1}`),
      );
      await again.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test('a little free space is left for the next batches', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-shrink-'));
  const path = join(folder, 'porchlight.db');
  const store = await flooded(path, 8);
  const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
  try {
    assert.equal(upkeep.shrink(), 0);
  } finally {
    upkeep.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
