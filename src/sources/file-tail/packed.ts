/**
 * A rotated log that was compressed, read as if it were still plain: its places are bytes of the plain text, so that a mark made
 * before the compression holds after it.
 *
 * Nothing is unpacked to disk or held whole. A small file that unpacks to very much is a bomb or a hole of NULs: reading ends
 * there.
 */
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { RawRecord } from '#contract';
import { errnoOf } from './errno.ts';
import { bytesAt, hashOf, HEAD, identityOf, MARKER } from './identity.ts';
import { type Incarnation, type IncarnationOptions, pieces } from './incarnation.ts';
import { type Recording, recording } from './recording.ts';

const READ = 64 * 1024;
/** Logs shrink to a tenth, the dullest to a two-hundredth; deflate itself ends at a thousandth. */
const MOST_RATIO = 400;
const FREE = 64 * 1024 * 1024;

async function* compressed(handle: FileHandle, read: { bytes: number }): AsyncGenerator<Buffer> {
  for (;;) {
    // Its own buffer each time: the unpacker may still hold the last one.
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(READ), 0, READ, read.bytes);
    if (bytesRead === 0) return;
    read.bytes += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** How the unpacking ended: at the end, in the middle of the file, at bytes that are no gzip, or at the limit. */
export type PackedEnd = 'whole' | 'short' | 'damaged' | 'bomb';

/** The plain bytes; returns how they ended. */
export async function* unpacked(handle: FileHandle): AsyncGenerator<Buffer, PackedEnd> {
  const read = { bytes: 0 };
  const gunzip = createGunzip({ chunkSize: READ });
  const abort = new AbortController();
  const piping = pipeline(compressed(handle, read), gunzip, { signal: abort.signal, end: true }).catch(() => undefined);
  let plain = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      plain += chunk.length;
      if (plain > FREE && plain > MOST_RATIO * read.bytes) return 'bomb';
      yield chunk;
    }
    return 'whole';
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'Z_BUF_ERROR') return 'short';
    if (code?.startsWith('Z_') === true) return 'damaged';
    throw error;
  } finally {
    abort.abort();
    await piping;
  }
}

/** The first plain bytes, HEAD at most. */
export async function packedHead(handle: FileHandle): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of unpacked(handle)) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= HEAD) break;
  }
  return Buffer.concat(parts).subarray(0, HEAD);
}

/** Plain size modulo 2³², as the last four bytes of the file say: true for a file that is one whole gzip member. */
export async function saidSize(handle: FileHandle, size: number): Promise<number> {
  const last = await bytesAt(handle, Math.max(0, size - 4), 4);
  return last.length === 4 ? last.readUInt32LE() : 0;
}

export interface PackedScan {
  readonly size: number;
  readonly end: PackedEnd;
  /** Hash of the MARKER bytes before the place that was asked for; undefined where the file is shorter. */
  readonly marker: string | undefined;
}

/** Unpacks all of it once. */
export async function scanPacked(handle: FileHandle, markerAt = 0): Promise<PackedScan> {
  const before = Buffer.alloc(Math.min(MARKER, markerAt));
  const from = markerAt - before.length;
  let size = 0;
  const chunks = unpacked(handle);
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) {
      return { size, end: next.value, marker: size >= markerAt ? hashOf(before) : undefined };
    }
    const chunk = next.value;
    if (size < markerAt && size + chunk.length > from) {
      chunk.copy(before, Math.max(0, size - from), Math.max(0, from - size), Math.min(chunk.length, markerAt - size));
    }
    size += chunk.length;
  }
}

/** A compressed file as an incarnation that ends. Owns `handle` from here on, also when it throws. */
export async function packedIncarnation(handle: FileHandle, options: IncarnationOptions): Promise<Incarnation> {
  const { resume } = options;
  try {
    const stat = await handle.stat({ bigint: true });
    const since = resume?.detail.since ?? Number(stat.mtimeMs);
    const start = resume?.mark ?? 0;
    const head = await packedHead(handle);
    const records = recording(options, {
      device: `${stat.dev}`,
      inode: `${stat.ino}`,
      since,
      backfill: resume?.detail.backfill ?? 0,
      resume: resume && { at: resume, head: head.subarray(0, start), before: Buffer.alloc(0) },
    });
    return reading(handle, identityOf(stat), since, records, options);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function reading(
  handle: FileHandle,
  identity: string,
  since: number,
  records: Recording,
  { onCount }: IncarnationOptions,
): Incarnation {
  let isFinished = false;

  async function* read(): AsyncGenerator<RawRecord[]> {
    const chunks = unpacked(handle);
    let at = 0;
    try {
      let next = await chunks.next();
      for (; next.done !== true; next = await chunks.next()) {
        const chunk = next.value;
        if (at + chunk.length > records.offset) yield* pieces(records.push(chunk, at));
        at += chunk.length;
      }
      if (next.value !== 'whole') onCount?.('gzip_damaged', 1);
    } finally {
      await chunks.return('whole');
    }
    isFinished = true;
    yield* pieces(records.flush());
  }

  return {
    identity,
    since,
    handle,
    unread: 0,
    read,
    get isFinished() {
      return isFinished;
    },
    get fingerprint() {
      return records.fingerprint;
    },
    get place() {
      return records.place;
    },
    get isHolding() {
      return records.isHolding;
    },
    get offset() {
      return records.offset;
    },
    headNow: async () => {
      const isUnread = records.fingerprint === undefined;
      return { head: isUnread ? await packedHead(handle) : records.head, isUnread };
    },
    sighted: async () => records.sighted(await packedHead(handle)),
    look: () => Promise.resolve(isFinished ? 'quiet' : 'changed'),
    flush: () => records.flush(),
  };
}
