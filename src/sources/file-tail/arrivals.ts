/**
 * How a log gets a new incarnation: the file at the path, and before that whatever was rotated away without ever being open.
 *
 * The file at the path is begun only when all that is older is open. Otherwise its lines could be kept before theirs, and what a restart
 * then knew to be the latest would bar the older ones for good.
 *
 * What is seen first is told first: a record without a line says which file was at the path, before anything of it is read. So a
 * restart does not take what came meanwhile for old.
 */
import { dirname } from 'node:path';
import type { RawRecord } from '#contract';
import { ageIn } from './age.ts';
import { ATTEMPTS, type Finding } from './finding.ts';
import type { FolderNames } from './folder-names.ts';
import { incarnation } from './incarnation.ts';
import type { Lineage } from './lineage.ts';
import { missed, type Missed } from './missed.ts';
import { openInside } from './open-inside.ts';
import { nothingThere, type RecordingOptions } from './recording.ts';
import { atOneMoment, likeNamed, rotationsOf } from './siblings.ts';
import { placeOf } from './sight.ts';

export interface ArrivalsOptions extends RecordingOptions {
  readonly names: FolderNames;
  readonly finding: Finding;
  readonly lineage: Lineage;
  readonly elapsed: () => number;
  /** `old`: what is there at first sight was there before. `new`: the path was not there a moment ago. */
  readonly sight: 'known' | 'new' | 'old';
}

/** `identity`: what is at the path now. Each is true when something came that has to be read. */
export interface Arrivals {
  atPath(identity: string | undefined): Promise<boolean>;
  /** Looks for missed files after files came, went or were renamed. */
  inFolder(): Promise<boolean>;
  /** Looks for missed files now. */
  missed(): Promise<boolean>;
  /** Looks again, although nothing may have changed in the folder. */
  lookAgain(): void;
  /** The path is no longer unknown. */
  know(): void;
  /** Places that were not told yet. */
  told(): RawRecord[];
}

interface Search {
  readonly outcome: 'some' | 'none' | 'moving';
  /** The file at the path when there were none. */
  readonly log?: string | undefined;
}

export function arrivals(options: ArrivalsOptions): Arrivals {
  const { path, now, elapsed, names, finding, lineage } = options;
  let { sight } = options;
  let told: RawRecord[] = [];
  /** When the folder last changed, ns, as far as it was searched. */
  let searched: bigint | undefined;
  let isOpen = false;

  const headsNow = () => Promise.all(lineage.live.map(({ file }) => file.headNow()));

  async function search(): Promise<Search> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const log = await placeOf(path);
      const { isMet, isLive } = lineage;
      const look = await atOneMoment(log, names, rotationsOf(log), (found) =>
        missed(found, { log, since: lineage.oldest(), isMet, isLive, headsNow, now: now() }),
      );
      if (look === undefined) break;
      isOpen = look.isOpen;
      const begun = await begin(look);
      if (begun !== undefined) return { outcome: begun > 0 ? 'some' : 'none', log: look.log?.identity };
    }
    isOpen = true;
    return { outcome: 'moving' };
  }

  /** Each is put before those that are newer. How many there are; undefined when one moved before it was open. */
  async function begin({ fresh, all, heads }: Missed): Promise<number | undefined> {
    const ages = lineage.live.map(({ file }, index) => ageIn(all, file, heads[index]?.head ?? Buffer.alloc(0)));
    for (const sibling of fresh) {
      const one = await finding.open(sibling);
      if (one === undefined) return undefined;
      const age = all.indexOf(sibling);
      const newer = ages.findIndex((other) => other > age);
      const place = newer < 0 ? ages.length : newer;
      lineage.insert(one, place);
      ages.splice(place, 0, age);
    }
    return fresh.length;
  }

  /**
   * When the log was last written, or just after the newest of the files beside it: at first sight those are not ours to read.
   * No later for the log itself: what is made and rotated away in the same tick of the clock is ours.
   */
  async function written(): Promise<{ readonly since: number } | undefined> {
    const place = await placeOf(path);
    return atOneMoment(place, names, likeNamed(place), (found) => ({
      since: Math.max(0, ...found.map((one) => (one.path === place ? one.modified : one.modified + 1))),
    }));
  }

  async function seeFirst(identity: string | undefined): Promise<boolean> {
    const firstSight = await written();
    if (firstSight === undefined) return false;
    if (identity === undefined) {
      lineage.beginAt(firstSight.since);
      told.push(nothingThere(options, firstSight.since));
      sight = 'known';
      return false;
    }
    const handle = await openInside(path);
    if (handle === undefined) return false;
    await add(await incarnation(handle, { ...options, firstSight }));
    return true;
  }

  async function add(file: Awaited<ReturnType<typeof incarnation>>): Promise<void> {
    lineage.insert({ file, quietSince: elapsed() }, lineage.live.length);
    if (sight !== 'known') told.push(await file.sighted());
    sight = 'known';
  }

  /** The file at the path is open throughout the search: no other one can have its inode meanwhile, and pass for it. */
  async function succeed(): Promise<boolean> {
    const handle = await openInside(path);
    if (handle === undefined) return false;
    const file = await incarnation(handle, options);
    let isNext = false;
    try {
      const { outcome, log } = await search();
      if (outcome !== 'none') return outcome === 'some';
      // Otherwise it was rotated before or during the search: something may lie between.
      isNext = file.identity === log;
      if (isNext) await add(file);
      return true;
    } finally {
      if (!isNext) await handle.close();
    }
  }

  async function inFolder(): Promise<boolean> {
    const { modified, isSettled } = await names(dirname(path));
    if (modified === searched) return false;
    const { outcome } = await search();
    searched = isSettled && !isOpen ? modified : undefined;
    return outcome === 'some';
  }

  return {
    async atPath(identity) {
      if (sight === 'old') return seeFirst(identity);
      return identity === undefined || lineage.isLive(identity) ? false : succeed();
    },
    inFolder,
    missed: async () => (await search()).outcome === 'some',
    lookAgain: () => void (searched = undefined),
    know: () => void (sight = 'known'),
    told() {
      const telling = told;
      told = [];
      return telling;
    },
  };
}
