/**
 * Events as rows, the first of the forms: what small batches still are and what earlier releases wrote.
 *
 *   header  24 bytes: version u8 (1) · packing u8 · 0 u16 · count u32 · index checksum u32 · body checksum u32
 *                     · index length as stored u32 · body length before packing u32
 *   index   count × time f64, then count × line length in bytes u32
 *   body    one JSON object an event in UTF-8, each followed by a line feed
 *
 * - Numbers are little-endian, as on every machine Node runs on.
 * - `encodeRows` leaves both parts plain; `packRows` squeezes each with zstd, apart, so that a histogram reads the times
 *   without the bodies. Small batches stay plain: a frame costs more than it saves.
 * - Checksums (CRC-32) are over the parts before packing. A flipped bit is noticed at the first read: DamagedBatch.
 * - A line holds no raw line feed (JSON escapes it), so the body of a plain batch is NDJSON for anyone who looks.
 */
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type Event, newFields } from '#contract';
import { DamagedBatch } from './block/damage.ts';
import type { BatchView, Column } from './block/view.ts';
import { rowField } from './row-field.ts';

const ROWS_VERSION = 1;
const HEADER = 24;
const PLAIN = 0;
const ZSTD = 1;
/** Below this many bytes a batch stays plain. */
const PACK_FROM = 4096;
const INDEX_ENTRY = 12;
/** What records of the contract inherit: nothing. */
const BARE: unknown = Object.getPrototypeOf(newFields());
const LEVEL_1 = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export function encodeRows(events: readonly Event[]): Uint8Array<ArrayBuffer> {
  const lines = events.map((event) => JSON.stringify(event));
  const text = lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  const bodyLength = Buffer.byteLength(text);
  const indexLength = events.length * INDEX_ENTRY;
  const bytes = new Uint8Array(HEADER + indexLength + bodyLength);
  const times = new Float64Array(bytes.buffer, HEADER, events.length);
  const lengths = new Uint32Array(bytes.buffer, HEADER + events.length * 8, events.length);
  const ascii = bodyLength === text.length;
  for (const [ordinal, event] of events.entries()) {
    times[ordinal] = event['@timestamp'];
    const line = lines[ordinal] ?? '';
    lengths[ordinal] = ascii ? line.length : Buffer.byteLength(line);
  }
  const body = Buffer.from(bytes.buffer, HEADER + indexLength);
  body.write(text);
  writeHeader(bytes, {
    packing: PLAIN,
    count: events.length,
    indexCrc: crc32(bytes.subarray(HEADER, HEADER + indexLength)),
    bodyCrc: crc32(body),
    indexStored: indexLength,
    bodyLength,
  });
  return bytes;
}

/** The same rows, squeezed where that pays. */
export function packRows(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
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

/** Parts are inflated and checked when they are first asked for. */
export interface RowsView extends BatchView {
  /** Where each line begins in the body; one more entry for the end. */
  readonly starts: Uint32Array;
  readonly body: Buffer;
  /** The event as JSON.parse made it: cheaper, for readers that ask for own properties only and keep nothing. */
  rawEvent(ordinal: number): Event;
}

export const isRowsView = (view: BatchView): view is RowsView => 'rawEvent' in view;

export function viewRows(bytes: Uint8Array): RowsView {
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
  const view: RowsView = {
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
    get fields() {
      return [...new Set(Array.from({ length: count }, (_, ordinal) => Object.keys(view.rawEvent(ordinal))).flat())];
    },
    size: (ordinal) => (view.starts[ordinal + 1] ?? 0) - (view.starts[ordinal] ?? 0),
    column: (name) => columnOf(view, name),
    verify() {
      void view.starts;
      void view.body;
    },
  };
  return view;
}

function columnOf(view: RowsView, name: string): Column | undefined {
  const all = Array.from({ length: view.count }, (_, ordinal) => ordinal);
  const anywhere = rowField(view, name);
  if (!all.some((ordinal) => anywhere(ordinal) !== undefined)) return undefined;
  return {
    name,
    value: (ordinal) => fieldOf(view.rawEvent(ordinal), name),
    tally(add, ordinals = all) {
      const read = rowField(view, name);
      for (const ordinal of ordinals) {
        const value = read(ordinal);
        if (value !== undefined) add(value, 1);
      }
    },
  };
}

const fieldOf = (event: Event, name: string) => (Object.hasOwn(event, name) ? event[name] : undefined);

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
  view.setUint8(0, ROWS_VERSION);
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
  if (view.getUint8(0) !== ROWS_VERSION) throw new DamagedBatch(`its version ${view.getUint8(0)} is not known`);
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
