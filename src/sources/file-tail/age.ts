/** Which of a log's files is older than which. */
import { basename } from 'node:path';
import type { Incarnation } from './incarnation.ts';
import { countOf } from './rotation.ts';
import { isCopy } from './met.ts';
import type { Sibling } from './siblings.ts';

/**
 * Oldest first, the log itself last: by their count where all have one, otherwise by when they were last written. Where
 * the times of alike files say that a higher count is newer, that is how this log is rotated, and the times are believed.
 * (A compressed file may bear the time when it was compressed, and within a tick of the clock all times are equal.)
 */
export function byAge(found: readonly Sibling[], log: string): Sibling[] {
  const counts = new Map(found.map((one) => [one, countOf(basename(log), basename(one.path))]));
  const place = (one: Sibling): number => counts.get(one) ?? 0;
  const counted = found.toSorted((a, b) => place(b) - place(a));
  const isCounted = found.every((one) => counts.get(one) !== undefined);
  if (isCounted && [true, false].every((packed) => risesOverall(counted, packed, log))) return counted;
  return found.toSorted((a, b) => Number(a.path === log) - Number(b.path === log) || a.modified - b.modified);
}

/** Within it times say nothing, ms: ticks of the clock, and programs that copy a time only roughly. */
const BLUR = 1000;

function risesOverall(counted: readonly Sibling[], packed: boolean, log: string): boolean {
  const alike = counted.filter((one) => one.isPacked === packed && one.path !== log);
  return (alike[0]?.modified ?? 0) <= (alike.at(-1)?.modified ?? 0) + BLUR;
}

/** Where among `all`, oldest first, a file is that we have open, or its compressed copy; -1 where it is not among them. */
export function ageIn(all: readonly Sibling[], { identity, fingerprint }: Incarnation, head: Buffer): number {
  const at = all.findIndex((one) => one.identity === identity);
  if (at >= 0) return at;
  return all.findIndex((one) => (fingerprint === undefined ? covers(head, one.head) : isCopy(one, fingerprint)));
}

/**
 * Whether a file that begins with `head` may have been copied when it began with `copied`: it only grows. So one that has but half a
 * date so far was not, although many others begin with that date.
 */
export const covers = (head: Buffer, copied: Buffer): boolean =>
  copied.length > 0 && head.subarray(0, copied.length).equals(copied);
