/**
 * The incarnations of one path that may still bring lines, oldest first: the file at the path now, and those that were
 * rotated away from it and that a writer may still have open.
 *
 *     auth.log.2 ── known from a mark, read to its end ──┐
 *     auth.log.1 ── rotated while we watched, lingering ──┼─ read in this order in every round
 *     auth.log   ── at the path now ─────────────────────┘
 *
 * Invariants
 * - A file that was open is known by its handle, so a rename changes nothing.
 * - Before the file at the path is begun, files that were rotated away without ever being open are put before it.
 * - What is let go was read to its end and quiet for `linger`.
 */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Mark, RawRecord, SourceTag } from '#contract';
import { errnoOf } from './errno.ts';
import { headOf, type Incarnation, incarnation, knownMarks } from './incarnation.ts';
import { openInside, placeInside } from './open-inside.ts';
import { claims, type Fingerprint, missed, type Sibling, siblings, startsLike } from './siblings.ts';

/** Handles kept at most; the oldest is let go early in a rotation storm, after it was read to its end. */
const MOST = 32;
/** Heads of closed files that are remembered, so that a copy of one is not taken for a new file. */
const MOST_MET = 256;
const CHUNK = 128 * 1024;

export interface GenerationsOptions {
  readonly path: string;
  readonly tag: SourceTag;
  readonly known: readonly Mark[];
  readonly now: () => number;
  /** ms without a new byte before a rotated file is let go. */
  readonly linger: number;
}

export interface Generations {
  /** Finds again what the marks speak of. */
  begin(): Promise<void>;
  /** Reads every incarnation to its end; then begins the file at the path if that is a new one. */
  round(): AsyncGenerator<RawRecord[]>;
  /** The rests without a line end, of all. */
  flush(): RawRecord[];
  close(): Promise<void>;
}

interface Live {
  readonly file: Incarnation;
  quietSince: number;
}

export function generations(options: GenerationsOptions): Generations {
  const { path, now, linger } = options;
  const marks = knownMarks(path, options.known);
  const met: Fingerprint[] = marks.map(({ detail }) => ({ length: detail.headLength, hash: detail.headHash }));
  const buffer = Buffer.allocUnsafe(CHUNK);
  let live: Live[] = [];
  /** `since` of the newest incarnation that is no longer open; what was last written before it is none of ours, or was read. */
  let since = marks.length === 0 ? undefined : Math.max(...marks.map(({ detail }) => detail.since));
  let firstLook = marks.length === 0;
  /** When the folder's list last changed, ns, as far as it was searched. */
  let searched: bigint | undefined;

  const isLive = (inode: string): boolean => live.some(({ file }) => file.inode === inode);

  const isMet = (sibling: Sibling): boolean =>
    isLive(sibling.inode) ||
    met.some((head) => startsLike(sibling, head)) ||
    live.some(({ file }) => file.head !== undefined && startsLike(sibling, file.head));

  function part(gone: Live): void {
    live = live.filter((other) => other !== gone);
    since = Math.max(since ?? 0, gone.file.since);
    if (gone.file.head !== undefined) met.push(gone.file.head);
    if (met.length > MOST_MET) met.shift();
  }

  async function close(): Promise<void> {
    const closing = live;
    live = [];
    for (const { file } of closing) await file.handle.close();
  }

  /** False when a file moved between looking and opening. */
  async function adopt(): Promise<boolean> {
    const place = await placeOf(path);
    const found = await siblings(place);
    const claimed = [...claims(found, marks)];
    // Last written last, and what is at the path after all of them.
    claimed.sort(([a], [b]) => Number(a.path === place) - Number(b.path === place) || a.modified - b.modified);
    for (const [sibling, resume] of claimed) {
      const handle = await openInside(sibling.path);
      if (handle === undefined) return false;
      const file = await incarnation(handle, { ...options, resume });
      live.push({ file, quietSince: now() });
      if (file.inode !== sibling.inode) return false;
    }
    return true;
  }

  async function begin(): Promise<void> {
    for (let attempt = 0; !(await adopt()); attempt++) {
      await close();
      if (attempt === 20) throw new Error(`${path} is rotated faster than it can be opened`);
    }
  }

  async function unreadHeads(): Promise<Buffer[]> {
    const unread = live.filter(({ file }) => file.head === undefined);
    return Promise.all(unread.map(({ file }) => headOf(file.handle, Number.MAX_SAFE_INTEGER)));
  }

  /** Begins files that were rotated away without ever being open, and puts them at `place`. */
  async function beginMissed(place: number): Promise<Live[]> {
    const oldest = Math.min(since ?? Infinity, ...live.map(({ file }) => file.since));
    const begun: Live[] = [];
    const log = await placeOf(path);
    const unread = await unreadHeads();
    for (const sibling of missed(await siblings(log), log, oldest, isMet)) {
      if (unread.some((head) => sharesHead(head, sibling.head))) {
        // A copy of what we are about to read ourselves, unless that is truncated first: decided in the next round.
        searched = undefined;
        continue;
      }
      const handle = await openInside(sibling.path);
      if (handle === undefined) continue;
      const file = await incarnation(handle, options);
      // Renamed meanwhile: a later look finds it under its new name.
      if (file.inode !== sibling.inode) await file.handle.close();
      else begun.push({ file, quietSince: now() });
    }
    live.splice(place, 0, ...begun);
    return begun;
  }

  /** Begins the file at the path when it is one we do not have; true when it did. */
  async function succeed(): Promise<boolean> {
    const at = await inodeAt(path);
    const isFirst = firstLook;
    firstLook = false;
    const firstSight = isFirst ? { since: await siblingsWritten() } : undefined;
    if (at === undefined) since ??= firstSight?.since;
    if (at === undefined || isLive(at)) return false;
    const handle = await openInside(path);
    if (handle === undefined) return false;
    live.push({ file: await incarnation(handle, { ...options, firstSight }), quietSince: now() });
    if (!isFirst) await beginMissed(live.length - 1);
    return true;
  }

  /** Looks for missed files after files came, went or were renamed; true when there were any. */
  async function folderBrought(): Promise<boolean> {
    const modified = await folderModified(path);
    if (modified === searched) return false;
    // The folder's time stands still for some milliseconds, in which more may change: such a search is done again.
    searched = now() - Number(modified / 1_000_000n) > 100 ? modified : undefined;
    return (await beginMissed(Math.max(0, live.length - 1))).length > 0;
  }

  /**
   * When the log was last written, or just after the newest of the files beside it: at first sight those are not ours to read.
   * No later for the log itself: what is made and rotated away in the same tick of the clock is ours.
   */
  async function siblingsWritten(): Promise<number> {
    const place = await placeOf(path);
    const found = await siblings(place);
    return Math.max(0, ...found.map((sibling) => (sibling.path === place ? sibling.modified : sibling.modified + 1)));
  }

  /**
   * Truncated under us: what the file holds now is a new incarnation. What we had not read of the old one may be in a copy;
   * without one, what we hold of its last line is all there is.
   */
  async function rewritten(one: Live): Promise<RawRecord[]> {
    const { file } = one;
    const copy = (await siblings(await placeOf(path))).find(
      (sibling) =>
        file.head !== undefined &&
        sibling.size >= file.offset &&
        !isLive(sibling.inode) &&
        startsLike(sibling, file.head),
    );
    const handle = copy === undefined ? undefined : await openInside(copy.path);
    const rest = handle === undefined ? file.flush() : [];
    const left = handle === undefined ? file.handle : await file.moveTo(handle);
    const place = live.indexOf(one) + 1;
    live.splice(place, 0, { file: await incarnation(left, options), quietSince: now() });
    if (handle === undefined) part(one);
    return rest;
  }

  async function* readOn(one: Live): AsyncGenerator<RawRecord[]> {
    let state = await one.file.look();
    if (state === 'rewritten') {
      const rest = await rewritten(one);
      if (rest.length > 0) yield rest;
      if (!live.includes(one)) return;
      state = await one.file.look();
    }
    if (state !== 'changed') return;
    one.quietSince = now();
    yield* one.file.read(buffer);
  }

  /** Reads all, and whatever began meanwhile. */
  async function* readAll(): AsyncGenerator<RawRecord[]> {
    const done = new Set<Live>();
    for (let next = live[0]; next !== undefined; next = live.find((one) => !done.has(one))) {
      done.add(next);
      yield* readOn(next);
    }
  }

  async function* letGo(): AsyncGenerator<RawRecord[]> {
    const at = await inodeAt(path);
    // Without a file at the path the newest one may still be written to, under whatever name.
    if (at === undefined) return;
    const surplus = Math.max(0, live.length - MOST);
    for (const [index, one] of live.entries()) {
      if (one.file.inode === at || (index >= surplus && now() - one.quietSince < linger)) continue;
      const rest = one.file.flush();
      if (rest.length > 0) yield rest;
      part(one);
      await one.file.handle.close();
    }
  }

  return {
    begin,
    async *round() {
      do yield* readAll();
      while ((await succeed()) || (await folderBrought()));
      yield* letGo();
    },
    flush: () => live.flatMap(({ file }) => file.flush()),
    close,
  };
}

function sharesHead(a: Buffer, b: Buffer): boolean {
  const length = Math.min(a.length, b.length);
  return length > 0 && a.subarray(0, length).equals(b.subarray(0, length));
}

/** When something was last made, removed or renamed in the log's folder, ns; 0 while there is no folder. */
async function folderModified(path: string): Promise<bigint> {
  const found = await stat(dirname(path), { bigint: true }).catch(() => undefined);
  return found?.mtimeNs ?? 0n;
}

async function inodeAt(path: string): Promise<string | undefined> {
  try {
    return `${(await stat(path, { bigint: true })).ino}`;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The file a link in the folder stands for; the path itself while nothing is there. */
async function placeOf(path: string): Promise<string> {
  try {
    return await placeInside(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return path;
    throw error;
  }
}
