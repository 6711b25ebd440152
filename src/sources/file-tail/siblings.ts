/** The files beside a log that may hold its earlier lines, and which of them we have met before. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { errnoOf } from './errno.ts';
import { headOf, hashOf, type KnownMark } from './incarnation.ts';
import { openInside, RefusedFile } from './open-inside.ts';

export interface Sibling {
  readonly path: string;
  readonly inode: string;
  readonly size: number;
  /** Last written, ms. */
  readonly modified: number;
  /** Its first bytes, as many as a fingerprint covers at most. */
  readonly head: Buffer;
}

const COMPRESSED = /\.(?:gz|bz2|xz|zst|lz4|Z)$/;
/** `.1`, `-20261120`, `.2026-11-20`, `-20261120-1763600000`: names that rotation gives, not a person's `.bak`. */
const ROTATED = /^[.-]\d[\d._-]*$/;

/** Readable regular files whose names begin like the log's own, the log itself among them; last written first. */
export async function siblings(path: string): Promise<Sibling[]> {
  const folder = dirname(path);
  const base = basename(path);
  const stem = basename(base, extname(base));
  const found: Sibling[] = [];
  for (const name of await namesIn(folder)) {
    if (!name.startsWith(stem) || COMPRESSED.test(name)) continue;
    const sibling = await inspect(join(folder, name));
    if (sibling !== undefined) found.push(sibling);
  }
  return found.toSorted((a, b) => b.modified - a.modified);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** A neighbour that cannot be read holds nothing we had read before: it is passed over. */
async function inspect(path: string): Promise<Sibling | undefined> {
  try {
    await using handle = await openInside(path);
    if (handle === undefined) return undefined;
    const stat = await handle.stat({ bigint: true });
    const head = await headOf(handle, Number.MAX_SAFE_INTEGER);
    return { path, inode: `${stat.ino}`, size: Number(stat.size), modified: Number(stat.mtimeMs), head };
  } catch (error) {
    if (error instanceof RefusedFile || errnoOf(error) !== undefined) return undefined;
    throw error;
  }
}

export interface Fingerprint {
  readonly length: number;
  readonly hash: string;
}

export const startsLike = (sibling: Sibling, head: Fingerprint): boolean =>
  sibling.head.length >= head.length && hashOf(sibling.head.subarray(0, head.length)) === head.hash;

/**
 * Which sibling continues which mark: first the same file (inode and head), whatever its name; then, for marks left over, a
 * copy of it (head alone), such as copytruncate or a restored backup leaves. No file continues two marks.
 */
export function claims(found: readonly Sibling[], marks: readonly KnownMark[]): Map<Sibling, KnownMark> {
  const claimed = new Map<Sibling, KnownMark>();
  const taken = new Set<KnownMark>();
  // The longest head says most; of equal ones the furthest mark is the latest.
  const ordered = marks.toSorted((a, b) => b.detail.headLength - a.detail.headLength || b.mark - a.mark);
  for (const sameInode of [true, false]) {
    for (const mark of ordered) {
      if (taken.has(mark)) continue;
      const { inode, headLength, headHash } = mark.detail;
      const match = found.find(
        (sibling) =>
          !claimed.has(sibling) &&
          (!sameInode || sibling.inode === inode) &&
          sibling.size >= mark.mark &&
          startsLike(sibling, { length: headLength, hash: headHash }),
      );
      if (match === undefined) continue;
      claimed.set(match, mark);
      taken.add(mark);
    }
  }
  return claimed;
}

/** Rotated away before we ever opened them: written since, named by rotation, and like nothing we have met. Oldest first. */
export function missed(found: readonly Sibling[], path: string, since: number, met: Met): Sibling[] {
  return found
    .filter((sibling) => {
      const suffix = sibling.path.startsWith(path) ? sibling.path.slice(path.length) : '';
      return ROTATED.test(suffix) && sibling.size > 0 && sibling.modified >= since && !met(sibling);
    })
    .toReversed();
}

export type Met = (sibling: Sibling) => boolean;
