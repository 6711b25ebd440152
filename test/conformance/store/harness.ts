/** A store of the implementation under test, in a folder of its own that is gone afterwards. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store, StoredEvent } from '#store';

export type OpenStore = (folder: string) => Promise<Store>;

export interface Subject {
  readonly store: Store;
  /** Closes the store and opens it again, as a restart does. */
  readonly reopen: () => Promise<Store>;
}

export async function withStore<T>(open: OpenStore, use: (subject: Subject) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-store-'));
  let store = await open(folder);
  try {
    return await use({
      store,
      reopen: async () => {
        await store.close();
        store = await open(folder);
        return store;
      },
    });
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Walks all pages of a search; `between` runs after each page. */
export async function allPages(
  store: Store,
  query: { readonly q: string; readonly limit: number; readonly after?: `${number}-${number}` },
  between: () => Promise<void> = async () => undefined,
): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await store.events({ ...query, cursor });
    found.push(...page.items);
    if (page.next === null) return found;
    cursor = page.next;
    await between();
  }
}
