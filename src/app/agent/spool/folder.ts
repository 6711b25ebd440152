/**
 * The spool's folder:
 *
 *     spool/log-<random>/00000001-0000000000000000.seg     its number, and the next sequence number when it was begun
 *                        00000002-0000000000051200.seg
 *                        00000002-0000000000051200.copy    of what the last one begins with, in a place of its own
 *     spool/quarantine/…                                   bytes that were damaged, as they were found
 *     spool/parked/…                                       batches that the server refused for good
 *     spool/reserve                                        room for the checkpoint of a new segment on a full disk
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Syncs } from './frame.ts';

export interface Segment {
  readonly number: number;
  /** Sequence number of its first record, when it gets one. */
  readonly first: number;
  readonly path: string;
}

const NAME = /^(\d{8,})-(\d{16,})\.seg$/;

/** Where the checkpoint that a segment begins with is kept once more. */
export const copyOf = ({ path }: Segment): string => path.replace(/\.seg$/, '.copy');

export const segmentName = (number: number, first: number): string =>
  `${String(number).padStart(8, '0')}-${String(first).padStart(16, '0')}.seg`;

/** The log's folder; undefined while there is none. */
export function findLog(spool: string): string | undefined {
  if (!existsSync(spool)) return undefined;
  const name = readdirSync(spool).find((entry) => /^log-[\da-f]{32}$/.test(entry));
  return name === undefined ? undefined : join(spool, name);
}

export function makeLog(spool: string): string {
  for (const folder of [spool, join(spool, 'quarantine'), join(spool, 'parked')]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  }
  const found = findLog(spool);
  if (found !== undefined) return found;
  const made = join(spool, `log-${randomBytes(16).toString('hex')}`);
  mkdirSync(made, { mode: 0o700 });
  syncFolder(spool);
  return made;
}

export function syncsOf(log: string): Syncs {
  const hash = createHash('sha256').update(log.slice(-32)).digest();
  return { header: hash.subarray(0, 8), trailer: hash.subarray(8, 16) };
}

/** Oldest first. */
export function segmentsOf(log: string): Segment[] {
  return readdirSync(log)
    .flatMap((name) => {
      const [, number, first] = NAME.exec(name) ?? [];
      return number === undefined ? [] : [{ number: Number(number), first: Number(first), path: join(log, name) }];
    })
    .toSorted((a, b) => a.number - b.number);
}

/** Names in a folder are data of the folder, not of the file. Windows has no such call and needs none. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Takes up `bytes` of the disk, so that they are there when it is full. Where there is no room for so many, half as many, down to
 * `least` or as many as before: false.
 */
export function reserve(path: string, bytes: number, least: number): boolean {
  const before = sizeOf(path);
  for (let wanted = bytes; wanted > before && wanted >= least; wanted /= 2) {
    if (grow(path, before, Math.ceil(wanted))) return wanted === bytes;
  }
  return before >= bytes;
}

function grow(path: string, before: number, bytes: number): boolean {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'a', 0o600);
    // Noise: a file system that compresses would keep nothing free for zeros.
    const noise = randomBytes(bytes - before);
    for (let at = 0; at < noise.length;) at += writeSync(fd, noise, at);
    return true;
  } catch {
    if (fd !== undefined) ftruncateSync(fd, before);
    return false;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
