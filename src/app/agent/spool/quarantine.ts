/**
 * Damaged bytes are set aside under a name that says where they were found, so the same place is set aside once. There is only so much
 * room for them, and on a full disk none: then the name alone stays.
 */
import { closeSync, existsSync, openSync, readdirSync, readSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sizeOf } from './folder.ts';
import type { Damage } from './load.ts';

const MOST_FILES = 256;

/** False when this place was known already. `most`: bytes for all of them. */
export function quarantine(spool: string, { segment, at, end }: Damage, most: number): boolean {
  const folder = join(spool, 'quarantine');
  const path = join(folder, `${basename(segment.path, '.seg')}-${at}.bin`);
  if (existsSync(path)) return false;
  try {
    const names = readdirSync(folder);
    if (names.length >= MOST_FILES) return true;
    const used = names.reduce((sum, name) => sum + sizeOf(join(folder, name)), 0);
    const bytes = Buffer.alloc(used + end - at > most ? 0 : end - at);
    writeFileSync(path, bytes.subarray(0, read(segment.path, bytes, at)), { mode: 0o600 });
  } catch {
    // A full disk: it is reported all the same.
  }
  return true;
}

function read(path: string, bytes: Buffer, at: number): number {
  const fd = openSync(path, 'r');
  try {
    return readSync(fd, bytes, 0, bytes.length, at);
  } finally {
    closeSync(fd);
  }
}

/** Makes room of them; true when there was some. */
export function emptyQuarantine(spool: string): boolean {
  const folder = join(spool, 'quarantine');
  const full = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => sizeOf(path) > 0);
  for (const path of full) truncateSync(path);
  return full.length > 0;
}

export const quarantined = (spool: string): number => countIn(join(spool, 'quarantine'));
export const parkedCount = (spool: string): number => countIn(join(spool, 'parked'));

function countIn(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}
