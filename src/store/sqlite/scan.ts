/**
 * Walks over stored events, segment by segment: hot batches, and blocks of the days' files. A scan works in short slices and lets
 * the event loop go on between them.
 *
 * A damaged segment is reported once and passed over; the rest is still found.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CodedError } from '#contract';
import { release } from '../block/bytes.ts';
import { DamagedBatch } from '../encoded-batch.ts';
import type { Search } from '../query/search.ts';
import type { TimeRange } from '../store.ts';
import type { BlockKey } from './day-file.ts';
import { translated } from './fault.ts';
import type { Reading } from './library.ts';
import { blockSegment, hotSegment, type Segment } from './segment.ts';

const KEYS_AT_ONCE = 200;

/** How long a reader may go on, and who may stop it. */
export interface Watch {
  /** Resolves when work may go on; rejects when aborted, out of time or closed. */
  breathe(): Promise<void>;
}

export interface Pace {
  /** ms that one search may take in all. */
  readonly limit: number;
  /** ms of work between two turns of the event loop: the most that a commit waits, one segment's work aside. */
  readonly slice: number;
}

export function watch(isOpen: () => boolean, pace: Pace, signal: AbortSignal | undefined): Watch {
  const started = performance.now();
  let resumed = started;
  return {
    async breathe() {
      signal?.throwIfAborted();
      if (performance.now() - resumed < pace.slice) return;
      await nextTurn();
      resumed = performance.now();
      signal?.throwIfAborted();
      if (!isOpen()) throw new CodedError('STORE_FAILED', 'the store was closed during the search.');
      if (resumed - started > pace.limit) {
        throw new CodedError('SLOW_QUERY', `it was stopped after ${Math.round(pace.limit / 100) / 10} seconds.`);
      }
    },
  };
}

export interface ScanRange {
  readonly from: number;
  readonly to: number;
}

/** A visit that answers false ends the scan. */
type Visit = (segment: Segment) => boolean;

export interface Scanner {
  readonly lastBatch: number;
  /** Segments that overlap the range, by their newest event, newest first. */
  byTime(range: ScanRange, watching: Watch, visit: Visit): Promise<void>;
  /** Segments with batches from `first` on: those of one call may overlap, those of the next hold later batches only. */
  byNumber(
    first: number,
    range: ScanRange,
    watching: Watch,
    visit: (segments: readonly Segment[]) => boolean,
  ): Promise<void>;
  /** Runs `use`; undefined where the segment turns out damaged. */
  guarded<T>(segment: Segment, use: () => T): T | undefined;
}

/** Ordinals of the segment that the search finds. */
export function foundIn(
  segment: Segment,
  found: Search,
  range: TimeRange,
  wanted?: (ordinal: number, time: number) => boolean,
): readonly number[] {
  const filter = found.everything ? undefined : segment.filter();
  const mayFind = filter === undefined || found.mayFind(filter);
  if (filter !== undefined) release(filter);
  if (!mayFind) return [];
  const grams = found.asksGrams ? segment.grams() : undefined;
  if (grams !== undefined && !found.mayHold(grams)) return [];
  const { from = -Infinity, to = Infinity } = range;
  // Where all of it is in the range, its times need not be read.
  const inside = segment.minTime >= from && segment.maxTime < to;
  return found.find(segment.open(), inside ? {} : range, wanted);
}

const NEWEST_FIRST = `
  SELECT id, count, min_time, max_time FROM batch
  WHERE (max_time, id) < (:max, :id) AND max_time >= :from AND min_time < :to AND count > 0
  ORDER BY max_time DESC, id DESC LIMIT ${KEYS_AT_ONCE}`;
const AS_STORED = `
  SELECT id, count, min_time, max_time FROM batch
  WHERE id > :id AND max_time >= :from AND min_time < :to AND count > 0 ORDER BY id LIMIT ${KEYS_AT_ONCE}`;

export function scanner(reading: Reading, report: (what: string, reason: string) => void): Scanner {
  const guarded = <T>(segment: Segment, use: () => T): T | undefined => {
    try {
      return use();
    } catch (error) {
      if (!(error instanceof DamagedBatch)) throw error;
      report(segment.name, error.message);
      return undefined;
    }
  };
  return {
    lastBatch: reading.lastBatch,
    guarded,
    async byTime(range, watching, visit) {
      for (const segment of newestFirst(reading, bounded(range))) {
        await watching.breathe();
        const goOn = guarded(segment, () => visit(segment));
        segment.close();
        if (goOn === false) return;
      }
    },
    async byNumber(first, range, watching, visit) {
      for (const segments of asStored(reading, first, bounded(range))) {
        await watching.breathe();
        const goOn = visit(segments);
        for (const segment of segments) segment.close();
        if (!goOn) return;
      }
    },
  };
}

/** Beyond any time a segment can hold, and exact in a double. */
const bound = (time: number): number => Math.max(-9e15, Math.min(9e15, time));
const bounded = ({ from, to }: ScanRange): ScanRange => ({ from: bound(from), to: bound(to) });

/** Days are opened when nothing newer is left: a query for what is newest looks into one or two. */
function* newestFirst(reading: Reading, range: ScanRange): Generator<Segment> {
  const days = reading.days.filter((day) => day.maxTime >= range.from && day.minTime < range.to);
  const blocks: Segment[] = [];
  let unopened = 0;
  for (const hot of hotByTime(reading, range)) {
    yield* sealedAbove(hot.maxTime);
    yield hot;
  }
  yield* sealedAbove(-Infinity);

  function* sealedAbove(time: number): Generator<Segment> {
    for (;;) {
      const day = days[unopened];
      const block = blocks[0];
      if (day !== undefined && day.maxTime > time && day.maxTime >= (block?.maxTime ?? -Infinity)) {
        unopened++;
        const open = reading.day(day.name);
        if (open === undefined) continue;
        const keys = translated(() => open.byTime(range.from, range.to, reading.sealedThrough));
        blocks.push(...keys.map((key) => blockSegment(reading, day.name, key)));
        blocks.sort((a, b) => b.maxTime - a.maxTime);
      } else if (block !== undefined && block.maxTime > time) {
        blocks.shift();
        yield block;
      } else return;
    }
  }
}

function* hotByTime(reading: Reading, { from, to }: ScanRange): Generator<Segment> {
  const select = reading.statement(NEWEST_FIRST);
  for (let max = bound(Infinity), id = Number.MAX_SAFE_INTEGER; ;) {
    const rows = translated(() => select.all({ max, id, from, to }));
    for (const row of rows) yield hotSegment(reading, row);
    const last = rows.at(-1);
    if (rows.length < KEYS_AT_ONCE || last === undefined) return;
    max = Number(last['max_time']);
    id = Number(last['id']);
  }
}

function* asStored(reading: Reading, first: number, range: ScanRange): Generator<readonly Segment[]> {
  const overlaps = ({ minTime, maxTime, lastBatch }: BlockKey): boolean =>
    maxTime >= range.from && minTime < range.to && lastBatch >= first;
  for (let next = first; ;) {
    const sealing = translated(() => reading.sealing(next));
    if (sealing === undefined) break;
    const segments = sealing.days.flatMap((name) => {
      const day = reading.day(name);
      if (day === undefined) return [];
      const keys = translated(() => day.ofSealing(sealing.through)).filter(overlaps);
      return keys.map((key) => blockSegment(reading, name, key));
    });
    if (segments.length > 0) yield segments;
    next = sealing.through + 1;
  }
  const select = reading.statement(AS_STORED);
  for (let id = first - 1; ;) {
    const rows = translated(() => select.all({ id, ...range }));
    for (const row of rows) yield [hotSegment(reading, row)];
    if (rows.length < KEYS_AT_ONCE) return;
    id = Number(rows.at(-1)?.['id']);
  }
}
