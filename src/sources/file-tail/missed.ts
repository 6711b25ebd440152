/** Files that were rotated away before we ever opened them. */
import { byAge, covers } from './age.ts';
import { isGivenUp } from './claims.ts';
import type { Fingerprint } from './identity.ts';
import type { HeadNow } from './incarnation.ts';
import { scanPacked } from './packed.ts';
import { type Sibling, startsLike, withNeighbour } from './siblings.ts';

export interface Missed {
  /** To be begun, oldest first. */
  readonly fresh: readonly Sibling[];
  /** Of all that was found, oldest first, the log itself last. */
  readonly all: readonly Sibling[];
  /** Of the files that are open, in their order: as they began behind the look. */
  readonly heads: readonly HeadNow[];
  /** The file at the path then. */
  readonly log: Sibling | undefined;
  /** Something cannot be told yet, though nothing may change in the folder: it has to be looked at again. */
  readonly isOpen: boolean;
}

export interface MissedOptions {
  readonly log: string;
  /** What was last written before is none of ours, or was read, ms. */
  readonly since: number;
  readonly isMet: (sibling: Sibling) => boolean;
  /** Of the files that are open. */
  readonly headsNow: () => Promise<readonly HeadNow[]>;
  readonly isLive: (identity: string) => boolean;
  readonly now: number;
}

/** Written since, and like nothing that we have met, have open or are about to open. Of a file and its compressed copy the plain one. */
export async function missed(found: readonly Sibling[], options: MissedOptions): Promise<Missed> {
  const { since, isMet, isLive, now } = options;
  const all = byAge(found, options.log);
  const log = all.find(({ path }) => path === options.log);
  // Now, behind the look: what a copy holds was in the open one before.
  const heads = await options.headsNow();
  const mine = log === undefined || isLive(log.identity) ? heads : [...heads, { head: log.head, isUnread: true }];
  const fresh: Sibling[] = [];
  let isOpen = false;
  for (const one of all) {
    if (one === log || one.modified < since || isMet(one)) continue;
    const originals = mine.filter(({ head, before }) => covers(head, one.head) || begins(one, before));
    const verdict = originals.length > 0 ? 'copy' : await judge(one, all, now);
    // Until we have read the original: it may be truncated before.
    if (verdict === 'unfinished' || originals.some(({ isUnread }) => isUnread)) isOpen = true;
    if (verdict === 'fresh') fresh.push(one);
  }
  return { fresh, all, heads, log, isOpen };
}

/** A copy of what was truncated since may hold more than we had read by then. */
const begins = (one: Sibling, before: Fingerprint | undefined): boolean =>
  before !== undefined && startsLike(one, before);

/** `unfinished`: nothing can be said of it before it is whole. */
async function judge(one: Sibling, all: readonly Sibling[], now: number): Promise<'fresh' | 'copy' | 'unfinished'> {
  if (!one.isPacked) return one.head.length > 0 ? 'fresh' : 'copy';
  const scan = await withNeighbour(one.path, (handle) => scanPacked(handle));
  const original = all.find(({ isPacked, head }) => !isPacked && covers(head, one.head));
  if (scan?.end === 'short' && (original !== undefined || !isGivenUp(one, now))) return 'unfinished';
  return one.head.length === 0 || original?.size === one.size ? 'copy' : 'fresh';
}
