/**
 * Gives the disk back what a flood left. Sealed batches leave free pages in `porchlight.db`; the next batches take them, so some are
 * kept. The rest goes in small steps, each a transaction of its own between two commits.
 *
 * SQLite only moves pages out of a file that was made for it (`auto_vacuum = INCREMENTAL`). One of an older version is rebuilt once:
 * that is one transaction, in which nobody can commit, so it waits until little is left in the file (some 20 ms a MB).
 */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

const MB = 1024 * 1024;
/** Free bytes that stay; up to so many times as many are left alone. */
const SPARE = 8 * MB;
const WORTH = 4;
/** Pages a step: some 20 ms, with the folding of the log that comes now and then. */
const STEP = 256;
/** Bytes in use up to which a file is rebuilt, and how many times as much must be free on the disk: the log and a copy beside it. */
const REBUILT = 24 * MB;
const ROOM = 4;

const INCREMENTAL = 2;

/** One step: bytes that became free, 0 where there is nothing more to do. Throws SQLite's errors. */
export function shrinker(db: DatabaseSync, path: string, spare = SPARE): () => number {
  let under = false;
  const number = (pragma: string): number => Number(Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
  /** Readers that look at an older state hold it up; then a later turn ends it. */
  const cutFile = (): void => db.exec('PRAGMA wal_checkpoint(PASSIVE)');

  const rebuild = (page: number, free: number): number => {
    const used = (number('page_count') - free) * page;
    const { bavail, bsize } = statfsSync(dirname(path));
    if (used > REBUILT || bavail * bsize < used * ROOM) return 0;
    db.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM');
    cutFile();
    return free * page;
  };
  return () => {
    const page = number('page_size');
    const free = number('freelist_count');
    if (!under && free * page <= spare * WORTH) return 0;
    if (number('auto_vacuum') !== INCREMENTAL) return rebuild(page, free);
    const pages = Math.min(STEP, free - Math.ceil(spare / page));
    under = pages > 0;
    // As a statement that is stepped to its end: asked for one row, it would free one page.
    if (under) db.exec(`PRAGMA incremental_vacuum(${pages})`);
    else cutFile();
    return under ? (free - number('freelist_count')) * page : 0;
  };
}
