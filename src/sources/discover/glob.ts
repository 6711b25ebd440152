/**
 * The files that a path with wildcards stands for, and those that come later. A folder is listed again only when something in
 * it came or went, so that a look at a thousand files costs as much as one at their folder.
 *
 * - A wildcard names real folders: a link among them may lead anywhere, and whoever may write the folder could make us follow
 *   another one's files. (Links that the path names outright are the owner's own.)
 * - Compressed files are no logs that grow. What rotation left of a log that is followed belongs to that log.
 */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../file-tail/errno.ts';
import { isCompressed, rotatedFrom } from '../file-tail/rotation.ts';
import type { TailShare } from '../file-tail/share.ts';
import { isWild, matchesName } from './wildcard.ts';

export interface GlobOptions {
  /** Where the watched machine's root is mounted. */
  readonly root: string;
  readonly now: () => number;
  /** Whether a log at this path was followed before: its rotations are no logs of their own while it is away. */
  readonly wasFollowed?: ((path: string) => boolean) | undefined;
}

export interface Glob {
  /** Paths as the watched machine knows them, sorted; the same array while nothing came or went. */
  matches(): Promise<readonly string[]>;
  /** Folders that were listed, as they are opened. */
  folders(): readonly string[];
}

/** ms in which a folder's time may stand still although more happens in it. */
const TICK = 100;

export function glob(pattern: string, { root, now, wasFollowed }: GlobOptions): Glob {
  const listed = new Map<
    string,
    { readonly modified: bigint; readonly isSettled: boolean; readonly entries: Dirent[] }
  >();
  const seen = new Set<string>();
  let visited = new Set<string>();
  let last: readonly string[] = [];

  async function list(folder: string): Promise<readonly Dirent[]> {
    const place = join(root, folder);
    visited.add(place);
    try {
      const { mtimeNs } = await stat(place, { bigint: true });
      const known = listed.get(place);
      if (known?.isSettled === true && known.modified === mtimeNs) return known.entries;
      const isSettled = now() - Number(mtimeNs / 1_000_000n) > TICK;
      const entries = await readdir(place, { withFileTypes: true });
      listed.set(place, { modified: mtimeNs, isSettled, entries });
      return entries;
    } catch (error) {
      // A folder that is gone or closed to us holds nothing we could follow.
      if (errnoOf(error) === undefined) throw error;
      listed.delete(place);
      return [];
    }
  }

  async function* walk(folder: string, segments: readonly string[]): AsyncGenerator<string> {
    const [segment = '', ...rest] = segments;
    if (!isWild(segment) && rest.length > 0) {
      yield* walk(join(folder, segment), rest);
      return;
    }
    const entries = (await list(folder)).filter(({ name }) => matchesName(segment, name));
    if (rest.length > 0) {
      for (const entry of entries) if (entry.isDirectory()) yield* walk(join(folder, entry.name), rest);
      return;
    }
    const names = new Set(entries.map(({ name }) => name));
    for (const entry of entries) {
      const isFile = entry.isFile() || entry.isSymbolicLink();
      if (isFile && !isCompressed(entry.name) && !isRotation(folder, entry.name, names)) yield join(folder, entry.name);
    }
  }

  /** Rotated away from a log that matches too, or did. */
  function isRotation(folder: string, name: string, names: ReadonlySet<string>): boolean {
    const log = rotatedFrom(name);
    if (log === undefined) return false;
    const path = join(folder, log);
    return names.has(log) || seen.has(path) || wasFollowed?.(path) === true;
  }

  /** Every folder that was listed is as it was then. */
  async function isUnchanged(): Promise<boolean> {
    for (const place of visited) {
      const known = listed.get(place);
      const found = known?.isSettled === true ? await stat(place, { bigint: true }).catch(() => undefined) : undefined;
      if (found === undefined || found.mtimeNs !== known?.modified) return false;
    }
    return visited.size > 0;
  }

  return {
    async matches() {
      if (await isUnchanged()) return last;
      visited = new Set();
      const found: string[] = [];
      for await (const path of walk('/', pattern.split('/').filter(Boolean))) found.push(path);
      for (const path of found) seen.add(path);
      last = found.toSorted();
      return last;
    },
    folders: () => [...visited],
  };
}

export interface Change {
  readonly appeared: readonly string[];
  readonly gone: readonly string[];
  /** When it was last looked before, ms: what appeared was not there then. */
  readonly since: number;
}

export interface GlobWatchOptions extends GlobOptions {
  /** What matched when it was last looked, at `since`. */
  readonly known: readonly string[];
  readonly since: number;
  readonly poll: number;
  readonly share: TailShare;
}

/** What comes and goes, as it does. */
export async function* globChanges(
  pattern: string,
  options: GlobWatchOptions,
  signal: AbortSignal,
): AsyncGenerator<Change> {
  const { share, poll, now } = options;
  const files = glob(pattern, options);
  let known = new Set(options.known);
  let { since } = options;
  let last: readonly string[] | undefined;
  let watched = '';
  let bell = share.watches.bell([], undefined, signal);
  try {
    while (!signal.aborted) {
      const looked = now();
      const matches = await files.matches();
      if (matches !== last) {
        const found = new Set(matches);
        const appeared = matches.filter((path) => !known.has(path));
        const gone = [...known].filter((path) => !found.has(path));
        if (appeared.length > 0 || gone.length > 0) yield { appeared, gone, since };
        known = found;
        last = matches;
      }
      since = looked;
      const folders = files.folders().toSorted();
      if (folders.join('\n') !== watched) {
        bell.close();
        bell = share.watches.bell(folders, undefined, signal);
        watched = folders.join('\n');
      }
      await bell.wait(poll);
    }
  } finally {
    bell.close();
  }
}
