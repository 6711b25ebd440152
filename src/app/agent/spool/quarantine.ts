/** Damaged bytes are set aside under a name that says where they were found, so the same place is set aside once. */
import { closeSync, existsSync, openSync, readdirSync, readSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Damage } from './load.ts';

const MOST_FILES = 256;

/** False when this place was known already. */
export function quarantine(spool: string, { segment, at, end }: Damage): boolean {
  const folder = join(spool, 'quarantine');
  const path = join(folder, `${basename(segment.path, '.seg')}-${at}.bin`);
  if (existsSync(path)) return false;
  try {
    if (readdirSync(folder).length >= MOST_FILES) return true;
    const fd = openSync(segment.path, 'r');
    try {
      const bytes = Buffer.alloc(end - at);
      readSync(fd, bytes, 0, bytes.length, at);
      writeFileSync(path, bytes, { mode: 0o600 });
    } finally {
      closeSync(fd);
    }
  } catch {
    // A full disk: it is reported all the same.
  }
  return true;
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
