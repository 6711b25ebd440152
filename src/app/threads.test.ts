import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { batchEncoder } from '#store';
import { startStoreThread } from './threads.ts';

/** Names of this process's threads; Linux alone says them. */
const names = (): string[] =>
  process.platform === 'linux'
    ? readdirSync('/proc/self/task').map((id) => readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim())
    : [];

test('what a start asks of the store is answered without a reader, and as a reader answers it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-threads-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const thread = startStoreThread(folder);
  t.after(async () => {
    await thread.store.close();
    await thread.stop();
  });
  const encoder = batchEncoder();
  const at = Date.parse('2026-03-14T09:00:00Z');
  for (const message of ['one', 'two']) encoder.add({ '@timestamp': at, 'event.ingested': at, message });
  const rest = { marks: [], alerts: [], outbox: [], snapshots: [], hits: 0 };
  await thread.store.commit({ batch: 1, received: at, events: encoder.finish(), ...rest });
  const query = { q: 'message:one', from: at - 1000, limit: 10 };
  const remembered = await thread.memory.events(query);
  assert.deepEqual(
    remembered.items.map(({ id }) => id),
    ['1-0'],
  );
  assert.ok(!names().includes('reader-worker'));
  assert.deepEqual(remembered, await thread.store.events(query));
});
