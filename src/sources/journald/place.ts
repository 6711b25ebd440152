/** Where we are in a journal, and how that is kept in a stream's mark. */
import type { Mark, StreamTag } from '#contract';

export interface Place {
  readonly key: string;
  /** Number of the next entry. */
  readonly next: number;
  /** When we first saw this journal, ms since the epoch: what is older was there before. */
  readonly first: number;
  /** The last entry that was read; undefined before the first. */
  readonly cursor: string | undefined;
  /** Its time, or from where on to read; µs since the epoch. */
  readonly time: number;
  /** By time before the first entry, and where the entry at the cursor was found to be gone. */
  readonly seek: 'cursor' | 'time';
}

/** The detail of a mark, as JSON. */
interface Detail {
  readonly cursor: string;
  readonly time: number;
  readonly first: number;
}

const prefix = (journal: string): string => `journald:${journal}@`;
const key = (journal: string, epoch: number): string => `${prefix(journal)}${epoch}`;

/** First sight of a journal. */
export function beginning(journal: string, now: number, backfill: number): Place {
  const time = Math.max(0, now - backfill) * 1000;
  return { key: key(journal, now), next: 0, first: now, cursor: undefined, time, seek: 'time' };
}

/** Behind the last committed entry of the newest epoch; undefined where none was committed. */
export function resumed(known: readonly Mark[], journal: string): Place | undefined {
  const newest = known
    .filter((mark) => mark.key.startsWith(prefix(journal)))
    .toSorted((a, b) => epochOf(b.key) - epochOf(a.key))
    .at(0);
  const detail = newest === undefined ? undefined : readDetail(newest.detail);
  if (newest === undefined || detail === undefined) return undefined;
  return { key: newest.key, next: newest.mark, ...detail, seek: 'cursor' };
}

/** The entry at the cursor is gone: from its time on, under numbers that are not the old ones. */
export function afterLoss(place: Place, journal: string, now: number): Place {
  const epoch = Math.max(now, epochOf(place.key) + 1);
  return { ...place, key: key(journal, epoch), next: 0, seek: 'time' };
}

export const advance = (place: Place, cursor: string, time: number): Place => ({
  ...place,
  next: place.next + 1,
  cursor,
  time,
  seek: 'cursor',
});

export function streamTag({ key: name, cursor = '', time, first }: Place): StreamTag {
  const detail: Detail = { cursor, time, first };
  return { key: name, detail: JSON.stringify(detail) };
}

/**
 * Two cursors of one entry: `s` and `i` number it within one journal's files; boot, both clocks and a hash of the content
 * (`b`, `m`, `t`, `x`) stay its own where it was copied into other files. See sd_journal_get_cursor(3).
 */
export function sameEntry(a: string, b: string): boolean {
  if (a === b) return true;
  const [sourceA, contentA] = parts(a);
  const [sourceB, contentB] = parts(b);
  return contentA !== '' && contentA === contentB && sourceA !== sourceB;
}

/** `s=…` and `b=…;m=…;t=…;x=…`. */
function parts(cursor: string): [source: string, content: string] {
  const boot = cursor.indexOf(';b=');
  return [cursor.slice(0, Math.max(0, cursor.indexOf(';'))), boot < 0 ? '' : cursor.slice(boot)];
}

/** The option that seeks to the place. */
export function seekOption({ cursor, time, seek }: Place): string {
  if (seek === 'cursor' && cursor !== undefined) return `--cursor=${cursor}`;
  return `--since=@${Math.floor(time / 1e6)}.${String(time % 1e6).padStart(6, '0')}`;
}

const epochOf = (name: string): number => Number(name.slice(name.lastIndexOf('@') + 1)) || 0;

function readDetail(text: string): Detail | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { cursor, time, first } = value as Partial<Record<keyof Detail, unknown>>;
    if (typeof cursor !== 'string' || !Number.isSafeInteger(time) || !Number.isSafeInteger(first)) return undefined;
    return { cursor, time: time as number, first: first as number };
  } catch {
    return undefined;
  }
}
