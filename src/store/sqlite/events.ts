/**
 * Pages of events. While searching only places (three numbers an event) are kept; the events of the page are read at the end,
 * so that neither a long list nor long events pile up in memory.
 */
import type { EventId } from '#contract';
import type { BatchView } from '../encoded-batch.ts';
import type { Search } from '../query/search.ts';
import type { EventQuery, Page, StoredEvent } from '../store.ts';
import { newestFirst, type Place, readEventCursor, readStoredCursor, writeEventCursor } from './cursor.ts';
import type { Scanner, Watch } from './scan.ts';

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
  const through = cursor?.through ?? scan.lastBatch();
  const best = newest(query.limit + 1);
  await scan.byTime({ from, to: until, through }, watching, (key, open) => {
    if (key.maxTime < best.floor()) return false;
    const view = open();
    const wanted = (ordinal: number, time: number): boolean => {
      if (time < best.floor()) return false;
      return cursor === undefined || newestFirst(cursor.place, { time, batch: key.id, ordinal }) < 0;
    };
    for (const ordinal of found.find(view, { from, to }, wanted)) {
      best.add({ time: view.times[ordinal] ?? 0, batch: key.id, ordinal });
    }
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
  const places: Place[] = [];
  await scan.byNumber(start.batch, { ...range, through: scan.lastBatch() }, watching, (key, open) => {
    const view = open();
    const wanted = (ordinal: number): boolean => key.id > start.batch || ordinal > start.ordinal;
    for (const ordinal of found.find(view, range, wanted))
      places.push({ time: view.times[ordinal] ?? 0, batch: key.id, ordinal });
    return places.length <= query.limit;
  });
  const { items, last, more } = await read(scan, places, query.limit, watching);
  return { items, next: more && last !== undefined ? `${last.batch}-${last.ordinal}` : null };
}

interface Newest {
  add(place: Place): void;
  /** Nothing older than this can be among the newest any more. */
  floor(): number;
  places(): readonly Place[];
}

/** The `most` newest of all that were added. Sorting waits until twice as many are there, so adding costs little. */
function newest(most: number): Newest {
  let kept: Place[] = [];
  let floor = -Infinity;
  const trim = (): void => {
    kept = kept.toSorted(newestFirst).slice(0, most);
    if (kept.length === most) floor = kept.at(-1)?.time ?? floor;
  };
  return {
    add(place) {
      kept.push(place);
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

async function read(scan: Scanner, places: readonly Place[], limit: number, watching: Watch): Promise<Read> {
  const items: StoredEvent[] = [];
  let opened: { readonly batch: number; readonly view: BatchView | undefined } | undefined;
  let bytes = 0;
  let last: Place | undefined;
  for (const place of places) {
    if (items.length >= limit || bytes >= PAGE_BYTES) return { items, last, more: true };
    await watching.breathe();
    if (opened?.batch !== place.batch) opened = { batch: place.batch, view: scan.batch(place.batch) };
    last = place;
    const { view } = opened;
    if (view === undefined) continue;
    bytes += view.size(place.ordinal);
    items.push({ id: `${place.batch}-${place.ordinal}`, event: view.event(place.ordinal) });
  }
  // Events of a damaged batch are passed over; the list goes on behind them all the same.
  return { items, last, more: places.length > limit };
}
