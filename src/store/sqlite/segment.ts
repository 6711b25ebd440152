/** Events that lie together, hot or sealed, as scans see them. */
import { viewBlock } from '../block/block.ts';
import { readGrams } from '../block/grams.ts';
import { type Counts, type Minutes, type Summary, viewSummary } from '../block/summary.ts';
import type { BlockView, EventPlace } from '../block/view.ts';
import { type BatchView, DamagedBatch, viewBatch } from '../encoded-batch.ts';
import type { BlockKey, DayReader } from './day-file.ts';
import { translated } from './fault.ts';
import type { Reading } from './library.ts';

/** Some events that lie together. */
export interface Segment {
  /** For people: `batch 12`, `block 3 of 2026-03-14`. */
  readonly name: string;
  readonly sealed: boolean;
  readonly count: number;
  readonly minTime: number;
  readonly maxTime: number;
  readonly firstBatch: number;
  readonly lastBatch: number;
  /** What it may hold, where that is known without reading it. */
  filter(): Uint8Array | undefined;
  /** What its words are made of, where that is known without reading it. */
  grams(): ((gram: number) => boolean) | undefined;
  /** Throws DamagedBatch. What was inflated is kept until `close`. */
  open(): BatchView;
  close(): void;
  /** Names of all fields that any of the events has. */
  fields(): readonly string[];
  /** Its events by the minute; undefined where only a scan can tell. */
  minutes(): Minutes | undefined;
  /** Its events by the values of a field; undefined where only a scan can tell. */
  counts(field: string): Counts | undefined;
  /** The id of the event at this ordinal of the segment. */
  place(ordinal: number): EventPlace;
}

export function hotSegment(reading: Reading, row: Record<string, unknown>): Segment {
  const id = Number(row['id']);
  let view: BatchView | undefined;
  const open = (): BatchView => {
    if (view !== undefined) return view;
    const bytes = translated(() => reading.statement('SELECT events FROM batch WHERE id = ?').get(id)?.['events']);
    if (!(bytes instanceof Uint8Array)) throw new DamagedBatch('it is gone');
    return (view = viewBatch(bytes));
  };
  return {
    name: `batch ${id}`,
    sealed: false,
    count: Number(row['count']),
    minTime: Number(row['min_time']),
    maxTime: Number(row['max_time']),
    firstBatch: id,
    lastBatch: id,
    filter: () => undefined,
    grams: () => undefined,
    open,
    close: () => void (view = undefined),
    fields: () => open().fields,
    minutes: () => undefined,
    counts: () => undefined,
    place: (ordinal) => ({ batch: id, ordinal }),
  };
}

export function blockSegment(reading: Reading, name: string, key: BlockKey): Segment {
  // Asked for each time: others may need so many days in between that this one's file was closed.
  const read = <T>(what: (day: DayReader) => T): T | undefined =>
    translated(() => {
      const day = reading.day(name);
      return day === undefined ? undefined : what(day);
    });
  let view: BlockView | undefined;
  const open = (): BlockView => {
    if (view !== undefined) return view;
    const bytes = read((day) => day.bytes(key.id));
    if (bytes === undefined) throw new DamagedBatch('it is gone');
    return (view = viewBlock(bytes));
  };
  /** What is derived and damaged is none: its block, which tells the same, may be whole. */
  const derived = <T>(bytes: Uint8Array | undefined, use: (bytes: Uint8Array) => T): T | undefined => {
    try {
      return bytes === undefined ? undefined : use(bytes);
    } catch (error) {
      if (!(error instanceof DamagedBatch)) throw error;
      return undefined;
    }
  };
  const summed = <T>(use: (summary: Summary) => T): T | undefined =>
    derived(
      read((day) => day.summary(key.id)),
      (bytes) => use(viewSummary(bytes)),
    );
  return {
    name: `block ${key.id} of ${name}`,
    sealed: true,
    count: key.count,
    minTime: key.minTime,
    maxTime: key.maxTime,
    firstBatch: key.firstBatch,
    lastBatch: key.lastBatch,
    filter: () => read((day) => day.filter(key.id)),
    grams: () =>
      derived(
        read((day) => day.grams(key.id)),
        readGrams,
      ),
    open,
    close() {
      view?.release();
      view = undefined;
    },
    fields: () => summed(({ fields }) => fields) ?? open().fields,
    minutes: () => summed(({ minutes }) => minutes),
    counts: (field) => summed((summary) => summary.counts(field)),
    place: (ordinal) => open().place(ordinal),
  };
}
