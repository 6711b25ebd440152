/** The names in folders, listed again only when something came or went: thousands of tails of one folder ask for them. */
import { readdir, stat } from 'node:fs/promises';
import { unlessGone } from './errno.ts';

export type FolderNames = (folder: string) => Promise<readonly string[]>;

interface Listed {
  readonly modified: bigint;
  readonly names: readonly string[];
}

/** ms in which a folder's time may stand still although more happens in it. */
const TICK = 100;

export function folderNames(now: () => number = Date.now): FolderNames {
  const all = new Map<string, Listed>();
  return async (folder) => {
    const found = await unlessGone(stat(folder, { bigint: true }));
    if (found === undefined) {
      all.delete(folder);
      return [];
    }
    const known = all.get(folder);
    if (known?.modified === found.mtimeNs) return known.names;
    const isSettled = now() - Number(found.mtimeNs / 1_000_000n) > TICK;
    const names = (await unlessGone(readdir(folder))) ?? [];
    if (isSettled) all.set(folder, { modified: found.mtimeNs, names });
    return names;
  };
}
