/** Where we are in a channel, and how that is kept in a stream's mark. */
import type { Mark, StreamTag } from '#contract';
import type { Start } from './feed.ts';

/** The last record that was read: its number, and the time by which it is known again. */
export interface LastRead {
  readonly id: number;
  readonly stamp: string;
}

export interface Place {
  readonly key: string;
  /** When we first saw this channel, ms since the epoch: what is older was there before. */
  readonly first: number;
  /** Undefined before the first record of this numbering. */
  readonly last: LastRead | undefined;
  /** From where on to read while there is no last record. */
  readonly start: Start;
}

const prefix = (channel: string): string => `winlog:${channel}@`;

export const beginning = (channel: string, now: number, backfill: number): Place => ({
  key: `${prefix(channel)}${now}`,
  first: now,
  last: undefined,
  start: { by: 'time', since: Math.max(0, now - backfill) },
});

/** Behind the last committed record of the newest numbering; undefined where none was committed. */
export function resumed(known: readonly Mark[], channel: string): Place | undefined {
  const newest = known
    .filter((mark) => mark.key.startsWith(prefix(channel)))
    .toSorted((a, b) => epochOf(b.key) - epochOf(a.key))
    .at(0);
  const detail = newest === undefined ? undefined : readDetail(newest.detail);
  if (newest === undefined || detail === undefined) return undefined;
  const id = newest.mark - 1;
  return { key: newest.key, first: detail.first, last: { id, stamp: detail.stamp }, start: { by: 'record', id } };
}

/** The log was cleared and its records are numbered anew: all that is in it now we have not seen. */
export function renumbered(place: Place, channel: string, now: number): Place {
  const epoch = Math.max(now, epochOf(place.key) + 1);
  return { key: `${prefix(channel)}${epoch}`, first: place.first, last: undefined, start: { by: 'record', id: 0 } };
}

export const startOf = ({ last, start }: Place): Start => (last === undefined ? start : { by: 'record', id: last.id });

export const advance = (place: Place, last: LastRead): Place => ({ ...place, last });

/** Of the record that we stand at. */
export function streamTag({ key, last, first }: Place): StreamTag {
  return { key, detail: JSON.stringify({ stamp: last?.stamp ?? '', first }) };
}

const epochOf = (key: string): number => Number(key.slice(key.lastIndexOf('@') + 1)) || 0;

function readDetail(text: string): { readonly stamp: string; readonly first: number } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { stamp, first } = value as { stamp?: unknown; first?: unknown };
    return typeof stamp === 'string' && Number.isSafeInteger(first) ? { stamp, first: first as number } : undefined;
  } catch {
    return undefined;
  }
}
