/**
 * One incarnation of a file: the bytes behind one open handle, from when the file was made until it is truncated or removed.
 * It is one stream: its places are byte offsets that never change, whatever the file is called meanwhile.
 *
 * It is known again by its inode and its head (the first bytes read, up to HEAD, as a hash), since inodes are used again.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Mark, RawRecord, SourceTag, StreamTag } from '#contract';
import { type Lines, lines } from './lines.ts';

/** Bytes that tell a file from others. */
export const HEAD = 1024;
/** Records in one yielded chunk. */
const CHUNK_RECORDS = 4096;

/** What a StreamTag carries so that a later run finds the file again. */
export interface Detail {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  /** 1 to HEAD. */
  readonly headLength: number;
  readonly headHash: string;
  /** ms. Files rotated away before this one came were last written before then: its modification time when it was opened. */
  readonly since: number;
  /** Bytes up to here were there when the file was first seen. */
  readonly backfill: number;
  /** When it was first seen, ms: of what was there then, only the last hours were taken. */
  readonly seen?: number;
}

export function isDetail(value: unknown): value is Detail {
  if (typeof value !== 'object' || value === null) return false;
  const { path, device, inode, headLength, headHash, since, backfill, seen } = value as Readonly<
    Record<string, unknown>
  >;
  const texts = [path, device, inode, headHash].every((text) => typeof text === 'string');
  return (
    texts &&
    typeof since === 'number' &&
    isCount(backfill, Infinity) &&
    isCount(headLength, HEAD) &&
    headLength !== 0 &&
    (seen === undefined || typeof seen === 'number')
  );
}

const isCount = (value: unknown, most: number): boolean =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most;

/** A mark of ours, its detail understood. */
export interface KnownMark {
  readonly key: string;
  readonly mark: number;
  readonly detail: Detail;
}

export const keyPrefix = (path: string): string => `file:${path}@`;

/** The marks that belong to `path`. A detail that cannot be read is another version's: it counts as unknown. */
export function knownMarks(path: string, marks: readonly Mark[]): KnownMark[] {
  const ours: KnownMark[] = [];
  for (const { key, mark, detail } of marks) {
    if (!key.startsWith(keyPrefix(path))) continue;
    const known = parseJson(detail);
    if (isDetail(known) && known.path === path) ours.push({ key, mark, detail: known });
  }
  return ours;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const hashOf = (head: Uint8Array): string => createHash('sha256').update(head).digest('base64url').slice(0, 22);

/** The first `length` bytes, fewer where the file is shorter. */
export async function headOf(handle: FileHandle, length: number): Promise<Buffer> {
  const head = Buffer.allocUnsafe(Math.min(length, HEAD));
  let filled = 0;
  while (filled < head.length) {
    const { bytesRead } = await handle.read(head, filled, head.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return head.subarray(0, filled);
}

export interface Incarnation {
  readonly inode: string;
  readonly since: number;
  /** Undefined while nothing was read. */
  readonly head: { readonly length: number; readonly hash: string } | undefined;
  readonly offset: number;
  /** Whether there may be more to read, and whether what was read is still there. */
  look(): Promise<'quiet' | 'changed' | 'rewritten'>;
  /** Reads to the present end. */
  read(buffer: Buffer): AsyncGenerator<RawRecord[]>;
  /** The held rest as a record: no more will come. */
  flush(): RawRecord[];
  /** Goes on in a copy that has the same bytes, and leaves the handle it had to the caller. */
  moveTo(copy: FileHandle): Promise<FileHandle>;
  /** Owned by the incarnation until it is parted with. */
  readonly handle: FileHandle;
}

export interface IncarnationOptions {
  readonly path: string;
  readonly tag: SourceTag;
  readonly now: () => number;
  /** Goes on at this mark. */
  readonly resume?: KnownMark | undefined;
  /** Set when we look at this path for the first time: what is there now is old, and so are files not written after `since`. */
  readonly firstSight?: { readonly since: number } | undefined;
}

/** Owns `opened` from here on, also when it throws. */
export async function incarnation(opened: FileHandle, options: IncarnationOptions): Promise<Incarnation> {
  try {
    const stat = await opened.stat({ bigint: true });
    return incarnationOf(opened, stat, await headOf(opened, options.resume?.mark ?? 0), options);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function incarnationOf(
  opened: FileHandle,
  openedStat: BigIntStats,
  openedHead: Buffer,
  options: IncarnationOptions,
): Incarnation {
  const { path, tag, now, resume, firstSight } = options;
  let handle = opened;
  let stat = openedStat;
  let head = openedHead;
  const start = resume?.mark ?? 0;
  const key = resume?.key ?? keyPrefix(path) + randomUUID().slice(0, 13);
  const since = resume?.detail.since ?? Math.max(Number(stat.mtimeMs), firstSight?.since ?? 0);
  const backfill = resume?.detail.backfill ?? (firstSight === undefined ? 0 : Number(stat.size));
  const seen = resume === undefined ? now() : resume.detail.seen;
  const text: Lines = lines(start);
  let stream = streamTag();
  let looked = { size: -1n, time: -1n };

  function streamTag(): StreamTag {
    const detail: Detail = {
      path,
      device: `${stat.dev}`,
      inode: `${stat.ino}`,
      headLength: head.length,
      headHash: hashOf(head),
      since,
      backfill,
      ...(seen === undefined ? {} : { seen }),
    };
    return { key, detail: JSON.stringify(detail) };
  }

  const isIntact = async (): Promise<boolean> => head.equals(await headOf(handle, head.length));

  function forgetLook(): void {
    looked = { size: -1n, time: -1n };
  }

  function growHead(chunk: Buffer): void {
    if (head.length >= HEAD || text.offset !== head.length) return;
    head = Buffer.concat([head, chunk.subarray(0, HEAD - head.length)]);
    stream = streamTag();
  }

  /** Records of one read; the tag is one object for all of them. */
  function collector(records: RawRecord[]) {
    const received = now();
    return (line: string, from: number, to: number, cut: boolean): void => {
      const position = { stream, from, to };
      if (cut)
        records.push({
          source: tag,
          received,
          text: line,
          position,
          ...(to <= backfill ? { backfill: true } : {}),
          cut,
        });
      else if (to <= backfill) records.push({ source: tag, received, text: line, position, backfill: true });
      else records.push({ source: tag, received, text: line, position });
    };
  }

  return {
    since,
    get inode() {
      return `${stat.ino}`;
    },
    get head() {
      return head.length === 0 ? undefined : { length: head.length, hash: hashOf(head) };
    },
    get offset() {
      return text.offset;
    },
    async look() {
      stat = await handle.stat({ bigint: true });
      if (stat.size === looked.size && stat.mtimeNs === looked.time) return 'quiet';
      looked = { size: stat.size, time: stat.mtimeNs };
      if (stat.size < text.offset) return 'rewritten';
      return (await isIntact()) ? 'changed' : 'rewritten';
    },
    async *read(buffer) {
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, text.offset);
        if (bytesRead === 0) return;
        // Truncated and written anew since the look: these bytes are not what follows. The next look finds out.
        if (!(await isIntact())) {
          forgetLook();
          return;
        }
        const chunk = buffer.subarray(0, bytesRead);
        growHead(chunk);
        const records: RawRecord[] = [];
        text.push(chunk, collector(records));
        for (let at = 0; at < records.length; at += CHUNK_RECORDS) yield records.slice(at, at + CHUNK_RECORDS);
      }
    },
    flush() {
      const records: RawRecord[] = [];
      text.flush(collector(records));
      return records;
    },
    async moveTo(copy) {
      const left = handle;
      handle = copy;
      stat = await handle.stat({ bigint: true });
      forgetLook();
      stream = streamTag();
      return left;
    },
    get handle() {
      return handle;
    },
  };
}
