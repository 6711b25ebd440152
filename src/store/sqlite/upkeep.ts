/**
 * What keeps the store small and quick: sealing, and throwing away what is too old or too much. It has a connection of its own, so
 * it may run in another thread than commits and questions; its transactions on `porchlight.db` are short.
 */
import { existsSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { dayPath } from './day-file.ts';
import { DAY, dayStart, MOST_DAYS } from './days.ts';
import { translated } from './fault.ts';
import { forecast, type Kept } from './forecast.ts';
import { knownDamage } from './known-damage.ts';
import { type Head, ledger } from './ledger.ts';
import type { StoreDamage } from './reader.ts';
import { type Hot, type Sealed, sealer } from './seal.ts';

export interface Limits {
  /** Events of days before are thrown away; 0: never. */
  readonly days: number;
  /** Bytes that all events together may have; 0: no limit. */
  readonly bytes: number;
  /** Bytes that must stay free on the disk; 0: none. */
  readonly free: number;
}

export interface ThrownAway {
  /** `2026-03-14`. */
  readonly day: string;
  readonly events: number;
  readonly bytes: number;
  readonly reason: 'age' | 'size' | 'free space';
}

export interface Upkeep {
  hot(): Hot;
  /** One sealing of bounded size; undefined where nothing waits. Throws CodedError STORE_FAILED where the disk refuses. */
  seal(now: number): Sealed | undefined;
  /** Throws whole days away, the oldest first, until the limits are kept. The newest day always stays. */
  retain(now: number): readonly ThrownAway[];
  /** What there is, and how long it will last. */
  kept(now: number): Kept;
  /** Of the ledger. */
  head(): Head;
  /** What is known to be damaged, without reading everything. */
  damages(): readonly StoreDamage[];
  close(): void;
}

const BUSY_TIMEOUT = 5000;

/** `path`: the commit point; a store in this process holds the folder. */
export function openUpkeep(path: string, limits: Limits): Upkeep {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  db.exec('PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4000;');
  const book = ledger(db);
  const sealing = sealer(db, path);
  const keep = limits.days === 0 ? MOST_DAYS : limits.days;
  return {
    hot: () => translated(() => sealing.hot()),
    seal: (now) => translated(() => sealing.seal(keep, now)),
    kept: (now) => translated(() => keptNow(db, path, limits, now)),
    head: () => translated(() => book.head()),
    damages: () => translated(() => knownDamage(db, path)),
    retain: (now) => translated(() => retain(db, path, limits, now)),
    close: () => db.close(),
  };
}

interface DayFile {
  readonly name: string;
  readonly events: number;
  readonly bytes: number;
}

/** Of the catalogue, the oldest first. */
const dayFiles = (db: DatabaseSync, folder: string): DayFile[] =>
  db
    .prepare('SELECT name, events FROM day ORDER BY name')
    .all()
    .map((row) => ({
      name: String(row['name']),
      events: Number(row['events']),
      bytes: sizeOf(dayPath(folder, String(row['name']))),
    }));

function retain(db: DatabaseSync, path: string, limits: Limits, now: number): ThrownAway[] {
  const folder = dirname(path);
  sweep(db, folder);
  const days = dayFiles(db, folder);
  let total = days.reduce((sum, { bytes }) => sum + bytes, 0) + sizeOf(path);
  let free = freeBytes(folder);
  const gone: ThrownAway[] = [];
  for (const day of days.slice(0, -1)) {
    const tooOld = limits.days > 0 && dayStart(day.name) + DAY <= now - limits.days * DAY;
    const tooMuch = limits.bytes > 0 && total > limits.bytes;
    const tooFull = limits.free > 0 && free < limits.free;
    if (!tooOld && !tooMuch && !tooFull) break;
    const thrown: ThrownAway = {
      day: day.name,
      events: day.events,
      bytes: day.bytes,
      reason: tooOld ? 'age' : tooMuch ? 'size' : 'free space',
    };
    throwAway(db, folder, thrown, now);
    total -= day.bytes;
    free += day.bytes;
    gone.push(thrown);
  }
  return gone;
}

/** Out of the catalogue first: where a kill comes between, the next turn ends it. */
function throwAway(db: DatabaseSync, folder: string, { day, events, reason }: ThrownAway, now: number): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    db.prepare('DELETE FROM day WHERE name = ?').run(day);
    ledger(db).append({ thrown: { day, events, reason } }, now);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
  rmSync(dayPath(folder, day), { force: true });
}

/**
 * Files of days that were thrown away and are there all the same. A file that nobody knows of is no such file: it may be all that is left
 * of a store whose `porchlight.db` was moved away, and is not ours to remove.
 */
function sweep(db: DatabaseSync, folder: string): void {
  if (db.prepare('SELECT 1 FROM sealing_plan').get() !== undefined) return;
  const thrown = db.prepare(
    `SELECT DISTINCT what ->> '$.thrown.day' AS day FROM ledger
     WHERE what ->> '$.thrown.day' IS NOT NULL AND what ->> '$.thrown.day' NOT IN (SELECT name FROM day)`,
  );
  for (const row of thrown.all()) {
    const day = String(row['day']);
    if (/^\d{4}-\d\d-\d\d$/.test(day)) rmSync(dayPath(folder, day), { force: true });
  }
}

function keptNow(db: DatabaseSync, path: string, limits: Limits, now: number): Kept {
  const folder = dirname(path);
  const days = dayFiles(db, folder);
  const total = days.reduce((sum, { bytes }) => sum + bytes, sizeOf(path));
  return forecast(days, total, freeBytes(folder), limits, now);
}

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
