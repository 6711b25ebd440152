/** The names in folders, listed again only when something came or went: thousands of tails of one folder ask for them. */
import { readdir, stat } from 'node:fs/promises';
import { unlessGone } from './errno.ts';

export interface Listing {
  readonly names: readonly string[];
  /** When the folder last changed, ns, by the clock of whoever keeps it; 0 while there is none. */
  readonly modified: bigint;
  /** Whatever changes from now on changes `modified` too. */
  readonly isSettled: boolean;
}

export type FolderNames = (folder: string) => Promise<Listing>;

interface Known extends Listing {
  /** When we first saw this time of the folder. */
  readonly seen: number;
}

/**
 * ms in which a folder's time may stand still although more happens in it. They are counted from when we saw that time, by a
 * clock that nobody sets: the folder's own may be another machine's, or ours before it was set.
 */
const TICK = 100;
const NONE: Listing = { names: [], modified: 0n, isSettled: true };

export function folderNames(elapsed: () => number = () => performance.now()): FolderNames {
  const all = new Map<string, Known>();
  return async (folder) => {
    const found = await unlessGone(stat(folder, { bigint: true }));
    if (found === undefined) {
      all.delete(folder);
      return NONE;
    }
    const modified = found.mtimeNs;
    const known = all.get(folder);
    const isSame = known?.modified === modified;
    if (isSame && known.isSettled) return known;
    const seen = isSame ? known.seen : elapsed();
    const isSettled = elapsed() - seen > TICK;
    const listing = { names: (await unlessGone(readdir(folder))) ?? [], modified, isSettled, seen };
    all.set(folder, listing);
    return listing;
  };
}
