/**
 * Records on their way to the pipeline thread, as columns and one block of text that are transferred, not cloned.
 * Texts lie end to end as UTF-8, `lengths` counts their bytes. Each is decoded by itself: a slice of one big decoded text would
 * keep all of it in memory for as long as any event of the batch is remembered.
 */
import type { Position, RawRecord, SourceTag, StreamTag } from '#contract';

export interface RecordBatch {
  readonly count: number;
  readonly sources: readonly SourceTag[];
  readonly streams: readonly StreamTag[];
  readonly text: Uint8Array<ArrayBuffer>;
  readonly lengths: Uint32Array<ArrayBuffer>;
  /** Index into `sources`. */
  readonly source: Uint16Array<ArrayBuffer>;
  /** Index into `streams`, plus one; 0 for a record without a position. */
  readonly stream: Uint16Array<ArrayBuffer>;
  readonly from: Float64Array<ArrayBuffer>;
  readonly to: Float64Array<ArrayBuffer>;
  readonly received: Float64Array<ArrayBuffer>;
  /** Bit 0: backfill. Bit 1: cut. */
  readonly flags: Uint8Array<ArrayBuffer>;
}

const BACKFILL = 1;
const CUT = 2;

/** Indexes are 16 bits wide; no batch holds more records than this, so no batch has more sources or streams. */
const MAX_RECORDS = 60_000;

function indexer<T>(table: T[]): (item: T) => number {
  const known = new Map<T, number>();
  return (item) => {
    let at = known.get(item);
    if (at === undefined) {
      at = table.push(item) - 1;
      known.set(item, at);
    }
    return at;
  };
}

export function packRecords(records: readonly RawRecord[]): RecordBatch {
  const count = records.length;
  if (count > MAX_RECORDS) throw new RangeError(`${count} records in a batch, at most ${MAX_RECORDS}.`);
  const sources: SourceTag[] = [];
  const streams: StreamTag[] = [];
  const sourceIndex = indexer(sources);
  const streamIndex = indexer(streams);
  const columns = {
    lengths: new Uint32Array(count),
    source: new Uint16Array(count),
    stream: new Uint16Array(count),
    from: new Float64Array(count),
    to: new Float64Array(count),
    received: new Float64Array(count),
    flags: new Uint8Array(count),
  };
  // A UTF-16 unit takes at most three bytes.
  const text = new Uint8Array(3 * records.reduce((sum, record) => sum + record.text.length, 0));
  const encoder = new TextEncoder();
  let at = 0;
  for (const [i, record] of records.entries()) {
    const { written } = encoder.encodeInto(record.text, text.subarray(at));
    columns.lengths[i] = written;
    at += written;
    columns.source[i] = sourceIndex(record.source);
    columns.received[i] = record.received;
    columns.flags[i] = (record.backfill === true ? BACKFILL : 0) | (record.cut === true ? CUT : 0);
    if (record.position === undefined) continue;
    columns.stream[i] = streamIndex(record.position.stream) + 1;
    columns.from[i] = record.position.from;
    columns.to[i] = record.position.to;
  }
  return { count, sources, streams, text: text.slice(0, at), ...columns };
}

export const buffersOf = (batch: RecordBatch): ArrayBuffer[] =>
  [batch.text, batch.lengths, batch.source, batch.stream, batch.from, batch.to, batch.received, batch.flags].map(
    (column) => column.buffer,
  );

export function* unpackRecords(batch: RecordBatch): Generator<RawRecord> {
  const text = Buffer.from(batch.text.buffer, batch.text.byteOffset, batch.text.byteLength);
  let at = 0;
  for (let i = 0; i < batch.count; i++) {
    const end = at + (batch.lengths[i] ?? 0);
    const flags = batch.flags[i] ?? 0;
    const record: { -readonly [name in keyof RawRecord]: RawRecord[name] } = {
      source: batch.sources[batch.source[i] ?? 0] as SourceTag,
      received: batch.received[i] ?? 0,
      text: text.toString('utf8', at, end),
    };
    const position = positionOf(batch, i);
    if (position !== undefined) record.position = position;
    if ((flags & BACKFILL) !== 0) record.backfill = true;
    if ((flags & CUT) !== 0) record.cut = true;
    yield record;
    at = end;
  }
}

function positionOf(batch: RecordBatch, i: number): Position | undefined {
  const stream = batch.streams[(batch.stream[i] ?? 0) - 1];
  return stream === undefined ? undefined : { stream, from: batch.from[i] ?? 0, to: batch.to[i] ?? 0 };
}
