/** One chunk → its records, and what of it is damaged. */
import { crc32 } from 'node:zlib';
import { beginRecord, type Chunk, Damage, openChunk } from './bytes.ts';
import { expand, type Templates } from './expand.ts';
import { filetimeMs, type JsonObject } from './value.ts';

export const CHUNK_SIZE = 65_536;
const HEADER_SIZE = 512;
const CHUNK_MAGIC = Buffer.from('ElfChnk\0', 'latin1');
const RECORD_MAGIC = Buffer.from('**\0\0', 'latin1');
const [RECORD_HEAD, RECORD_TAIL] = [24, 4];
/** Where a record may begin. */
const LAST_PLACE = CHUNK_SIZE - RECORD_HEAD - RECORD_TAIL;
/** The chunk's writer left its checksums out. */
const NO_CHECKSUMS = 4;
const TORN = 'is torn: its size is not repeated at its end';

export interface EvtxRecord {
  readonly id: number;
  /** When it was written, ms since 1970. */
  readonly written: number;
  /** `{"Event": …}` in the shape of evtx_dump. */
  readonly record: JsonObject;
  /** Its bytes in the file. */
  readonly at: number;
  readonly size: number;
}

/**
 * What could not be read, or is in doubt: of a chunk whose checksum is wrong the records follow all the same, and of a torn record
 * what there is.
 */
export interface EvtxDamage {
  readonly damaged: 'file' | 'chunk' | 'record';
  /** Byte in the file. */
  readonly at: number;
  /** Goes on after 'the chunk …': `does not match its checksum`. */
  readonly reason: string;
}

export type EvtxItem = EvtxRecord | EvtxDamage;

export function readChunk(bytes: Uint8Array, origin: number): EvtxItem[] {
  const whole = bytes.byteLength === CHUNK_SIZE ? bytes : padded(bytes);
  const chunk = openChunk(whole);
  if (!begins(chunk, 0, CHUNK_MAGIC)) {
    return isEmpty(chunk.bytes) ? [] : [{ damaged: 'chunk', at: origin, reason: 'does not begin like one' }];
  }
  const items: EvtxItem[] = [];
  const reason = bytes.byteLength < CHUNK_SIZE ? 'breaks off' : doubt(chunk);
  if (reason !== undefined) items.push({ damaged: 'chunk', at: origin, reason });
  readRecords(chunk, origin, items);
  return items;
}

function padded(bytes: Uint8Array): Buffer {
  const whole = Buffer.alloc(CHUNK_SIZE);
  whole.set(bytes.subarray(0, CHUNK_SIZE));
  return whole;
}

const ZEROS = Buffer.alloc(CHUNK_SIZE);
const isEmpty = (bytes: Buffer): boolean => bytes.equals(ZEROS.subarray(0, bytes.length));

const begins = ({ bytes }: Chunk, at: number, magic: Buffer): boolean =>
  at + magic.length <= CHUNK_SIZE && bytes.compare(magic, 0, magic.length, at, at + magic.length) === 0;

/** Where the header says that the records end. */
function recordsEnd({ view }: Chunk): number {
  const end = view.getUint32(48, true);
  return end >= HEADER_SIZE && end <= CHUNK_SIZE ? end : CHUNK_SIZE;
}

/** A log that was copied while it was written has such chunks, and their records are mostly good. */
function doubt(chunk: Chunk): string | undefined {
  const { bytes, view } = chunk;
  if ((view.getUint32(120, true) & NO_CHECKSUMS) !== 0) return undefined;
  const header = crc32(bytes.subarray(128, HEADER_SIZE), crc32(bytes.subarray(0, 120)));
  if (header !== view.getUint32(124, true)) return 'has a header that does not match its checksum';
  const records = crc32(bytes.subarray(HEADER_SIZE, recordsEnd(chunk)));
  return records === view.getUint32(52, true) ? undefined : 'has records that do not match their checksum';
}

/**
 * Up to where the header says, and on from there while the numbers go on: the header of a chunk that is being written lags behind.
 * After damage the search goes on for what begins like a record.
 */
function readRecords(chunk: Chunk, origin: number, items: EvtxItem[]): void {
  const end = recordsEnd(chunk);
  const templates: Templates = new Map();
  let last: number | undefined;
  for (let at: number | undefined = HEADER_SIZE; at !== undefined && at <= LAST_PLACE;) {
    const size = recordSize(chunk, at);
    if (at >= end && (size === undefined || idAt(chunk, at) !== (last ?? Number.NaN) + 1)) return;
    if (size === undefined) {
      if (isEmpty(chunk.bytes.subarray(at, end))) return;
      items.push({ damaged: 'record', at: origin + at, reason: 'does not begin like one' });
      at = nextRecord(chunk, at + 1);
      continue;
    }
    const next = at + size;
    const torn = !isClosed(chunk, at, size);
    const item = readRecord(chunk, templates, at, size, origin);
    if (torn) items.push({ damaged: 'record', at: origin + at, reason: TORN });
    if (!torn || !('damaged' in item)) items.push(item);
    last = idAt(chunk, at);
    at = torn && !begins(chunk, next, RECORD_MAGIC) ? nextRecord(chunk, at + 1) : next;
  }
}

const idAt = ({ view }: Chunk, at: number): number => Number(view.getBigUint64(at + 8, true));

/** undefined where no record begins, or one that cannot lie in the chunk. */
function recordSize(chunk: Chunk, at: number): number | undefined {
  if (!begins(chunk, at, RECORD_MAGIC)) return undefined;
  const size = chunk.view.getUint32(at + 4, true);
  return size >= RECORD_HEAD + RECORD_TAIL && at + size <= CHUNK_SIZE ? size : undefined;
}

/** The size stands at both ends of a record. */
const isClosed = ({ view }: Chunk, at: number, size: number): boolean =>
  view.getUint32(at + size - RECORD_TAIL, true) === size;

function nextRecord(chunk: Chunk, from: number): number | undefined {
  const at = chunk.bytes.indexOf(RECORD_MAGIC, from);
  return at < 0 || at > LAST_PLACE ? undefined : at;
}

function readRecord(chunk: Chunk, templates: Templates, at: number, size: number, origin: number): EvtxItem {
  beginRecord(chunk);
  try {
    return {
      id: idAt(chunk, at),
      written: filetimeMs(chunk, at + 16),
      record: expand(chunk, templates, at + RECORD_HEAD, at + size - RECORD_TAIL),
      at: origin + at,
      size,
    };
  } catch (error) {
    if (error instanceof Damage) return { damaged: 'record', at: origin + at, reason: error.message };
    throw error;
  }
}
