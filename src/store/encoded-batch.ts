/**
 * The events of one commit as bytes: written once by the pipeline, kept as they are by the store, read by queries.
 *
 *   header  24 bytes: version u8 · packing u8 · 0 u16 · count u32 · index checksum u32 · body checksum u32
 *                     · index length as stored u32 · body length before packing u32
 *   index   count × time f64, then count × line length in bytes u32
 *   body    one JSON object an event in UTF-8, each followed by a line feed
 *
 * - Numbers are little-endian, as on every machine Node runs on.
 * - `encodeBatch` leaves both parts plain; `packBatch` squeezes each with zstd, apart, so that a histogram reads the times
 *   without the bodies. Small batches stay plain: a frame costs more than it saves.
 * - Checksums (CRC-32) are over the parts before packing. A flipped bit is noticed at the first read: DamagedBatch.
 * - A line holds no raw line feed (JSON escapes it), so the body of a plain batch is NDJSON for anyone who looks.
 */
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type Event, newFields } from '#contract';
import type { EncodedBatch } from './store.ts';

const VERSION = 1;
const HEADER = 24;
const PLAIN = 0;
const ZSTD = 1;
/** Below this many bytes a batch stays plain. */
const PACK_FROM = 4096;
const INDEX_ENTRY = 12;
/** What a Date can hold; a time beyond it could never be shown. */
const LAST_TIME = 8.64e15;
/** What records of the contract inherit: nothing. */
const BARE: unknown = Object.getPrototypeOf(newFields());
const LEVEL_1 = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export class DamagedBatch extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`The bytes of a batch are damaged: ${reason}`, options);
    this.name = 'DamagedBatch';
  }
}

/** Builds a batch event by event, so that no event has to be kept until the last one has come. */
export interface BatchEncoder {
  /** Events so far; the next one's ordinal. */
  readonly count: number;
  add(event: Event): void;
  /** The whole batch; once. */
  finish(): EncodedBatch;
}

/** Bodies are written here first: how long one becomes is known at its end. One is kept for the next batch, if not too large. */
let spare = Buffer.alloc(0);
const LARGEST_SPARE = 8 * 1024 * 1024;

export function batchEncoder(): BatchEncoder {
  let body = spare;
  spare = Buffer.alloc(0);
  let end = 0;
  const times: number[] = [];
  const lengths: number[] = [];
  return {
    get count() {
      return times.length;
    },
    add(event) {
      const time = event['@timestamp'];
      if (!(Math.abs(time) <= LAST_TIME))
        throw new RangeError(`@timestamp of event ${times.length} is no time: ${time}`);
      const line = JSON.stringify(event);
      // A UTF-16 unit takes at most three bytes.
      const room = end + 3 * line.length + 1;
      if (room > body.length) body = Buffer.concat([body.subarray(0, end)], Math.max(2 * room, PACK_FROM));
      const length = body.write(line, end);
      end += length;
      body[end++] = 10;
      times.push(time);
      lengths.push(length);
    },
    finish() {
      const encoded = assemble(times, lengths, body.subarray(0, end));
      if (body.length <= LARGEST_SPARE) spare = body;
      return encoded;
    },
  };
}

export function encodeBatch(events: readonly Event[]): EncodedBatch {
  const encoder = batchEncoder();
  for (const event of events) encoder.add(event);
  return encoder.finish();
}

function assemble(times: readonly number[], lengths: readonly number[], body: Uint8Array): EncodedBatch {
  const count = times.length;
  const indexLength = count * INDEX_ENTRY;
  const bytes = new Uint8Array(HEADER + indexLength + body.length);
  new Float64Array(bytes.buffer, HEADER, count).set(times);
  new Uint32Array(bytes.buffer, HEADER + count * 8, count).set(lengths);
  bytes.set(body, HEADER + indexLength);
  writeHeader(bytes, {
    packing: PLAIN,
    count,
    indexCrc: crc32(bytes.subarray(HEADER, HEADER + indexLength)),
    bodyCrc: crc32(body),
    indexStored: indexLength,
    bodyLength: body.length,
  });
  let minTime = Infinity;
  let maxTime = -Infinity;
  for (const time of times) {
    if (time < minTime) minTime = time;
    if (time > maxTime) maxTime = time;
  }
  // Whole milliseconds outwards: the columns beside the bytes are integers, and pruning by them must never lose an event.
  return {
    bytes,
    count,
    minTime: count === 0 ? 0 : Math.floor(minTime),
    maxTime: count === 0 ? 0 : Math.ceil(maxTime),
  };
}

export function decodeBatch(bytes: Uint8Array): Event[] {
  const view = viewBatch(bytes);
  return Array.from({ length: view.count }, (_, ordinal) => view.event(ordinal));
}

/** The same batch, squeezed where that pays. */
export function packBatch(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const header = readHeader(bytes);
  if (header.packing !== PLAIN || bytes.length < PACK_FROM) return bytes;
  const bodyAt = HEADER + header.indexStored;
  const index = zstdCompressSync(bytes.subarray(HEADER, bodyAt), LEVEL_1);
  const body = zstdCompressSync(bytes.subarray(bodyAt), LEVEL_1);
  const packed = new Uint8Array(HEADER + index.length + body.length);
  packed.set(index, HEADER);
  packed.set(body, HEADER + index.length);
  writeHeader(packed, { ...header, packing: ZSTD, indexStored: index.length });
  return packed;
}

/** A batch opened for reading. Parts are inflated and checked when they are first asked for. */
export interface BatchView {
  readonly count: number;
  readonly times: Float64Array;
  /** Where each line begins in the body; one more entry for the end. */
  readonly starts: Uint32Array;
  readonly body: Buffer;
  /** The event's record, which inherits nothing. */
  event(ordinal: number): Event;
  /** The same as JSON.parse made it: cheaper, for readers that ask for own properties only and keep nothing. */
  rawEvent(ordinal: number): Event;
}

export function viewBatch(bytes: Uint8Array): BatchView {
  const header = readHeader(bytes);
  const { count } = header;
  const bodyAt = HEADER + header.indexStored;
  let index: { readonly times: Float64Array; readonly starts: Uint32Array } | undefined;
  let body: Buffer | undefined;
  const readIndex = () => {
    if (index !== undefined) return index;
    const raw = unpack(bytes.subarray(HEADER, bodyAt), header.packing, count * INDEX_ENTRY, header.indexCrc);
    const aligned = new Uint8Array(raw).buffer;
    const starts = startsOf(new Uint32Array(aligned, count * 8, count), header.bodyLength);
    index = { times: new Float64Array(aligned, 0, count), starts };
    return index;
  };
  const view: BatchView = {
    count,
    get times() {
      return readIndex().times;
    },
    get starts() {
      return readIndex().starts;
    },
    get body() {
      body ??= unpack(bytes.subarray(bodyAt), header.packing, header.bodyLength, header.bodyCrc);
      return body;
    },
    event: (ordinal) => Object.setPrototypeOf(view.rawEvent(ordinal), BARE as object | null),
    rawEvent(ordinal) {
      const { starts } = readIndex();
      const from = starts[ordinal];
      const to = starts[ordinal + 1];
      if (from === undefined || to === undefined) throw new RangeError(`A batch of ${count} has no event ${ordinal}`);
      return JSON.parse(view.body.toString('utf8', from, to - 1));
    },
  };
  return view;
}

function startsOf(lengths: Uint32Array, bodyLength: number): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  let at = 0;
  for (const [ordinal, length] of lengths.entries()) {
    at += length + 1;
    starts[ordinal + 1] = at;
  }
  if (at !== bodyLength) throw new DamagedBatch('its lines do not fill its body');
  return starts;
}

function unpack(part: Uint8Array, packing: number, length: number, checksum: number): Buffer {
  let raw: Buffer;
  if (packing === PLAIN) raw = Buffer.from(part.buffer, part.byteOffset, part.length);
  else {
    try {
      raw = zstdDecompressSync(part, { maxOutputLength: Math.max(length, 1) });
    } catch (cause) {
      throw new DamagedBatch('it does not inflate', { cause });
    }
  }
  if (raw.length !== length) throw new DamagedBatch(`${raw.length} bytes where ${length} belong`);
  if (crc32(raw) !== checksum) throw new DamagedBatch('a checksum differs');
  return raw;
}

interface Header {
  readonly packing: number;
  readonly count: number;
  readonly indexCrc: number;
  readonly bodyCrc: number;
  readonly indexStored: number;
  readonly bodyLength: number;
}

function writeHeader(bytes: Uint8Array, header: Header): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  view.setUint8(0, VERSION);
  view.setUint8(1, header.packing);
  view.setUint32(4, header.count, true);
  view.setUint32(8, header.indexCrc, true);
  view.setUint32(12, header.bodyCrc, true);
  view.setUint32(16, header.indexStored, true);
  view.setUint32(20, header.bodyLength, true);
}

function readHeader(bytes: Uint8Array): Header {
  if (bytes.length < HEADER) throw new DamagedBatch('it is shorter than its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  if (view.getUint8(0) !== VERSION) throw new DamagedBatch(`its version ${view.getUint8(0)} is not known`);
  const packing = view.getUint8(1);
  if (packing !== PLAIN && packing !== ZSTD) throw new DamagedBatch(`its packing ${packing} is not known`);
  return {
    packing,
    count: view.getUint32(4, true),
    indexCrc: view.getUint32(8, true),
    bodyCrc: view.getUint32(12, true),
    indexStored: view.getUint32(16, true),
    bodyLength: view.getUint32(20, true),
  };
}
