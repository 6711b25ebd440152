/**
 * The incarnations of one path that may still bring lines, oldest first: the file at the path now, and those that were
 * rotated away from it and that a writer may still have open.
 *
 *     auth.log.2.gz ── known from a mark, compressed meanwhile ──┐
 *     auth.log.1    ── rotated while we watched, lingering ──────┼─ read in this order in every round
 *     auth.log      ── at the path now ──────────────────────────┘
 *
 * Invariants
 * - A file that was open is known by its handle, so a rename changes nothing.
 * - Before the file at the path is begun, files that were rotated away without ever being open are put before it.
 * - What is let go was read to its end and quiet for `linger`.
 * - Asleep it has nothing open. It wakes as it would after a restart, with its own places for marks.
 */
import type { Mark, RawRecord } from '#contract';
import { ageIn, byAge, NO_HEAD, sharesHead } from './age.ts';
import { findingOf, type Live } from './finding.ts';
import type { FolderNames } from './folder-names.ts';
import { type Fingerprint, headOf, knownMarks, type KnownMark } from './identity.ts';
import { type Incarnation, incarnation } from './incarnation.ts';
import { openInside } from './open-inside.ts';
import type { RecordingOptions } from './recording.ts';
import { holds, isUnfinished, missed, rotated, type Sibling, siblings, startsLike } from './siblings.ts';
import { folderModified, GONE, identityAt, placeOf, sightOf, UNREAD } from './sight.ts';

/** Looks at a folder in which files are renamed faster than they can be opened. */
const ATTEMPTS = 20;
/** Handles kept at most; the oldest is let go early in a rotation storm, after it was read to its end. */
const MOST = 32;
/** Heads of closed files that are remembered, so that a copy of one is not taken for a new file. */
const MOST_MET = 256;
/** ms after which a tail that fell asleep over a rotated file looks whether somebody still writes to that. */
const NAP = 5000;

export interface GenerationsOptions extends RecordingOptions {
  readonly known: readonly Mark[];
  /** ms without a new byte before a rotated file is let go. */
  readonly linger: number;
  /** The path was not there then, ms: what is there is new. Absent: what is there at first sight is old. */
  readonly appeared?: number | undefined;
  readonly names: FolderNames;
}

export interface Generations {
  /** Finds again what the marks speak of, or what was open before it slept. */
  begin(): Promise<void>;
  /** Reads every incarnation to its end; then begins the file at the path if that is a new one. */
  round(buffer: Buffer): AsyncGenerator<RawRecord[]>;
  /** The rests without a line end, of all. */
  flush(): RawRecord[];
  /** ms until a record of many lines that is held counts as complete. */
  due(): number;
  /** Whether nothing would be lost or delayed if all were closed. */
  readonly canSleep: boolean;
  sleep(): Promise<void>;
  /** Asleep: whether the file at the path is another one or was written to. */
  hasNews(): Promise<boolean>;
  close(): Promise<void>;
}

export function generations(options: GenerationsOptions): Generations {
  const { path, now, linger, appeared, multiline, names, onCount } = options;
  let marks = knownMarks(path, options.known);
  const met: Fingerprint[] = marks.map(({ detail }) => ({ length: detail.headLength, hash: detail.headHash }));
  let live: Live[] = [];
  /** `since` of the newest incarnation that is no longer open; what was last written before it is none of ours, or was read. */
  let since = marks.length === 0 ? appeared : Math.max(...marks.map(({ detail }) => detail.since));
  let firstLook = marks.length === 0 && appeared === undefined;
  /** When the folder's list last changed, ns, as far as it was searched. */
  let searched: bigint | undefined;
  /** The file at the path as it was when we fell asleep. */
  let slept = '';
  let wakes = Infinity;
  /** Since when files were quiet that we slept over, by their stream. */
  let quiet = new Map<string, number>();
  /** Marks whose file was still being compressed. */
  let later: readonly KnownMark[] = [];

  const finding = findingOf({ ...options, quietSince: (key) => quiet.get(key) ?? now() });

  const isLive = (identity: string): boolean => live.some(({ file }) => file.identity === identity);

  const isMet = (sibling: Sibling): boolean =>
    isLive(sibling.identity) ||
    met.some((head) => startsLike(sibling, head)) ||
    live.some(({ file }) => file.fingerprint !== undefined && startsLike(sibling, file.fingerprint));

  function part(gone: Live): void {
    live = live.filter((other) => other !== gone);
    since = Math.max(since ?? 0, gone.file.since);
    remember(gone.file);
  }

  function remember({ fingerprint }: Incarnation): void {
    if (fingerprint === undefined || met.some(({ hash }) => hash === fingerprint.hash)) return;
    met.push(fingerprint);
    if (met.length > MOST_MET) met.shift();
  }

  async function close(): Promise<void> {
    const closing = live;
    live = [];
    for (const { file } of closing) await file.handle.close();
  }

  /** What continues `wanted` is put before what is live; false when a file moved meanwhile. */
  async function adopt(wanted: readonly KnownMark[]): Promise<boolean> {
    const found = await finding.again(wanted, isLive);
    if (found === undefined) return false;
    live.unshift(...found.begun);
    later = found.later;
    const newest = wanted.toSorted((x, y) => y.detail.since - x.detail.since)[0];
    if (slept === '' && newest !== undefined && found.gone.includes(newest)) onCount?.('vanished', 1);
    return true;
  }

  /** The usual way to wake: the file at the path is the one we slept over. */
  async function resumeAtPath(): Promise<boolean> {
    const [only] = marks;
    const one = only === undefined || marks.length > 1 || slept === '' ? undefined : await finding.atPath(only);
    if (one !== undefined) live.push(one);
    return one !== undefined;
  }

  /** A file that was followed under another name goes on where it was. */
  async function takeOver(): Promise<void> {
    const one = await finding.takenOver();
    if (one === undefined) return;
    live.push(one);
    firstLook = false;
  }

  async function begin(): Promise<void> {
    if (slept === '' && marks.length === 0) await takeOver();
    if (marks.length > 0 && !(await resumeAtPath())) {
      for (let attempt = 0; !(await adopt(marks)); attempt++) {
        if (attempt === ATTEMPTS) throw new Error(`${path} is rotated faster than it can be opened`);
      }
    }
    marks = [];
  }

  /** Begins files that were rotated away without ever being open, each before those that are newer. */
  async function beginMissed(): Promise<boolean> {
    const oldest = Math.min(since ?? Infinity, ...live.map(({ file }) => file.since));
    const before = live.length;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const log = await placeOf(path);
      const all = byAge(await rotated(log, names), log);
      // Now, behind the look: what a compressed file holds was in the open one before.
      const heads = await unreadHeads();
      const ages = live.map((one, index) => ageIn(all, one.file, heads[index]));
      let hasMoved = false;
      for (const sibling of missed(all, oldest, isMet)) {
        if (sibling.path === log) continue;
        // A copy of what we are about to read ourselves, unless that is truncated first; or one that is not whole yet.
        if (heads.some((head) => sharesHead(head, sibling.head)) || (await isUnfinished(sibling, now()))) {
          searched = undefined;
          continue;
        }
        const one = await finding.open(sibling);
        hasMoved ||= one === undefined;
        if (one === undefined) continue;
        const age = all.indexOf(sibling);
        const newer = ages.findIndex((other) => other > age);
        const place = newer < 0 ? live.length : newer;
        live.splice(place, 0, one);
        ages.splice(place, 0, age);
      }
      if (!hasMoved) break;
    }
    return live.length > before;
  }

  /** The heads of files of which nothing was read yet; empty ones of the others. */
  function unreadHeads(): Promise<Buffer[]> {
    return Promise.all(
      live.map(({ file }) => (file.fingerprint === undefined ? headOf(file.handle) : Promise.resolve(NO_HEAD))),
    );
  }

  /** Begins the file at the path when it is one we do not have; true when it did. */
  async function succeed(at: string | undefined): Promise<boolean> {
    const isFirst = firstLook;
    firstLook = false;
    const firstSight = isFirst ? { since: await siblingsWritten() } : undefined;
    if (at === undefined) since ??= firstSight?.since;
    if (at === undefined || isLive(at)) return false;
    const handle = await openInside(path);
    if (handle === undefined) return false;
    live.push({ file: await incarnation(handle, { ...options, firstSight }), quietSince: now() });
    if (!isFirst) await beginMissed();
    return true;
  }

  /** Looks for missed files after files came, went or were renamed; true when there were any. */
  async function folderBrought(): Promise<boolean> {
    const modified = await folderModified(path);
    if (modified === searched) return false;
    // The folder's time stands still for some milliseconds, in which more may change: such a search is done again.
    searched = now() - Number(modified / 1_000_000n) > 100 ? modified : undefined;
    if (later.length > 0) {
      await adopt(later);
      if (later.length > 0) searched = undefined;
    }
    return beginMissed();
  }

  /**
   * When the log was last written, or just after the newest of the files beside it: at first sight those are not ours to read.
   * No later for the log itself: what is made and rotated away in the same tick of the clock is ours.
   */
  async function siblingsWritten(): Promise<number> {
    const place = await placeOf(path);
    const found = await siblings(place, names);
    return Math.max(0, ...found.map((sibling) => (sibling.path === place ? sibling.modified : sibling.modified + 1)));
  }

  /** A copy that was made before the file was truncated: it holds what we had not read. */
  async function copyOf({ place, offset }: Incarnation): Promise<Live | undefined> {
    if (place === undefined) return undefined;
    for (const sibling of await siblings(await placeOf(path), names)) {
      if (isLive(sibling.identity) || (!sibling.isPacked && sibling.size < offset)) continue;
      if ((await holds(sibling, place, now())) !== 'yes') continue;
      const one = await finding.open(sibling, place);
      if (one !== undefined) return one;
    }
    return undefined;
  }

  /**
   * Truncated under us: what the file holds now is a new incarnation. What we had not read of the old one may be in a copy;
   * without one, what we hold of its last line is all there is, and the rest is counted as lost.
   */
  async function rewritten(one: Live): Promise<RawRecord[]> {
    const { file } = one;
    const copy = await copyOf(file);
    const next = { file: await incarnation(file.handle, options), quietSince: now() };
    live.splice(live.indexOf(one), 1, ...(copy === undefined ? [one] : [copy]), next);
    if (copy !== undefined) return [];
    part(one);
    onCount?.('truncated', 1);
    if (file.unread > 0) onCount?.('truncated_bytes', file.unread);
    return file.flush();
  }

  async function* readOn(one: Live, buffer: Buffer): AsyncGenerator<RawRecord[]> {
    const state = await one.file.look();
    if (state === 'rewritten') yield* some(await rewritten(one));
    if (state === 'changed') {
      one.quietSince = now();
      yield* one.file.read(buffer);
    } else if (multiline !== undefined && one.file.isHolding && now() - one.quietSince >= multiline.max_wait) {
      yield* some(one.file.flush());
    }
    if (!one.file.isFinished) return;
    part(one);
    await one.file.handle.close();
  }

  /** Reads all, and whatever began meanwhile. */
  async function* readAll(buffer: Buffer): AsyncGenerator<RawRecord[]> {
    const done = new Set<Live>();
    for (let next = live[0]; next !== undefined; next = live.find((one) => !done.has(one))) {
      done.add(next);
      yield* readOn(next, buffer);
    }
  }

  async function* letGo(at: string | undefined): AsyncGenerator<RawRecord[]> {
    const surplus = Math.max(0, live.length - MOST);
    for (const [index, one] of live.entries()) {
      const isQuiet = now() - one.quietSince >= linger;
      // Without a file at the path the newest one may still be written to, under whatever name: it stays open.
      const stays = at === undefined ? index === live.length - 1 : one.file.identity === at;
      if (stays ? at !== undefined || !isQuiet : !isQuiet && index >= surplus) continue;
      yield* some(one.file.flush());
      if (stays) continue;
      part(one);
      await one.file.handle.close();
    }
  }

  /** The file at the path as it is, if all of it was read; otherwise what no later look equals. */
  async function sightRead(): Promise<string> {
    const sight = await sightOf(path);
    const file = live.at(-1)?.file;
    if (file === undefined) return sight === GONE ? GONE : UNREAD;
    return sight.startsWith(`${file.identity}:`) && (await file.look()) === 'quiet' ? sight : UNREAD;
  }

  return {
    begin,
    async *round(buffer) {
      let at: string | undefined;
      do {
        yield* readAll(buffer);
        at = await identityAt(path);
      } while ((await succeed(at)) || (await folderBrought()));
      yield* letGo(at);
    },
    flush: () => live.flatMap(({ file }) => file.flush()),
    due() {
      if (multiline === undefined) return Infinity;
      const held = live.filter(({ file }) => file.isHolding).map(({ quietSince }) => quietSince);
      return Math.max(0, Math.min(Infinity, ...held) + multiline.max_wait - now());
    },
    get canSleep() {
      return later.length === 0 && !(multiline !== undefined && live.some(({ file }) => file.isHolding));
    },
    async sleep() {
      marks = live.flatMap(({ file }) => file.place ?? []);
      quiet = new Map(live.map(({ file, quietSince }) => [file.place?.key ?? '', quietSince]));
      wakes = live.length > 1 ? now() + NAP : Infinity;
      since = Math.max(since ?? 0, ...live.map(({ file }) => file.since));
      for (const { file } of live) remember(file);
      slept = await sightRead();
      await close();
    },
    hasNews: async () => now() >= wakes || (await sightOf(path)) !== slept,
    close,
  };
}

function* some(records: RawRecord[]): Generator<RawRecord[]> {
  if (records.length > 0) yield records;
}
