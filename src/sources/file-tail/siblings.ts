/** The files beside a log that may hold its earlier lines, and which of them we have met before. */
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { errnoOf } from './errno.ts';
import type { FolderNames } from './folder-names.ts';
import { beforeOf, beginsLike, type Fingerprint, hashOf, headOf, identityOf, type KnownMark } from './identity.ts';
import { openInside, RefusedFile } from './open-inside.ts';
import { packedHead, saidSize, scanPacked } from './packed.ts';
import { isReadable, isRotationOf, PACKED } from './rotation.ts';
import { identityAt } from './sight.ts';

export interface Sibling {
  readonly path: string;
  readonly identity: string;
  /** Of a packed one, what it says to unpack to: true but for damaged, joined and enormous files. */
  readonly size: number;
  /** Last written, ms. */
  readonly modified: number;
  /** Its first plain bytes, as many as a fingerprint covers at most. */
  readonly head: Buffer;
  readonly isPacked: boolean;
}

/** A compressed file that ends too early and was not written for so long is taken for damaged, ms. */
const GIVEN_UP = 60_000;

/** Readable regular files whose names begin like the log's own, the log itself among them; last written first. */
export function siblings(path: string, namesIn: FolderNames): Promise<Sibling[]> {
  const base = basename(path);
  const stem = basename(base, extname(base));
  return atOneMoment(dirname(path), namesIn, (name) => name.startsWith(stem) && isReadable(name));
}

/** The log and the files with a name that rotation gives. */
export function rotated(path: string, namesIn: FolderNames): Promise<Sibling[]> {
  const base = basename(path);
  return atOneMoment(dirname(path), namesIn, (name) => name === base || isRotationOf(base, name));
}

/** Looks at a folder in which names keep moving from file to file, until two in a row agree. */
const LOOKS = 10;

/**
 * Each file with the name that it had at one moment: what is renamed while they are looked at one by one would be seen twice,
 * or not at all, or under a name from before beside one from after.
 */
async function atOneMoment(
  folder: string,
  namesIn: FolderNames,
  isWanted: (name: string) => boolean,
): Promise<Sibling[]> {
  const wanted = async (): Promise<readonly string[]> => (await namesIn(folder)).filter(isWanted).toSorted();
  let found: Sibling[] = [];
  for (let look = 0; look < LOOKS; look++) {
    const names = await wanted();
    found = await inspectAll(folder, names);
    if ((await areStillThere(found)) && isDeepStrictEqual(await wanted(), names)) break;
  }
  return [...new Map(found.map((one) => [one.identity, one])).values()];
}

async function areStillThere(found: readonly Sibling[]): Promise<boolean> {
  for (const { path, identity } of found) if ((await identityAt(path)) !== identity) return false;
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
async function withNeighbour<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T | undefined> {
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
    const stat = await handle.stat({ bigint: true });
    const isPacked = PACKED.test(path);
    return {
      path,
      identity: identityOf(stat),
      size: isPacked ? await saidSize(handle, Number(stat.size)) : Number(stat.size),
      modified: Number(stat.mtimeMs),
      head: await (isPacked ? packedHead(handle) : headOf(handle)),
      isPacked,
    };
  });

export const startsLike = (sibling: Sibling, head: Fingerprint): boolean => beginsLike(sibling.head, head);

/**
 * Whether `sibling` holds the bytes that were read up to `mark`. 'later' for one that is still being compressed.
 * One whose size is the mark is all read: for a packed one that saves unpacking it.
 */
export async function holds(sibling: Sibling, known: KnownMark, now: number): Promise<'yes' | 'no' | 'later'> {
  const { headLength, headHash, markerAt = 0, markerHash } = known.detail;
  if (!startsLike(sibling, { length: headLength, hash: headHash })) return 'no';
  if (sibling.isPacked) return isAllRead(sibling, known) ? 'yes' : holdsPacked(sibling, known, now);
  if (sibling.size < known.mark) return 'no';
  if (markerHash === undefined) return 'yes';
  const before = await withNeighbour(sibling.path, (handle) => beforeOf(handle, markerAt));
  return before !== undefined && hashOf(before) === markerHash ? 'yes' : 'no';
}

export const isAllRead = (sibling: Sibling, { mark }: KnownMark): boolean =>
  sibling.isPacked && mark > 0 && sibling.size === mark % 2 ** 32;

/** A compressed file that somebody may still be writing. */
export async function isUnfinished(sibling: Sibling, now: number): Promise<boolean> {
  if (!sibling.isPacked || now - sibling.modified >= GIVEN_UP) return false;
  return (await withNeighbour(sibling.path, (handle) => scanPacked(handle)))?.end === 'short';
}

async function holdsPacked(
  sibling: Sibling,
  { mark, detail }: KnownMark,
  now: number,
): Promise<'yes' | 'no' | 'later'> {
  const scan = await withNeighbour(sibling.path, (handle) => scanPacked(handle, detail.markerAt));
  if (scan === undefined) return 'no';
  if (scan.end === 'short' && now - sibling.modified < GIVEN_UP) return 'later';
  return scan.size >= mark && (detail.markerHash === undefined || scan.marker === detail.markerHash) ? 'yes' : 'no';
}

export interface Claims {
  readonly claimed: ReadonlyMap<Sibling, KnownMark>;
  /** Marks whose file is not there. */
  readonly gone: readonly KnownMark[];
  /** Marks whose file is still being compressed. */
  readonly later: readonly KnownMark[];
}

/**
 * Which sibling continues which mark: first the same file (device, inode, head and marker), whatever its name; then, for marks
 * left over, a copy of it (head and marker), such as copytruncate, a compression or a restored backup leaves. No file
 * continues two marks.
 */
export async function claims(found: readonly Sibling[], marks: readonly KnownMark[], now: number): Promise<Claims> {
  const claimed = new Map<Sibling, KnownMark>();
  const taken = new Set<KnownMark>();
  const later = new Set<KnownMark>();
  // The longest head says most; of equal ones the furthest mark is the latest.
  const ordered = marks.toSorted((a, b) => b.detail.headLength - a.detail.headLength || b.mark - a.mark);
  const plainFirst = found.toSorted((a, b) => Number(a.isPacked) - Number(b.isPacked));
  for (const isSame of [true, false]) {
    for (const mark of ordered) {
      if (taken.has(mark)) continue;
      const identity = `${mark.detail.device}:${mark.detail.inode}`;
      for (const sibling of plainFirst) {
        if (claimed.has(sibling) || (isSame && sibling.identity !== identity)) continue;
        const held = await holds(sibling, mark, now);
        if (held === 'later') later.add(mark);
        if (held !== 'yes') continue;
        claimed.set(sibling, mark);
        taken.add(mark);
        break;
      }
    }
  }
  const left = marks.filter((mark) => !taken.has(mark));
  return { claimed, gone: left.filter((mark) => !later.has(mark)), later: left.filter((mark) => later.has(mark)) };
}

/**
 * Rotated away before we ever opened them: written since, named by rotation, and like nothing we have met, in the given order.
 * Of a file and its compressed copy the plain one.
 */
export function missed(found: readonly Sibling[], since: number, isMet: (sibling: Sibling) => boolean): Sibling[] {
  const fresh = found.filter((one) => one.head.length > 0 && one.modified >= since && !isMet(one));
  return fresh.filter((one) => !one.isPacked || !fresh.some((other) => !other.isPacked && other.head.equals(one.head)));
}
