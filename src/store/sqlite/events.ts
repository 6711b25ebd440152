/**
 * Pages of events. While searching only places (three numbers an event) are kept, and the events of segments with few hits, up to a
 * page's bytes; the others are read at the end, so that neither a long list nor long events pile up in memory.
 */
import type { Event, EventId } from '#contract';
import type { EventPlace } from '../block/view.ts';
import type { Search } from '../query/search.ts';
import type { EventQuery, Page, StoredEvent } from '../store.ts';
import { newestFirst, type Place, readEventCursor, readStoredCursor, writeEventCursor } from './cursor.ts';
import { foundIn, type Scanner, type Watch } from './scan.ts';
import type { Segment } from './segment.ts';

/** Of a segment. */
const FEW = 16;
/** A page ends early once its events have this many bytes: 1,000 events of 1 MiB would not fit into memory. */
const PAGE_BYTES = 16 * 1024 * 1024;

export function findEvents(
  scan: Scanner,
  query: EventQuery,
  found: Search,
  watching: Watch,
): Promise<Page<StoredEvent>> {
  return query.after === undefined
    ? pageByTime(scan, query, found, watching)
    : pageAfter(scan, query, found, query.after, watching);
}

async function pageByTime(
  scan: Scanner,
  query: EventQuery,
  found: Search,
  watching: Watch,
): Promise<Page<StoredEvent>> {
  const cursor = query.cursor === undefined ? undefined : readEventCursor(query.cursor);
  const from = query.from ?? -Infinity;
  const to = query.to ?? Infinity;
  // The cursor's own time is still wanted: events before it in the order may share it.
  const until = cursor === undefined ? to : Math.min(to, cursor.place.time + 1);
  const through = cursor?.through ?? scan.lastBatch;
  const best = newest(query.limit + 1);
  let kept = 0;
  await scan.byTime({ from, to: until }, watching, (segment) => {
    if (segment.maxTime < best.floor()) return false;
    if (segment.firstBatch > through) return true;
    const wanted = (at: number, time: number): boolean => {
      if (time < best.floor()) return false;
      if (segment.lastBatch > through && segment.place(at).batch > through) return false;
      if (cursor === undefined || time < cursor.place.time) return true;
      return newestFirst(cursor.place, { time, ...segment.place(at) }) < 0;
    };
    const isNew = cursor === undefined && segment.minTime >= best.floor() && segment.lastBatch <= through;
    const ordinals = foundIn(segment, found, { from, to }, isNew ? undefined : wanted);
    if (ordinals.length === 0) return true;
    const readOne = (at: number): Sized | undefined => {
      const event = kept < PAGE_BYTES ? scan.guarded(segment, () => sized(segment.open().event(at))) : undefined;
      kept += event?.bytes ?? 0;
      return event;
    };
    // Of few events the times stand in what is read anyway.
    const few = ordinals.length <= FEW ? ordinals.map(readOne) : undefined;
    // Backwards: the newest mostly stand last, and then most others need no second look.
    for (let i = ordinals.length - 1; i >= 0; i--) {
      const [at, event] = [ordinals[i] ?? 0, few?.[i]];
      const time = event?.event['@timestamp'] ?? segment.open().times[at] ?? 0;
      if (time >= best.floor()) best.add({ time, ...segment.place(at), segment, at, event });
    }
    if (few !== undefined) return true;
    // While it is open: to inflate it again would cost more than events that newer ones take the place of. Ascending is read soonest.
    const ours = best.places().filter((hit) => hit.segment === segment);
    for (const hit of ours.toSorted((a, b) => a.at - b.at)) hit.event = readOne(hit.at);
    return true;
  });
  const { items, last, more } = await read(scan, best.places(), query.limit, watching);
  return { items, next: more && last !== undefined ? writeEventCursor({ place: last, through }) : null };
}

async function pageAfter(
  scan: Scanner,
  query: EventQuery,
  found: Search,
  after: EventId,
  watching: Watch,
): Promise<Page<StoredEvent>> {
  const start = readStoredCursor(query.cursor ?? after);
  const range = { from: query.from ?? -Infinity, to: query.to ?? Infinity };
  const isLater = ({ batch, ordinal }: EventPlace): boolean =>
    batch > start.batch || (batch === start.batch && ordinal > start.ordinal);
  const places: Hit[] = [];
  await scan.byNumber(start.batch, range, watching, (segments) => {
    const hits = segments.flatMap(
      (segment) =>
        scan.guarded(segment, () => {
          const wanted = (at: number): boolean => isLater(segment.place(at));
          const isNew = segment.firstBatch > start.batch;
          return foundIn(segment, found, range, isNew ? undefined : wanted).map((at): Hit => ({
            time: segment.open().times[at] ?? 0,
            ...segment.place(at),
            segment,
            at,
            event: undefined,
          }));
        }) ?? [],
    );
    places.push(...hits.toSorted(asStored).slice(0, query.limit + 1));
    return places.length <= query.limit;
  });
  const { items, last, more } = await read(scan, places.slice(0, query.limit + 1), query.limit, watching);
  return { items, next: more && last !== undefined ? `${last.batch}-${last.ordinal}` : null };
}

/** A place, and where it is read from. */
interface Hit extends Place {
  readonly segment: Segment;
  /** Ordinal in the segment. */
  readonly at: number;
  /** Where it was read while its segment was open. */
  event: Sized | undefined;
}

interface Sized {
  readonly event: Event;
  /** As JSON. */
  readonly bytes: number;
}

const sized = (event: Event): Sized => ({ event, bytes: JSON.stringify(event).length });

const asStored = (a: Place, b: Place): number => a.batch - b.batch || a.ordinal - b.ordinal;

interface Newest {
  add(hit: Hit): void;
  /** Nothing older than this can be among the newest any more. */
  floor(): number;
  places(): readonly Hit[];
}

/** The `most` newest of all that were added. Sorting waits until twice as many are there, so adding costs little. */
function newest(most: number): Newest {
  let kept: Hit[] = [];
  let floor = -Infinity;
  const trim = (): void => {
    kept = kept.toSorted(newestFirst).slice(0, most);
    if (kept.length === most) floor = kept.at(-1)?.time ?? floor;
  };
  return {
    add(hit) {
      kept.push(hit);
      if (kept.length >= most * 2) trim();
    },
    floor() {
      if (floor === -Infinity && kept.length >= most) trim();
      return floor;
    },
    places: () => (trim(), kept),
  };
}

interface Read {
  readonly items: readonly StoredEvent[];
  readonly last: Place | undefined;
  readonly more: boolean;
}

/** Segments open at a time: events of several may lie among each other. */
const MOST_OPEN = 4;

async function read(scan: Scanner, hits: readonly Hit[], limit: number, watching: Watch): Promise<Read> {
  const items: StoredEvent[] = [];
  const open = new Set<Segment>();
  const readHit = ({ segment, at }: Hit): Sized | undefined => {
    open.delete(segment);
    open.add(segment);
    const [oldest] = open;
    if (open.size > MOST_OPEN && oldest !== undefined) {
      oldest.close();
      open.delete(oldest);
    }
    return scan.guarded(segment, () => sized(segment.open().event(at)));
  };
  let bytes = 0;
  let last: Place | undefined;
  for (const hit of hits) {
    if (items.length >= limit || bytes >= PAGE_BYTES) return { items, last, more: true };
    await watching.breathe();
    last = hit;
    const found = hit.event ?? readHit(hit);
    if (found === undefined) continue;
    bytes += found.bytes;
    items.push({ id: `${hit.batch}-${hit.ordinal}`, event: found.event });
  }
  // Events of a damaged segment are passed over; the list goes on behind them all the same.
  return { items, last, more: hits.length > limit };
}
