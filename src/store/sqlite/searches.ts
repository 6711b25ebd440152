/** Saved searches. */
import type { DatabaseSync } from 'node:sqlite';
import type { SavedSearch, Store } from '../store.ts';

type Searches = Pick<Store, 'searches' | 'saveSearch' | 'removeSearch'>;

export function searchStore(db: DatabaseSync, run: <T>(work: () => T) => Promise<T>): Searches {
  const all = db.prepare('SELECT name, query, saved FROM search ORDER BY name');
  const put = db.prepare('INSERT OR REPLACE INTO search (name, query, saved) VALUES (?, ?, ?)');
  const drop = db.prepare('DELETE FROM search WHERE name = ?');
  return {
    searches: () =>
      run(() =>
        all.all().map((row): SavedSearch => ({
          name: String(row['name']),
          query: String(row['query']),
          saved: Number(row['saved']),
        })),
      ),
    saveSearch: ({ name, query, saved }) => run(() => void put.run(name, query, Math.trunc(saved))),
    removeSearch: (name) => run(() => drop.run(name).changes > 0),
  };
}
