/**
 * The files beside a log that may hold its earlier lines, and what is concluded from them.
 *
 * Names move from file to file while they are looked at one by one: a file would be seen twice, or not at all, or as it was before
 * something beside another as it was after. So a conclusion is drawn from a look, by reading alone, and counts only if after it
 * everything is still where it was; otherwise both are done again.
 */
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { errnoOf, unlessGone } from './errno.ts';
import type { FolderNames } from './folder-names.ts';
import { beginsLike, type Fingerprint, headOf, identityOf } from './identity.ts';
import { openInside, RefusedFile } from './open-inside.ts';
import { packedHead, saidSize } from './packed.ts';
import { isReadable, isRotationOf, PACKED } from './rotation.ts';

export interface Sibling {
  readonly path: string;
  readonly identity: string;
  /** Of a packed one, what it says to unpack to: true but for damaged, joined and enormous files. */
  readonly size: number;
  /** On disk. */
  readonly bytes: number;
  /** Last written, ms. */
  readonly modified: number;
  /** Its first plain bytes, as many as a fingerprint covers at most. */
  readonly head: Buffer;
  readonly isPacked: boolean;
}

/** Looks at a folder at most, until nothing moves during one. */
const LOOKS = 10;

type IsWanted = (name: string) => boolean;

/** Readable regular files whose names begin like the log's own, the log itself among them. */
export function likeNamed(path: string): IsWanted {
  const base = basename(path);
  const stem = basename(base, extname(base));
  return (name) => name.startsWith(stem) && isReadable(name);
}

/** The log and the files with a name that rotation gives. */
export function rotationsOf(path: string): IsWanted {
  const base = basename(path);
  return (name) => name === base || isRotationOf(base, name);
}

/**
 * What `conclude` makes of the files beside `path`, last written first, each with the name and the size that it had all the
 * while. Undefined where they never stood still.
 */
export async function atOneMoment<T extends object>(
  path: string,
  namesIn: FolderNames,
  isWanted: IsWanted,
  conclude: (found: readonly Sibling[]) => Promise<T> | T,
): Promise<T | undefined> {
  const folder = dirname(path);
  const wanted = async (): Promise<readonly string[]> => (await namesIn(folder)).names.filter(isWanted).toSorted();
  for (let look = 0; look < LOOKS; look++) {
    const names = await wanted();
    const all = await inspectAll(folder, names);
    const conclusion = await conclude([...new Map(all.map((one) => [one.identity, one])).values()]);
    if ((await areAsTheyWere(all)) && isDeepStrictEqual(await wanted(), names)) return conclusion;
  }
  return undefined;
}

/** A plain file may grow: nothing that was read of it changes by that. One that is being compressed is another file by then. */
async function areAsTheyWere(found: readonly Sibling[]): Promise<boolean> {
  for (const { path, identity, isPacked, bytes } of found) {
    const now = await unlessGone(stat(path, { bigint: true }));
    if (now === undefined || identityOf(now) !== identity || (isPacked && Number(now.size) !== bytes)) return false;
  }
  return true;
}

async function inspectAll(folder: string, names: readonly string[]): Promise<Sibling[]> {
  const found: Sibling[] = [];
  for (const name of names) {
    const sibling = await inspect(join(folder, name));
    if (sibling !== undefined) found.push(sibling);
  }
  return found.toSorted((a, b) => b.modified - a.modified);
}

/** A neighbour that cannot be read holds nothing we had read before: it is passed over. */
export async function withNeighbour<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T | undefined> {
  try {
    await using handle = await openInside(path);
    return handle === undefined ? undefined : await use(handle);
  } catch (error) {
    const errno = errnoOf(error);
    // Nor is one that holds what we need: without descriptors nothing can be said.
    if (errno === 'EMFILE' || errno === 'ENFILE') throw error;
    if (error instanceof RefusedFile || errno !== undefined) return undefined;
    throw error;
  }
}

export const inspect = (path: string): Promise<Sibling | undefined> =>
  withNeighbour(path, async (handle) => {
    const found = await handle.stat({ bigint: true });
    const bytes = Number(found.size);
    const isPacked = PACKED.test(path);
    return {
      path,
      identity: identityOf(found),
      size: isPacked ? await saidSize(handle, bytes) : bytes,
      bytes,
      modified: Number(found.mtimeMs),
      head: await (isPacked ? packedHead(handle) : headOf(handle)),
      isPacked,
    };
  });

export const startsLike = (sibling: Sibling, head: Fingerprint): boolean => beginsLike(sibling.head, head);
