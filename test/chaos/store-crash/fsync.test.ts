/**
 * A commit is on the disk before it is acknowledged. kill -9 cannot show that (the kernel keeps what was written), so the
 * order of system calls is read: after the log's last write and before the acknowledgement there must be a sync of the log.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '../../../src/store/sqlite/database.ts';

const COMMITTER = join(import.meta.dirname, 'committer.ts');
const COMMITS = 20;
/** strace may be missing, or not be allowed to trace. */
const canTrace = spawnSync('strace', ['-e', 'trace=none', 'true']).status === 0;

type Call = 'write' | 'sync' | 'ack';

/** Calls on the log, and acknowledgements, in order. */
function callsOf(trace: string): Call[] {
  return trace.split('\n').flatMap((line): Call | [] => {
    if (/\bf(data)?sync\(\d+<[^>]*-wal>\)\s+= 0/.test(line)) return 'sync';
    if (/\bpwrite64\(\d+<[^>]*-wal>/.test(line)) return 'write';
    return /\bwrite\(1<[^>]*>, "ack \d+/.test(line) ? 'ack' : [];
  });
}

test('a commit is synced before it is acknowledged', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-fsync-'));
  const file = join(folder, 'porchlight.db');
  try {
    if (!canTrace) {
      t.diagnostic('no strace here: looking at the setting alone');
      const { db, close } = openDatabase(file);
      assert.deepEqual({ ...db.prepare('PRAGMA synchronous').get() }, { synchronous: 2 });
      close();
      return;
    }
    const trace = join(folder, 'trace');
    const traced = ['-f', '-y', '-e', 'trace=write,pwrite64,fsync,fdatasync', '-o', trace];
    execFileSync('strace', [...traced, process.execPath, COMMITTER, file, '1', String(COMMITS)], { stdio: 'pipe' });
    const calls = callsOf(await readFile(trace, 'utf8'));
    const acks = calls.flatMap((call, at) => (call === 'ack' ? at : []));
    assert.equal(acks.length, COMMITS);
    let before = -1;
    for (const ack of acks) {
      const between = calls.slice(before + 1, ack);
      assert.ok(between.includes('write'), 'an acknowledgement without a write');
      assert.equal(between.at(-1), 'sync', `an acknowledgement after ${between.join(' ')}`);
      before = ack;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
