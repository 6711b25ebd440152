/**
 * By what an incarnation of a file is known again after a restart, whatever it is called by then:
 * - device and inode. Both are used again, and a device may get another number at the next boot.
 * - its head: a hash of the first bytes, up to HEAD, as many as were read.
 * - a marker: a hash of the MARKER bytes before a place that was read. It tells files apart that begin alike.
 * A compressed copy is known by head and marker of its plain bytes.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Mark } from '#contract';

/** Bytes that tell a file from others. */
export const HEAD = 1024;
/** Bytes before a place. */
export const MARKER = 32;

/** What a StreamTag carries so that a later run finds the file again. */
export interface Detail {
  readonly path: string;
  /** Both are '' where nothing was there. */
  readonly device: string;
  readonly inode: string;
  /** 0 to HEAD. */
  readonly headLength: number;
  readonly headHash: string;
  /** A place at or before the mark, and the hash of the bytes before it; both absent in marks of earlier versions. */
  readonly markerAt?: number;
  readonly markerHash?: string;
  /** ms. Files rotated away before this one came were last written before then: its modification time when it was opened. */
  readonly since: number;
  /** Bytes up to here were there when the file was first seen. */
  readonly backfill: number;
  /** When it was first seen, ms: of what was there then, only the last hours were taken. */
  readonly seen?: number;
}

function isDetail(value: unknown): value is Detail {
  if (typeof value !== 'object' || value === null) return false;
  const { path, device, inode, headLength, headHash, markerAt, markerHash, since, backfill, seen } = value as Readonly<
    Record<string, unknown>
  >;
  const texts = [path, device, inode, headHash].every((text) => typeof text === 'string');
  const isMarked = isCount(markerAt, Infinity) && typeof markerHash === 'string';
  return (
    texts &&
    (isMarked || (markerAt === undefined && markerHash === undefined)) &&
    typeof since === 'number' &&
    isCount(backfill, Infinity) &&
    isCount(headLength, HEAD) &&
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

/** A stream keeps its key where the file goes on under another path. */
export const keyPrefix = (path: string): string => `file:${path}@`;

const STREAMS = 'file:';

/** The marks that belong to `path`. A detail that cannot be read is another version's: it counts as unknown. */
export const knownMarks = (path: string, marks: readonly Mark[]): KnownMark[] =>
  marksWith(`"path":${JSON.stringify(path)}`, marks).filter(({ detail }) => detail.path === path);

/** The marks of a file that was followed under another name, by its identity. */
export const marksOf = (identity: string, marks: readonly Mark[]): KnownMark[] => {
  const [device = '', inode = ''] = identity.split(':');
  return marksWith(`"device":"${device}","inode":"${inode}"`, marks);
};

/** Thousands of tails look through thousands of marks: only a detail that holds `text` is parsed. */
function marksWith(text: string, marks: readonly Mark[]): KnownMark[] {
  return marks.flatMap(({ key, mark, detail }) => {
    const known = key.startsWith(STREAMS) && detail.includes(text) ? detailOf(detail) : undefined;
    return known === undefined ? [] : [{ key, mark, detail: known }];
  });
}

export function detailOf(text: string): Detail | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isDetail(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const hashOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('base64url').slice(0, 22);

/** `device:inode`. */
export const identityOf = ({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string => `${dev}:${ino}`;

/** `length` bytes from `from` on, fewer where the file ends. */
export async function bytesAt(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** The first `length` bytes, HEAD at most, fewer where the file is shorter. */
export const headOf = (handle: FileHandle, length: number = HEAD): Promise<Buffer> =>
  bytesAt(handle, 0, Math.min(length, HEAD));

/** The bytes a marker at `at` is the hash of. */
export const beforeOf = (handle: FileHandle, at: number): Promise<Buffer> =>
  bytesAt(handle, Math.max(0, at - MARKER), Math.min(MARKER, at));

export interface Fingerprint {
  readonly length: number;
  readonly hash: string;
}

export const beginsLike = (head: Uint8Array, { length, hash }: Fingerprint): boolean =>
  head.length >= length && hashOf(head.subarray(0, length)) === hash;
