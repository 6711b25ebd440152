import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Event } from '#contract';
import { encodeBatch } from '../encoded-batch.ts';
import { damageKnown } from './known-damage.ts';
import { openSqliteStore } from './store.ts';
import { openUpkeep } from './upkeep.ts';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 14, 12);
const at = (time: number): Event => ({ '@timestamp': time, 'event.ingested': time, message: 'x' });

test('what was put by, what is gone and what cannot be opened is told; a whole store has nothing to tell', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-damage-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'porchlight.db');
  const store = await openSqliteStore(path);
  const events = [0, 1, 2].map((day) => at(NOON - day * DAY));
  const commit = { marks: [], outbox: [], alerts: [], hits: 0, received: NOON };
  await store.commit({ ...commit, batch: 1, events: encodeBatch(events) });
  await store.commit({ ...commit, batch: 2, events: encodeBatch([at(NOON), at(NOON)]) });
  const db = new DatabaseSync(path);
  db.exec("UPDATE batch SET events = x'00' WHERE id = 2");
  db.close();
  const upkeep = openUpkeep(path, { days: 90, bytes: 0, free: 0 });
  const before = upkeep.damages();
  upkeep.seal(NOON);
  const put = {
    what: 'batch 2',
    reason: 'its 2 events could not be read when they were to be sealed; the bytes are put by',
  };
  assert.deepEqual([before, upkeep.damages()], [[], [put]]);
  rmSync(join(folder, 'events-2026-03-12.db'));
  writeFileSync(
    join(folder, 'events-2026-03-13.db'),
    'no database at all, and longer than a header of SQLite: '.repeat(40),
  );
  const [first, gone, broken, ...more] = upkeep.damages();
  assert.deepEqual([first, gone, more], [put, { what: 'events-2026-03-12.db', reason: 'it is gone' }, []]);
  assert.equal(broken?.what, 'events-2026-03-13.db');
  assert.match(broken.reason, /not a database|which version/);
  assert.deepEqual(damageKnown(path), upkeep.damages());
  upkeep.close();
  await store.close();
});
