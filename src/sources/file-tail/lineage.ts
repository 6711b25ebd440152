/** The incarnations of one log that are open, oldest first, and what is remembered of those that were. */
import { isCopy, metBefore } from './met.ts';
import type { KnownMark } from './identity.ts';
import type { Live } from './finding.ts';
import type { Incarnation } from './incarnation.ts';
import type { Sibling } from './siblings.ts';

export interface Lineage {
  readonly live: readonly Live[];
  /** What was last written before that is none of ours, or was read, ms. Infinity: nothing of the past is. */
  oldest(): number;
  isLive(identity: string): boolean;
  /** Open, or a copy of what is open or was read. */
  isMet(sibling: Sibling): boolean;
  /** Before all others. */
  prepend(ones: readonly Live[]): void;
  insert(one: Live, place: number): void;
  replace(one: Live, by: readonly Live[]): void;
  /** Lets go of it; whether its handle is closed is its owner's matter. */
  part(one: Live): void;
  /** As read to its end and closed. */
  remember(file: Pick<Incarnation, 'identity' | 'fingerprint'>): void;
  /** Nothing that was last written before is ours. */
  beginAt(since: number): void;
  /** As if all were parted with, and closed. */
  sleep(): Promise<void>;
  close(): Promise<void>;
}

/** `appeared`: the path was not there then, ms. Undefined with no marks: what is there at first sight says. */
export function lineage(marks: readonly KnownMark[], appeared: number | undefined): Lineage {
  const met = metBefore(marks);
  let live: Live[] = [];
  /** `since` of the newest incarnation that is no longer open. */
  let since = marks.length === 0 ? appeared : Math.max(...marks.map(({ detail }) => detail.since));

  const isLive = (identity: string): boolean => live.some(({ file }) => file.identity === identity);

  function part(gone: Live): void {
    live = live.filter((other) => other !== gone);
    since = Math.max(since ?? 0, gone.file.since);
    met.remember(gone.file);
  }

  async function close(): Promise<void> {
    const closing = live;
    live = [];
    for (const { file } of closing) await file.handle.close();
  }

  return {
    get live() {
      return live;
    },
    oldest: () => Math.min(since ?? Infinity, ...live.map(({ file }) => file.since)),
    isLive,
    isMet: (sibling) =>
      isLive(sibling.identity) ||
      met.has(sibling) ||
      live.some(({ file: { fingerprint } }) => fingerprint !== undefined && isCopy(sibling, fingerprint)),
    prepend: (ones) => void live.unshift(...ones),
    insert: (one, place) => void live.splice(place, 0, one),
    replace: (one, by) => void live.splice(live.indexOf(one), 1, ...by),
    part,
    remember: (file) => met.remember(file),
    beginAt: (time) => void (since ??= time),
    async sleep() {
      since = Math.max(since ?? 0, ...live.map(({ file }) => file.since));
      for (const { file } of live) met.remember(file);
      await close();
    },
    close,
  };
}
