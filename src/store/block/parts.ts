/**
 * The frame around columns: a head and parts that are squeezed and checked one by one, so that a reader inflates only what it needs.
 *
 *   0   version u8 (2) · kind u8 (batch, block, summary, grams) · parts u16 · events u32 · checksum of the rest of the head and of these 8 bytes u32
 *   12  each part: length as stored u32 · length u32 · checksum u32 · packing u32 (0 plain, 1 zstd)
 *   …   the parts, as stored, one after the other, to the end
 *
 * Numbers are little-endian. Checksums (CRC-32) are over parts before packing. A part that says it is longer than MOST_PART is damage.
 */
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { release } from './bytes.ts';
import { DamagedBatch } from './damage.ts';
import { MOST_ROWS } from './view.ts';

export const VERSION = 2;
const KINDS = ['batch', 'block', 'summary', 'grams'] as const;
export type PartsKind = (typeof KINDS)[number];

const HEAD = 12;
const ENTRY = 16;
const PLAIN = 0;
const ZSTD = 1;
/** Below this many bytes a frame costs more than it saves. */
const PACK_FROM = 64;
const MOST_PARTS = 0xffff;
const MOST_PART = 1024 * 1024 * 1024;
/** A part is inflated into one buffer, not into pieces that are put together, as long as its length can be believed. */
const LEAST_CHUNK = 64;
const MOST_CHUNK = 4 * 1024 * 1024;

interface Part {
  readonly stored: Uint8Array;
  readonly length: number;
  readonly checksum: number;
  readonly packing: number;
}

export interface Parts {
  readonly kind: PartsKind;
  readonly count: number;
  readonly length: number;
  part(index: number): Buffer;
  /** Ends the use of them, and of the bytes that they were read from: these must be the caller's alone. */
  release(): void;
}

/** `level` of zstd; absent: plain. */
export function writeParts(kind: PartsKind, count: number, plain: readonly Uint8Array[], level?: number) {
  return assemble(
    kind,
    count,
    plain.map((bytes) => squeezed(bytes, crc32(bytes), level)),
  );
}

/** The same parts, squeezed where that pays. */
export function packParts(bytes: Uint8Array<ArrayBuffer>, level: number): Uint8Array<ArrayBuffer> {
  const { kind, count, parts } = readHead(bytes);
  if (parts.some(({ packing }) => packing !== PLAIN)) return bytes;
  return assemble(
    kind,
    count,
    parts.map(({ stored, checksum }) => squeezed(stored, checksum, level)),
  );
}

function squeezed(bytes: Uint8Array, checksum: number, level: number | undefined): Part {
  const plain = { stored: bytes, length: bytes.length, checksum, packing: PLAIN };
  if (level === undefined || bytes.length < PACK_FROM) return plain;
  const stored = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } });
  return stored.length < bytes.length ? { ...plain, stored, packing: ZSTD } : plain;
}

function assemble(kind: PartsKind, count: number, parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  if (parts.length > MOST_PARTS) throw new RangeError(`${parts.length} parts are too many`);
  const start = HEAD + parts.length * ENTRY;
  const bytes = new Uint8Array(parts.reduce((sum, { stored }) => sum + stored.length, start));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, KINDS.indexOf(kind));
  view.setUint16(2, parts.length, true);
  view.setUint32(4, count, true);
  let at = start;
  for (const [index, { stored, length, checksum, packing }] of parts.entries()) {
    const entry = HEAD + index * ENTRY;
    view.setUint32(entry, stored.length, true);
    view.setUint32(entry + 4, length, true);
    view.setUint32(entry + 8, checksum, true);
    view.setUint32(entry + 12, packing, true);
    bytes.set(stored, at);
    at += stored.length;
  }
  view.setUint32(8, headChecksum(bytes, start), true);
  return bytes;
}

const headChecksum = (bytes: Uint8Array, start: number): number =>
  crc32(bytes.subarray(HEAD, start), crc32(bytes.subarray(0, 8)));

export function readParts(bytes: Uint8Array): Parts {
  const { kind, count, parts } = readHead(bytes);
  const inflated = new Map<number, Buffer>();
  return {
    kind,
    count,
    length: parts.length,
    part(index) {
      const known = inflated.get(index);
      if (known !== undefined) return known;
      const part = parts[index];
      if (part === undefined) throw new DamagedBatch('a part is missing');
      const plain = unpack(part);
      inflated.set(index, plain);
      return plain;
    },
    release() {
      for (const plain of inflated.values()) release(plain);
      inflated.clear();
      parts.length = 0;
      release(bytes);
    },
  };
}

function readHead(bytes: Uint8Array): { kind: PartsKind; count: number; parts: Part[] } {
  if (bytes.length < HEAD) throw new DamagedBatch('it is shorter than its head');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint8(0) !== VERSION) throw new DamagedBatch(`its version ${view.getUint8(0)} is not known`);
  const start = HEAD + view.getUint16(2, true) * ENTRY;
  if (start > bytes.length) throw new DamagedBatch('it is shorter than its head');
  if (headChecksum(bytes, start) !== view.getUint32(8, true))
    throw new DamagedBatch('the checksum of its head differs');
  const count = view.getUint32(4, true);
  if (count > MOST_ROWS) throw new DamagedBatch(`it says that it holds ${count} events`);
  const parts: Part[] = [];
  let at = start;
  for (let entry = HEAD; entry < start; entry += ENTRY) {
    const [stored, length] = [view.getUint32(entry, true), view.getUint32(entry + 4, true)];
    if (length > MOST_PART) throw new DamagedBatch(`a part says that it has ${length} bytes`);
    const part = bytes.subarray(at, at + stored);
    parts.push({
      stored: part,
      length,
      checksum: view.getUint32(entry + 8, true),
      packing: view.getUint32(entry + 12, true),
    });
    at += stored;
  }
  if (at !== bytes.length) throw new DamagedBatch('its parts do not fill it');
  const kind = KINDS[view.getUint8(1)];
  if (kind === undefined) throw new DamagedBatch('its kind is not known');
  return { kind, count, parts };
}

function unpack({ stored, length, checksum, packing }: Part): Buffer {
  let plain: Buffer;
  if (packing === PLAIN) plain = Buffer.from(stored.buffer, stored.byteOffset, stored.length);
  else if (packing !== ZSTD) throw new DamagedBatch(`its packing ${packing} is not known`);
  else {
    try {
      const chunkSize = Math.min(Math.max(length + 1, LEAST_CHUNK), MOST_CHUNK);
      plain = zstdDecompressSync(stored, { maxOutputLength: Math.max(length, 1), chunkSize });
    } catch (cause) {
      throw new DamagedBatch('it does not inflate', { cause });
    }
  }
  if (plain.length !== length) throw new DamagedBatch(`${plain.length} bytes where ${length} belong`);
  if (crc32(plain) !== checksum) throw new DamagedBatch('a checksum differs');
  return plain;
}
