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
 * - How long something takes is told by a clock that nobody sets.
 */
import type { Mark, RawRecord } from '#contract';
import { arrivals } from './arrivals.ts';
import { ATTEMPTS, findingOf, type Live } from './finding.ts';
import type { FolderNames } from './folder-names.ts';
import { hashOf, knownMarks, type KnownMark } from './identity.ts';
import { incarnation } from './incarnation.ts';
import { lineage } from './lineage.ts';
import type { RecordingOptions } from './recording.ts';
import { GONE, identityAt, sightOf, UNREAD } from './sight.ts';

/** Handles kept at most; the oldest is let go early in a rotation storm, after it was read to its end. */
const MOST = 32;
/** ms after which a tail that fell asleep over a rotated file looks whether somebody still writes to that. */
const NAP = 5000;

export interface GenerationsOptions extends RecordingOptions {
  readonly known: readonly Mark[];
  /** ms without a new byte before a rotated file is let go. */
  readonly linger: number;
  /** The path was not there then, ms: what is there is new. Absent: what is there at first sight is old. */
  readonly appeared?: number | undefined;
  readonly names: FolderNames;
  /** ms, by a clock that nobody sets. */
  readonly elapsed: () => number;
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
  const { path, elapsed, linger, appeared, multiline, onCount } = options;
  let marks = knownMarks(path, options.known);
  const files = lineage(marks, appeared);
  /** The file at the path as it was when we fell asleep. */
  let slept = '';
  let wakes = Infinity;
  /** Since when files were quiet that we slept over, by their stream. */
  let quiet = new Map<string, number>();
  /** Marks whose file was still being compressed. */
  let later: readonly KnownMark[] = [];

  const finding = findingOf({ ...options, quietSince: (key) => quiet.get(key) ?? elapsed() });
  const firstSight = appeared === undefined ? 'old' : 'new';
  const coming = arrivals({ ...options, finding, lineage: files, sight: marks.length > 0 ? 'known' : firstSight });

  /** What continues `wanted` is put before what is live; false when a file moved meanwhile. */
  async function adopt(wanted: readonly KnownMark[]): Promise<boolean> {
    const found = await finding.again(wanted, files.isLive);
    if (found === undefined) return false;
    files.prepend(found.begun);
    for (const { identity, head } of found.read)
      files.remember({ identity, fingerprint: { length: head.length, hash: hashOf(head) } });
    later = found.later;
    const newest = wanted.toSorted((x, y) => y.detail.since - x.detail.since)[0];
    const isGone = newest !== undefined && newest.detail.inode !== '' && found.gone.includes(newest);
    if (slept === '' && isGone) onCount?.('vanished', 1);
    return true;
  }

  /** The usual way to wake: the file at the path is the one we slept over. */
  async function resumeAtPath(): Promise<boolean> {
    const [only] = marks;
    const one = only === undefined || marks.length > 1 || slept === '' ? undefined : await finding.atPath(only);
    if (one !== undefined) files.prepend([one]);
    return one !== undefined;
  }

  /** A file that was followed under another name goes on where it was. */
  async function takeOver(): Promise<void> {
    const one = await finding.takenOver();
    if (one === undefined) return;
    files.prepend([one]);
    coming.know();
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

  async function adoptLater(): Promise<void> {
    if (later.length === 0) return;
    await adopt(later);
    if (later.length > 0) coming.lookAgain();
  }

  /**
   * Truncated under us: what the file holds now is a new incarnation. What we had not read of the old one may be in a copy;
   * without one, what we hold of its last line is all there is, and the rest is counted as lost.
   */
  async function rewritten(one: Live): Promise<RawRecord[]> {
    const { file } = one;
    const copy = file.place === undefined ? undefined : await finding.copyOf(file.place, files.isLive);
    const next = { file: await incarnation(file.handle, options), quietSince: elapsed() };
    files.replace(one, copy === undefined ? [one, next] : [copy, next]);
    if (copy !== undefined) return [];
    files.part(one);
    // A copy of what we had read nothing of is a file that was missed.
    if (file.fingerprint === undefined && (await coming.missed())) return [];
    onCount?.('truncated', 1);
    if (file.unread > 0) onCount?.('truncated_bytes', file.unread);
    return file.flush();
  }

  async function* readOn(one: Live, buffer: Buffer): AsyncGenerator<RawRecord[]> {
    const state = await one.file.look();
    if (state === 'rewritten') yield* some(await rewritten(one));
    if (state === 'changed') {
      one.quietSince = elapsed();
      yield* one.file.read(buffer);
    } else if (multiline !== undefined && one.file.isHolding && elapsed() - one.quietSince >= multiline.max_wait) {
      yield* some(one.file.flush());
    }
    if (!one.file.isFinished) return;
    files.part(one);
    await one.file.handle.close();
  }

  /** Reads all, and whatever began meanwhile. */
  async function* readAll(buffer: Buffer): AsyncGenerator<RawRecord[]> {
    const done = new Set<Live>();
    for (let next = files.live[0]; next !== undefined; next = files.live.find((one) => !done.has(one))) {
      done.add(next);
      yield* readOn(next, buffer);
    }
  }

  async function* letGo(at: string | undefined): AsyncGenerator<RawRecord[]> {
    const surplus = Math.max(0, files.live.length - MOST);
    const last = files.live.length - 1;
    for (const [index, one] of files.live.entries()) {
      const isQuiet = elapsed() - one.quietSince >= linger;
      // Without a file at the path the newest one may still be written to, under whatever name: it stays open.
      const stays = at === undefined ? index === last : one.file.identity === at;
      if (stays ? at !== undefined || !isQuiet : !isQuiet && index >= surplus) continue;
      yield* some(one.file.flush());
      if (stays) continue;
      files.part(one);
      await one.file.handle.close();
    }
  }

  /** The file at the path as it is, if all of it was read; otherwise what no later look equals. */
  async function sightRead(): Promise<string> {
    const sight = await sightOf(path);
    const file = files.live.at(-1)?.file;
    if (file === undefined) return sight === GONE ? GONE : UNREAD;
    return sight.startsWith(`${file.identity}:`) && (await file.look()) === 'quiet' ? sight : UNREAD;
  }

  return {
    begin,
    async *round(buffer) {
      let at: string | undefined;
      do {
        yield* some(coming.told());
        yield* readAll(buffer);
        at = await identityAt(path);
        await adoptLater();
      } while ((await coming.atPath(at)) || (await coming.inFolder()));
      yield* some(coming.told());
      yield* letGo(at);
    },
    flush: () => files.live.flatMap(({ file }) => file.flush()),
    due() {
      if (multiline === undefined) return Infinity;
      const held = files.live.filter(({ file }) => file.isHolding).map(({ quietSince }) => quietSince);
      return Math.max(0, Math.min(Infinity, ...held) + multiline.max_wait - elapsed());
    },
    get canSleep() {
      return later.length === 0 && !(multiline !== undefined && files.live.some(({ file }) => file.isHolding));
    },
    async sleep() {
      marks = files.live.flatMap(({ file }) => file.place ?? []);
      quiet = new Map(files.live.map(({ file, quietSince }) => [file.place?.key ?? '', quietSince]));
      wakes = files.live.length > 1 ? elapsed() + NAP : Infinity;
      slept = await sightRead();
      await files.sleep();
    },
    hasNews: async () => elapsed() >= wakes || (await sightOf(path)) !== slept,
    close: files.close,
  };
}

function* some(records: RawRecord[]): Generator<RawRecord[]> {
  if (records.length > 0) yield records;
}
