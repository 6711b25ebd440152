/** The same suite with every other commit sealed into its day's file: nobody may see a difference. */
import { join } from 'node:path';
import { openSqliteStore, openUpkeep } from '#store';
import { storeConformance } from './store.ts';

storeConformance('sqlite, sealed', async (folder) => {
  const path = join(folder, 'porchlight.db');
  const store = await openSqliteStore(path);
  let closed = false;
  const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
  return {
    ...store,
    async commit(commit) {
      await store.commit(commit);
      if (commit.batch % 2 === 0) upkeep.seal(commit.received);
    },
    async close() {
      if (closed) return;
      closed = true;
      upkeep.close();
      await store.close();
    },
  };
});
