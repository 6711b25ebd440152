/**
 * What the follower knows of a file that somebody else reads, whatever it is called by now; and how to leave a file to the follower
 * at a place, as if it had read that far itself.
 */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Mark } from '#contract';
import { beginsLike, type Detail, detailOf, hashOf, HEAD, keyPrefix } from './identity.ts';
import { placeInside } from './open-inside.ts';

export interface Followed {
  /** As the follower opens it. */
  readonly path: string;
  /** Bytes from here on were taken as they came, or will be. */
  readonly backfill: number;
  /** When it was first seen, ms; of the bytes before `backfill` only the last hours before then were taken. */
  readonly seen: number;
}

/** `head`: the file's first bytes, 1024 where it has as many. Undefined where the follower never read it. */
export function followedAs(head: Uint8Array, size: number, marks: readonly Mark[]): Followed | undefined {
  const known = marks.flatMap(({ key, mark, detail: text }) => {
    const detail = detailOf(text);
    const isKnown = detail !== undefined && detail.headLength > 0;
    return isKnown && key.startsWith('file:') && mark <= size ? [detail] : [];
  });
  // The longest head says most.
  const found = known
    .toSorted((a, b) => b.headLength - a.headLength)
    .find(({ headLength, headHash }) => beginsLike(head, { length: headLength, hash: headHash }));
  if (found === undefined) return undefined;
  return { path: found.path, backfill: found.backfill, seen: found.seen ?? found.since };
}

/** A mark at `to`: the follower of `path` goes on there. Undefined where the path cannot be followed. */
export async function followedTo(path: string, head: Uint8Array, to: number, now: number): Promise<Mark | undefined> {
  const found = await placeInside(path)
    .then((place) => stat(place, { bigint: true }))
    .catch(() => undefined);
  if (found === undefined || !found.isFile() || to === 0 || head.length === 0) return undefined;
  const first = head.subarray(0, Math.min(HEAD, to));
  const detail: Detail = {
    path,
    device: `${found.dev}`,
    inode: `${found.ino}`,
    headLength: first.length,
    headHash: hashOf(first),
    since: Number(found.mtimeMs),
    backfill: 0,
    seen: now,
  };
  return { key: keyPrefix(path) + randomUUID().slice(0, 13), mark: to, detail: JSON.stringify(detail) };
}
