/** Finds the files again that marks speak of, and opens what is found only if it is still the same. */
import type { Mark } from '#contract';
import { byAge } from './age.ts';
import { type Claims, claims, holds, isAllRead } from './claims.ts';
import type { FolderNames } from './folder-names.ts';
import { headOf, type KnownMark, marksOf } from './identity.ts';
import { type Incarnation, incarnation } from './incarnation.ts';
import { openInside } from './open-inside.ts';
import { packedHead, packedIncarnation } from './packed.ts';
import type { RecordingOptions } from './recording.ts';
import { atOneMoment, inspect, likeNamed, type Sibling } from './siblings.ts';
import { placeOf } from './sight.ts';

/** Looks at a folder in which files are renamed faster than they can be opened. */
export const ATTEMPTS = 20;

/** An incarnation that is open. */
export interface Live {
  readonly file: Incarnation;
  quietSince: number;
}

export interface FindingOptions extends RecordingOptions {
  readonly known: readonly Mark[];
  readonly names: FolderNames;
  /** Since when the file of a stream is quiet, ms. */
  readonly quietSince: (key: string) => number;
}

export interface Again {
  /** What continues the marks, oldest first. */
  readonly begun: readonly Live[];
  /** Marks whose file is not there. */
  readonly gone: readonly KnownMark[];
  /** Marks whose file is still being compressed. */
  readonly later: readonly KnownMark[];
  /** Compressed, and read to their end before. */
  readonly read: readonly Sibling[];
}

export interface Finding {
  /** Undefined when it moved between looking and opening. */
  open(sibling: Sibling, resume?: KnownMark): Promise<Live | undefined>;
  /** Of those that are not live. Undefined when a file moved meanwhile. */
  again(wanted: readonly KnownMark[], isLive: (identity: string) => boolean): Promise<Again | undefined>;
  /** A copy that was made of a file before it was truncated: it holds what we had not read. */
  copyOf(wanted: KnownMark, isLive: (identity: string) => boolean): Promise<Live | undefined>;
  /** The file at the path, if it is the mark's. */
  atPath(mark: KnownMark): Promise<Live | undefined>;
  /** The file at the path, if it was followed under another name. */
  takenOver(): Promise<Live | undefined>;
}

export function findingOf(options: FindingOptions): Finding {
  const { path, names, now, known } = options;

  async function open(sibling: Sibling, resume?: KnownMark): Promise<Live | undefined> {
    const handle = await openInside(sibling.path);
    if (handle === undefined) return undefined;
    // An inode that was freed in between may be another file's already: that begins differently.
    const head = await (sibling.isPacked ? packedHead : headOf)(handle);
    const isSame = head.subarray(0, sibling.head.length).equals(sibling.head);
    const file = await (sibling.isPacked ? packedIncarnation : incarnation)(handle, { ...options, resume });
    if (isSame && file.identity === sibling.identity)
      return { file, quietSince: options.quietSince(resume?.key ?? '') };
    await file.handle.close();
    return undefined;
  }

  async function again(
    wanted: readonly KnownMark[],
    isLive: (identity: string) => boolean,
  ): Promise<Again | undefined> {
    const place = await placeOf(path);
    const found = await atOneMoment(place, names, likeNamed(place), (all) =>
      claims(
        all.filter(({ identity }) => !isLive(identity)),
        wanted,
        now(),
      ),
    );
    return found && begin(found, place);
  }

  async function begin({ claimed, gone, later }: Claims, place: string): Promise<Again | undefined> {
    const read: Sibling[] = [];
    const begun: Live[] = [];
    for (const sibling of byAge([...claimed.keys()], place)) {
      const resume = claimed.get(sibling);
      if (resume === undefined) continue;
      if (isAllRead(sibling, resume)) {
        read.push(sibling);
        continue;
      }
      const one = await open(sibling, resume);
      if (one === undefined) {
        for (const { file } of begun) await file.handle.close();
        return undefined;
      }
      begun.push(one);
    }
    return { begun, gone, later, read };
  }

  async function copyOf(wanted: KnownMark, isLive: (identity: string) => boolean): Promise<Live | undefined> {
    const place = await placeOf(path);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = await atOneMoment(place, names, likeNamed(place), async (all) => {
        for (const sibling of all) {
          if (isLive(sibling.identity) || (!sibling.isPacked && sibling.size < wanted.mark)) continue;
          if ((await holds(sibling, wanted, now())) === 'yes') return { sibling };
        }
        return { sibling: undefined };
      });
      if (found !== undefined && found.sibling === undefined) return undefined;
      const one = found?.sibling && (await open(found.sibling, wanted));
      if (one !== undefined) return one;
    }
    return undefined;
  }

  async function atPath(mark: KnownMark): Promise<Live | undefined> {
    const sibling = await inspect(await placeOf(path));
    const { device, inode } = mark.detail;
    if (sibling?.identity !== `${device}:${inode}` || (await holds(sibling, mark, now())) !== 'yes') return undefined;
    return open(sibling, mark);
  }

  async function takenOver(): Promise<Live | undefined> {
    const sibling = await inspect(await placeOf(path));
    if (sibling === undefined) return undefined;
    for (const mark of marksOf(sibling.identity, known))
      if ((await holds(sibling, mark, now())) === 'yes') return open(sibling, mark);
    return undefined;
  }

  return { open, again, copyOf, atPath, takenOver };
}
