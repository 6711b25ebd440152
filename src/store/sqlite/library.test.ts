/** Readings at once, while days are thrown away and made again. */
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Event, newFields } from '#contract';
import { encodeBatch } from '../encoded-batch.ts';
import { dayPath } from './day-file.ts';
import { openLibrary, type Reading } from './library.ts';
import { openSqliteStore } from './store.ts';
import { openUpkeep } from './upkeep.ts';

const NOON = Date.UTC(2026, 2, 14, 12);
const DAY = 86_400_000;
const OLD = '2026-03-13';

const eventAt = (time: number): Event =>
  Object.assign(newFields(), { '@timestamp': time, 'event.ingested': NOON, message: 'm', 'host.name': 'nas' });

test('a day that is opened between its record and its removal, and then made again, is read anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-library-'));
  const path = join(folder, 'porchlight.db');
  const store = await openSqliteStore(path);
  const upkeep = openUpkeep(path, { days: 0, bytes: 1, free: 0 });
  const library = openLibrary(path);
  const commit = (batch: number, times: readonly number[]): Promise<void> => {
    const events = encodeBatch(times.map(eventAt));
    return store.commit({ batch, received: NOON, events, hits: 0, marks: [], alerts: [], outbox: [] });
  };
  const batchesOf = (reading: Reading): number[] | undefined =>
    reading
      .day(OLD)
      ?.byTime(0, NOON * 2, 99)
      .map(({ firstBatch }) => firstBatch);
  try {
    await commit(1, [NOON - DAY, NOON]);
    upkeep.seal(NOON);
    const file = dayPath(folder, OLD);
    await library.read(async (first) => {
      // As if whoever throws it away stood still between the two steps.
      await copyFile(file, `${file}.still`);
      assert.deepEqual(
        upkeep.retain(NOON).map(({ day }) => day),
        [OLD],
      );
      await rename(`${file}.still`, file);
      await library.read(async (second) => assert.equal(batchesOf(second), undefined));
      assert.deepEqual(batchesOf(first), [1]);
      await rm(file);
      await commit(2, [NOON - DAY]);
      upkeep.seal(NOON);
      await library.read(async (third) => assert.deepEqual(batchesOf(third), [2]));
    });
    await library.read(async (last) => assert.deepEqual(batchesOf(last), [2]));
  } finally {
    library.close();
    upkeep.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
});
