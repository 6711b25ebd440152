/** One look at a path and its folder. */
import { stat } from 'node:fs/promises';
import { unlessGone } from './errno.ts';
import { identityOf } from './identity.ts';
import { placeInside } from './open-inside.ts';

/** The sight of a file that is not there. */
export const GONE = 'gone';
/** What no sight equals: of a file that has more than was read. */
export const UNREAD = 'unread';

export async function identityAt(path: string): Promise<string | undefined> {
  const found = await unlessGone(stat(path, { bigint: true }));
  return found === undefined ? undefined : identityOf(found);
}

/** What tells one look at a file from the next. */
export async function sightOf(path: string): Promise<string> {
  const found = await unlessGone(stat(path, { bigint: true }));
  return found === undefined ? GONE : `${identityOf(found)}:${found.size}:${found.mtimeNs}`;
}

/** The file a link in the folder stands for; the path itself while nothing is there. */
export const placeOf = async (path: string): Promise<string> => (await unlessGone(placeInside(path))) ?? path;
