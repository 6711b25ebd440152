/**
 * What keeps the store small and quick: sealing, and throwing away what is too old or too much. It has a connection of its own, so
 * it may run in another thread than commits and questions; its transactions on `porchlight.db` are short.
 */
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MOST_DAYS } from './days.ts';
import { translated } from './fault.ts';
import { forecast, type Kept } from './forecast.ts';
import { knownDamage } from './known-damage.ts';
import { type Head, ledger } from './ledger.ts';
import { dayFiles, freeBytes, retain, sizeOf, type ThrownAway } from './retain.ts';
import type { StoreDamage } from './reader.ts';
import { type Hot, type Sealed, sealer } from './seal.ts';
import { shrinker } from './shrink.ts';

export interface Limits {
  /** Events of days before are thrown away; 0: never. */
  readonly days: number;
  /** Bytes that all events together may have; 0: no limit. */
  readonly bytes: number;
  /** Bytes that must stay free on the disk; 0: none. */
  readonly free: number;
}

export interface Upkeep {
  hot(): Hot;
  /** One sealing of bounded size; undefined where nothing waits. Throws CodedError STORE_FAILED where the disk refuses. */
  seal(now: number): Sealed | undefined;
  /** Throws whole days away, the oldest first, until the limits are kept. The newest day always stays. */
  retain(now: number): readonly ThrownAway[];
  /** Gives pages that nobody needs any more back to the disk, a bounded number of them; how many bytes, 0 where there is no more to do. */
  shrink(): number;
  /** What there is, and how long it will last. */
  kept(now: number): Kept;
  /** Of the ledger. */
  head(): Head;
  /** What is known to be damaged, without reading everything. */
  damages(): readonly StoreDamage[];
  close(): void;
}

const BUSY_TIMEOUT = 5000;

/** `path`: the commit point; a store in this process holds the folder. `spare`: free bytes that `shrink` leaves in it, 8 MB unless given. */
export function openUpkeep(path: string, limits: Limits, spare?: number): Upkeep {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  db.exec('PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4000;');
  const book = ledger(db);
  const sealing = sealer(db, path);
  const shrink = shrinker(db, path, spare);
  const keep = limits.days === 0 ? MOST_DAYS : limits.days;
  return {
    hot: () => translated(() => sealing.hot()),
    seal: (now) => translated(() => sealing.seal(keep, now)),
    kept: (now) => translated(() => keptNow(db, path, limits, now)),
    head: () => translated(() => book.head()),
    damages: () => translated(() => knownDamage(db, path)),
    retain: (now) => translated(() => retain(db, path, limits, now)),
    shrink: () => translated(shrink),
    close: () => db.close(),
  };
}

function keptNow(db: DatabaseSync, path: string, limits: Limits, now: number): Kept {
  const folder = dirname(path);
  const days = dayFiles(db, folder);
  const total = days.reduce((sum, { bytes }) => sum + bytes, sizeOf(path));
  return forecast(days, total, freeBytes(folder), limits, now);
}
