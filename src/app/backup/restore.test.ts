/** What a restore makes of a backup that lay elsewhere. Whole round trips are in test/chaos. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteStore } from '#store';
import { makeBackup } from './backup.ts';
import { restoreBackup } from './restore.ts';

const NOON = Date.UTC(2026, 2, 14, 12);

test('only the owner may read what comes back, whatever the disk of the backup makes of that', async () => {
  const home = mkdtempSync(join(tmpdir(), 'porchlight-restore-'));
  const rest = { now: NOON, signal: new AbortController().signal, say: () => undefined };
  const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
  try {
    const [folder, backup, anew] = [join(home, 'data'), join(home, 'backup'), join(home, 'anew')];
    const store = await openSqliteStore(join(folder, 'porchlight.db'));
    await store.close();
    mkdirSync(join(folder, 'agents'));
    writeFileSync(join(folder, 'agents/ca.key'), 'secret', { mode: 0o600 });
    await makeBackup({ folder, target: backup, host: 'nas', ...rest });
    // As a stick without modes of files shows them.
    for (const entry of readdirSync(backup, { withFileTypes: true, recursive: true }))
      chmodSync(join(entry.parentPath, entry.name), 0o755);
    await restoreBackup({ backup, folder: anew, replace: false, ...rest });
    const modes = ['', 'porchlight.db', 'agents', 'agents/ca.key'].map((name) => modeOf(join(anew, name)));
    assert.deepEqual(modes, process.platform === 'win32' ? modes : ['700', '600', '700', '600']);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
