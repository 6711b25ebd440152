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
import type { Mark, RawRecord, SourceTag } from '#contract';
import { errnoOf } from './errno.ts';
import { type Incarnation, incarnation, knownMarks } from './incarnation.ts';
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
  /** Files written before this were rotated away before our time. */
  let since = Math.max(-Infinity, ...marks.map(({ detail }) => detail.since));
  let firstLook = marks.length === 0;

  const isLive = (inode: string): boolean => live.some(({ file }) => file.inode === inode);

  const isMet = (sibling: Sibling): boolean =>
    isLive(sibling.inode) ||
    met.some((head) => startsLike(sibling, head)) ||
    live.some(({ file }) => file.head !== undefined && startsLike(sibling, file.head));

  async function join(handle: Awaited<ReturnType<typeof openInside>>, backfill = false): Promise<void> {
    if (handle === undefined) return;
    live.push({ file: await incarnation(handle, { ...options, backfill }), quietSince: now() });
  }

  async function part(gone: Live): Promise<void> {
    live = live.filter((other) => other !== gone);
    since = Math.max(since, gone.file.since);
    if (gone.file.head !== undefined) met.push(gone.file.head);
    if (met.length > MOST_MET) met.shift();
    await gone.file.close();
  }

  async function close(): Promise<void> {
    const closing = live;
    live = [];
    for (const { file } of closing) await file.close();
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
      const file = await incarnation(handle, { ...options, resume, backfill: false });
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

  async function beginMissed(before: number): Promise<void> {
    const place = await placeOf(path);
    const oldest = live.length === 0 ? since : Math.min(...live.map(({ file }) => file.since));
    if (oldest === -Infinity) return;
    for (const sibling of missed(await siblings(place), place, oldest, isMet)) {
      const handle = await openInside(sibling.path);
      if (handle === undefined) continue;
      const file = await incarnation(handle, { ...options, backfill: false });
      // Renamed meanwhile: a later round finds it under its new name.
      if (file.inode !== sibling.inode) await file.close();
      else live.splice(before++, 0, { file, quietSince: now() });
    }
  }

  /** Begins the file at the path when it is one we do not have; true when it did. */
  async function succeed(): Promise<boolean> {
    const at = await inodeAt(path);
    const backfill = firstLook;
    firstLook = false;
    if (at === undefined || isLive(at)) return false;
    const before = live.length;
    await join(await openInside(path), backfill);
    if (!backfill) await beginMissed(before);
    return true;
  }

  /** Truncated under us. What we had not read may be in a copy; otherwise what we hold is all there is. */
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
    if (handle === undefined) {
      const rest = file.flush();
      await part(one);
      return rest;
    }
    await file.moveTo(handle);
    return [];
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

  async function* letGo(): AsyncGenerator<RawRecord[]> {
    const at = await inodeAt(path);
    // Without a file at the path the newest one may still be written to, under whatever name.
    if (at === undefined) return;
    const rotated = live.filter(({ file }) => file.inode !== at);
    const surplus = Math.max(0, live.length - MOST);
    const done = rotated.filter(({ quietSince }, index) => index < surplus || now() - quietSince >= linger);
    if (done.length > 0) await beginMissed(0);
    for (const one of done) {
      const rest = one.file.flush();
      if (rest.length > 0) yield rest;
      await part(one);
    }
  }

  return {
    begin,
    async *round() {
      do for (const one of live.slice()) yield* readOn(one);
      while (await succeed());
      yield* letGo();
    },
    flush: () => live.flatMap(({ file }) => file.flush()),
    close,
  };
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
