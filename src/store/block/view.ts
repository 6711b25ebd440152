/**
 * What the rest of the store sees of stored events, whatever form their bytes have. There are three:
 *
 *   rows     version 1: a JSON line an event (`../rows.ts`). Small batches, and everything that earlier releases wrote.
 *   batch    version 2: the columns of one commit, made by the pipeline, quick to write (`../encoded-batch.ts`).
 *   block    version 2: the columns of many commits and of one UTC day, made by the sealer, small to keep (`./encode.ts`).
 *
 * How they are used
 *   commit   `encodeBatch(events)` in the pipeline, `packBatch(bytes)` in the store's thread; `viewBatch(bytes)` reads rows and batches.
 *   seal     `encodeBlock(sources)`, each source the view of a batch, its number and, where only some of its events are of that
 *            day, their ordinals. The order of sources and ordinals is the order in the block; give both ascending.
 *            `viewBlock(bytes)` reads it. A block's ordinals are its own, 0 to count - 1; `place` and `find` lead to and from
 *            the events' ids (batch, ordinal in the batch), which stay what they were.
 *   merge    `encodeBlock` takes blocks as sources too: then `batch` is not asked, every event keeps its id.
 *   search   `Search.mayFind(filter)` says from the filter alone that a block holds nothing; keep the filter beside the block, in a column
 *            that is read first. `Search.find(view, …)` works on every view.
 *
 * Parts are inflated and checked when they are first asked for: every getter and method may throw DamagedBatch.
 * Views keep what they inflated; let go of them soon.
 */
import type { Event, FieldValue } from '#contract';

export interface BatchView {
  readonly count: number;
  /** `@timestamp` of each event, ms. */
  readonly times: Float64Array;
  /** Names of all fields that any of the events has. */
  readonly fields: readonly string[];
  /** The event's record, which inherits nothing. */
  event(ordinal: number): Event;
  /** About how many bytes the event takes as JSON. Costs about as much as reading the event. */
  size(ordinal: number): number;
  /** Undefined where no event has the field. */
  column(name: string): Column | undefined;
  /** Inflates and checks every part. */
  verify(): void;
}

/** One field of all events of a view. */
export interface Column {
  readonly name: string;
  /** Undefined where that event lacks the field. */
  value(ordinal: number): FieldValue | undefined;
  /** How often each value occurs among these ordinals (ascending; absent: all). A value may come more than once. */
  tally(add: (value: FieldValue, count: number) => void, ordinals?: readonly number[]): void;
}

/** Where an event's id points to. */
export interface EventPlace {
  readonly batch: number;
  readonly ordinal: number;
}

export interface BlockView extends BatchView {
  readonly firstBatch: number;
  readonly lastBatch: number;
  /** The id of the event at this ordinal of the block. */
  place(ordinal: number): EventPlace;
  /** Its ordinal in the block; undefined where the block does not hold it. */
  find(place: EventPlace): number | undefined;
  /** Ends its use, and that of its bytes, which must be the caller's alone: nothing that it gave but events and values may be looked at any more. */
  release(): void;
}

export interface BlockSource {
  /** Of a batch; a block's events bring their own. */
  readonly batch: number;
  readonly view: BatchView;
  /** Ascending; absent: all. */
  readonly ordinals?: readonly number[] | Uint32Array;
}

export interface EncodedBlock {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Which words the block may hold; see `./filter.ts`. Has its own checksum. */
  readonly filter: Uint8Array<ArrayBuffer>;
  readonly count: number;
  /** Whole ms outwards, as in EncodedBatch. */
  readonly minTime: number;
  readonly maxTime: number;
  readonly firstBatch: number;
  readonly lastBatch: number;
}

/** Most events of a block; good sizes are 16,384 to 65,536. */
export const MOST_ROWS = 1_048_576;
