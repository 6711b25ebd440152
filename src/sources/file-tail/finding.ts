/** Finds the files again that marks speak of, and opens what is found only if it is still the same. */
import type { Mark } from '#contract';
import { byAge } from './age.ts';
import type { FolderNames } from './folder-names.ts';
import { headOf, type KnownMark, marksOf } from './identity.ts';
import { type Incarnation, incarnation } from './incarnation.ts';
import { openInside } from './open-inside.ts';
import { packedHead, packedIncarnation } from './packed.ts';
import type { RecordingOptions } from './recording.ts';
import { claims, holds, inspect, isAllRead, type Sibling, siblings } from './siblings.ts';
import { placeOf } from './sight.ts';

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
}

export interface Finding {
  /** Undefined when it moved between looking and opening. */
  open(sibling: Sibling, resume?: KnownMark): Promise<Live | undefined>;
  /** Of those that are not live. Undefined when a file moved meanwhile. */
  again(wanted: readonly KnownMark[], isLive: (identity: string) => boolean): Promise<Again | undefined>;
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
    const found = (await siblings(place, names)).filter(({ identity }) => !isLive(identity));
    const { claimed, gone, later } = await claims(found, wanted, now());
    const begun: Live[] = [];
    for (const sibling of byAge([...claimed.keys()], place)) {
      const resume = claimed.get(sibling);
      if (resume === undefined || isAllRead(sibling, resume)) continue;
      const one = await open(sibling, resume);
      if (one === undefined) {
        for (const { file } of begun) await file.handle.close();
        return undefined;
      }
      begun.push(one);
    }
    return { begun, gone, later };
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

  return { open, again, atPath, takenOver };
}
