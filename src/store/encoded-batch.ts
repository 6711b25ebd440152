/**
 * The events of one commit as bytes: written once by the pipeline, squeezed by the store, kept until they are sealed into a block.
 *
 * Many events become columns (`./block/encode.ts`): a third cheaper to make than JSON text, and a question about one field reads that field. Few become rows
 * (`./rows.ts`): columns only pay where values repeat. Readers take both, told apart by the first byte, the version:
 *
 *   1  rows      of every release; written for less than COLUMNS_FROM events, and for those of more than MOST_FIELDS fields
 *   2  columns   from the column store on
 *
 * `./block/view.ts` says what can be asked of a batch that was opened.
 */
import type { Event } from '#contract';
import { columnsView } from './block/column-view.ts';
import { columnParts } from './block/encode.ts';
import { gather, type Gathering } from './block/gather.ts';
import { packParts, readParts, VERSION, writeParts } from './block/parts.ts';
import { type BatchView, MOST_ROWS } from './block/view.ts';
import { encodeRows, packRows, viewRows } from './rows.ts';
import type { EncodedBatch } from './store.ts';

export { DamagedBatch } from './block/damage.ts';
export type { BatchView } from './block/view.ts';

const COLUMNS_FROM = 512;
/** A house has some hundred; somebody who makes up names must not make a column of each. */
const MOST_FIELDS = 4096;
/** What a Date can hold; a time beyond it could never be shown. */
const LAST_TIME = 8.64e15;
/** A batch is packed once, between intake and disk, and soon sealed into something smaller. */
const LEVEL = 1;

/** Builds a batch event by event, so that no event has to be kept until the last one has come. */
export interface BatchEncoder {
  /** Events so far; the next one's ordinal. */
  readonly count: number;
  add(event: Event): void;
  /** The whole batch; once. */
  finish(): EncodedBatch;
}

/** Few events are kept until it is known that there are many; with the first of many they go into columns, and none is kept any more. */
export function batchEncoder(): BatchEncoder {
  let kept: Event[] = [];
  let columns: Gathering | undefined;
  let count = 0;
  let minTime = Infinity;
  let maxTime = -Infinity;
  return {
    get count() {
      return count;
    },
    add(event) {
      const time = event['@timestamp'];
      if (!(Math.abs(time) <= LAST_TIME)) throw new RangeError(`@timestamp of event ${count} is no time: ${time}`);
      if (time < minTime) minTime = time;
      if (time > maxTime) maxTime = time;
      count++;
      if (columns !== undefined) {
        columns.add(event);
        if (columns.fields() > MOST_FIELDS || count > MOST_ROWS) {
          kept = decodeBatch(columnBytes(columns, count));
          columns = undefined;
        }
        return;
      }
      kept.push(event);
      if (count === COLUMNS_FROM) {
        columns = gatheringOf(kept);
        if (columns !== undefined) kept = [];
      }
    },
    finish() {
      // Whole milliseconds outwards: the columns beside the bytes are integers, and pruning by them must never lose an event.
      return {
        bytes: columns === undefined ? encodeRows(kept) : columnBytes(columns, count),
        count,
        minTime: count === 0 ? 0 : Math.floor(minTime),
        maxTime: count === 0 ? 0 : Math.ceil(maxTime),
      };
    },
  };
}

export function encodeBatch(events: readonly Event[]): EncodedBatch {
  const encoder = batchEncoder();
  for (const event of events) encoder.add(event);
  return encoder.finish();
}

function columnBytes(columns: Gathering, count: number): Uint8Array<ArrayBuffer> {
  const bytes = writeParts('batch', count, columnParts(columns.done()));
  columns.release();
  return bytes;
}

/** Undefined where nearly every field is a column of its own. */
function gatheringOf(events: readonly Event[], most = MOST_FIELDS): Gathering | undefined {
  const gathering = gather();
  for (const event of events) {
    gathering.add(event);
    if (gathering.fields() > most) return undefined;
  }
  return gathering;
}

/** In columns, however few events there are; undefined where nearly every field is a column of its own. */
export function encodeColumns(events: readonly Event[], most = MOST_FIELDS): Uint8Array<ArrayBuffer> | undefined {
  const columns = gatheringOf(events, most);
  return columns === undefined ? undefined : columnBytes(columns, events.length);
}

const isColumns = (bytes: Uint8Array): boolean => bytes[0] === VERSION;

/** The same batch, squeezed where that pays. */
export function packBatch(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return isColumns(bytes) ? packParts(bytes, LEVEL) : packRows(bytes);
}

export function viewBatch(bytes: Uint8Array): BatchView {
  return isColumns(bytes) ? columnsView(readParts(bytes)) : viewRows(bytes);
}

export function decodeBatch(bytes: Uint8Array): Event[] {
  const view = viewBatch(bytes);
  return Array.from({ length: view.count }, (_, ordinal) => view.event(ordinal));
}
