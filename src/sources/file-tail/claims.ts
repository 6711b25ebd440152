/** Which file goes on where a mark says that we were. */
import { beforeOf, hashOf, HEAD, type KnownMark } from './identity.ts';
import { scanPacked } from './packed.ts';
import { type Sibling, startsLike, withNeighbour } from './siblings.ts';

/** A compressed file that ends too early and was not written for so long is taken for damaged, ms. */
const GIVEN_UP = 60_000;

/**
 * Whether `sibling` holds the bytes that were read up to `mark`. 'later' for one that is still being compressed.
 * One whose size is the mark is all read: for a packed one that saves unpacking it.
 */
export async function holds(sibling: Sibling, known: KnownMark, now: number): Promise<'yes' | 'no' | 'later'> {
  const { headLength, headHash, markerAt = 0, markerHash } = known.detail;
  // Of a file of which nothing was read, a short head is too little to know a copy by.
  if (known.mark === 0 && headLength < HEAD && sibling.identity !== identityIn(known)) return 'no';
  if (!startsLike(sibling, { length: headLength, hash: headHash })) return 'no';
  if (sibling.isPacked) return isAllRead(sibling, known) ? 'yes' : holdsPacked(sibling, known, now);
  if (sibling.size < known.mark) return 'no';
  if (markerHash === undefined) return 'yes';
  const before = await withNeighbour(sibling.path, (handle) => beforeOf(handle, markerAt));
  return before !== undefined && hashOf(before) === markerHash ? 'yes' : 'no';
}

const identityIn = ({ detail: { device, inode } }: KnownMark): string => `${device}:${inode}`;

export const isAllRead = (sibling: Sibling, { mark }: KnownMark): boolean =>
  sibling.isPacked && mark > 0 && sibling.size === mark % 2 ** 32;

async function holdsPacked(
  sibling: Sibling,
  { mark, detail }: KnownMark,
  now: number,
): Promise<'yes' | 'no' | 'later'> {
  const scan = await withNeighbour(sibling.path, (handle) => scanPacked(handle, detail.markerAt));
  if (scan === undefined) return 'no';
  if (scan.end === 'short' && !isGivenUp(sibling, now)) return 'later';
  return scan.size >= mark && (detail.markerHash === undefined || scan.marker === detail.markerHash) ? 'yes' : 'no';
}

export const isGivenUp = ({ modified }: Sibling, now: number): boolean => now - modified >= GIVEN_UP;

export interface Claims {
  readonly claimed: ReadonlyMap<Sibling, KnownMark>;
  /** Marks whose file is not there. */
  readonly gone: readonly KnownMark[];
  /** Marks whose file is still being compressed. */
  readonly later: readonly KnownMark[];
}

/**
 * Which sibling continues which mark: first the same file (device, inode, head and marker), whatever its name; then, for marks
 * left over, a copy of it (head and marker), such as copytruncate, a compression or a restored backup leaves. No file
 * continues two marks.
 */
export async function claims(found: readonly Sibling[], marks: readonly KnownMark[], now: number): Promise<Claims> {
  const claimed = new Map<Sibling, KnownMark>();
  const taken = new Set<KnownMark>();
  const later = new Set<KnownMark>();
  // The longest head says most; of equal ones the furthest mark is the latest.
  const ordered = marks.toSorted((a, b) => b.detail.headLength - a.detail.headLength || b.mark - a.mark);
  const plainFirst = found.toSorted((a, b) => Number(a.isPacked) - Number(b.isPacked));
  for (const isSame of [true, false]) {
    for (const mark of ordered) {
      if (taken.has(mark)) continue;
      const identity = identityIn(mark);
      for (const sibling of plainFirst) {
        if (claimed.has(sibling) || (isSame && sibling.identity !== identity)) continue;
        const held = await holds(sibling, mark, now);
        if (held === 'later') later.add(mark);
        if (held !== 'yes') continue;
        claimed.set(sibling, mark);
        taken.add(mark);
        break;
      }
    }
  }
  const left = marks.filter((mark) => !taken.has(mark));
  return { claimed, gone: left.filter((mark) => !later.has(mark)), later: left.filter((mark) => later.has(mark)) };
}
