import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { migrate, SCHEMA_VERSION } from './schema.ts';
import { openSqliteStore } from './store.ts';

const tables = (db: DatabaseSync): unknown[] =>
  db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();

for (let version = 1; version < SCHEMA_VERSION; version++) {
  test(`a database of schema ${version} becomes one of ${SCHEMA_VERSION}, with what was in it`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'porchlight-schema-'));
    const path = join(folder, 'porchlight.db');
    try {
      const db = new DatabaseSync(path);
      migrate(db, path, version);
      db.exec(`INSERT INTO outbox (alert, channel, title, text, level) VALUES ('7', 'ntfy', 't', 'waits', 'high')`);
      db.close();
      const store = await openSqliteStore(path);
      const [message] = await store.outbox(0, 9, 'ntfy');
      assert.deepEqual([message?.alertId, message?.text, message?.queued], ['7', 'waits', 0]);
      await store.close();
      const [old, fresh] = [new DatabaseSync(path), new DatabaseSync(':memory:')];
      migrate(fresh, ':memory:');
      assert.deepEqual(tables(old), tables(fresh));
      old.close();
      fresh.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
