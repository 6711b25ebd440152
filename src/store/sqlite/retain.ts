/**
 * Throws whole days away, the oldest first, until the limits are kept.
 *
 *   1  record   the day leaves the catalogue, the ledger says so: one transaction of `porchlight.db`
 *   2  remove   its file goes
 *
 * A kill between the two is ended by the next turn, which removes what the ledger says was thrown away. On a full disk step 1 finds no
 * room, and it is what is to make room: then the file is emptied first, under the name `events-2026-03-14.db.thrown`, which
 * says after a kill that step 1 is still owed. Renaming and emptying need no room.
 */
import { existsSync, readdirSync, renameSync, rmSync, statfsSync, statSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { dayPath } from './day-file.ts';
import { DAY, dayStart } from './days.ts';
import { sqliteCode } from './fault.ts';
import { ledger } from './ledger.ts';
import type { Limits } from './upkeep.ts';

export interface ThrownAway {
  /** `2026-03-14`. */
  readonly day: string;
  readonly events: number;
  readonly bytes: number;
  readonly reason: 'age' | 'size' | 'free space';
}

interface DayFile {
  readonly name: string;
  readonly events: number;
  readonly bytes: number;
}

/** Of the catalogue, the oldest first. */
export const dayFiles = (db: DatabaseSync, folder: string): DayFile[] =>
  db
    .prepare('SELECT name, events FROM day ORDER BY name')
    .all()
    .map((row) => ({
      name: String(row['name']),
      events: Number(row['events']),
      bytes: sizeOf(dayPath(folder, String(row['name']))),
    }));

/** The newest day always stays. Throws SQLite's errors, and the system's. */
export function retain(db: DatabaseSync, path: string, limits: Limits, now: number): ThrownAway[] {
  const folder = dirname(path);
  let owed = endThrowing(db, folder, now);
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
    const refusal = throwAway(db, folder, thrown, now);
    total -= day.bytes;
    free += day.bytes;
    if (refusal === undefined) gone.push(thrown);
    else if (freeBytes(folder) > A_LITTLE) throw refusal;
    else owed = refusal;
  }
  // Nothing is sealed while one is owed: it might put events into a day that is to go.
  if (owed !== undefined) owed = endThrowing(db, folder, now);
  if (owed !== undefined) throw owed;
  return gone;
}

/** Free bytes with which a record has room: what refuses it is something else. */
const A_LITTLE = 1024 * 1024;

/** Why it could not be recorded, where others took the room that the day gave: then the next day makes more. */
function throwAway(db: DatabaseSync, folder: string, thrown: ThrownAway, now: number): Error | undefined {
  if (refused(db, thrown, now) !== undefined) {
    const emptied = `${dayPath(folder, thrown.day)}${THROWN}`;
    if (existsSync(dayPath(folder, thrown.day))) renameSync(dayPath(folder, thrown.day), emptied);
    if (existsSync(emptied)) truncateSync(emptied);
    const refusal = refused(db, thrown, now);
    if (refusal !== undefined) return refusal;
  }
  removeDay(folder, thrown.day);
  return undefined;
}

/** Why there was no room to record it; undefined: it is recorded. */
function refused(db: DatabaseSync, thrown: Omit<ThrownAway, 'bytes'>, now: number): Error | undefined {
  try {
    record(db, thrown, now);
    return undefined;
  } catch (error) {
    if (!lacksRoom(error)) throw error;
    return error;
  }
}

function record(db: DatabaseSync, { day, events, reason }: Omit<ThrownAway, 'bytes'>, now: number): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    db.prepare('DELETE FROM day WHERE name = ?').run(day);
    ledger(db).append({ thrown: { day, events, reason } }, now);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Behind the name of a file that was emptied before that was recorded. */
export const THROWN = '.thrown';
const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;

/** Where the shared memory of the log cannot grow, SQLite calls that an error of the disk. */
const lacksRoom = (error: unknown): error is Error => [SQLITE_FULL, SQLITE_IOERR].includes(sqliteCode(error) ?? 0);

/** Records what was emptied before it could be recorded. Returns why that is still owed. */
function endThrowing(db: DatabaseSync, folder: string, now: number): Error | undefined {
  let owed: Error | undefined;
  for (const name of readdirSync(folder)) {
    const day = /^events-(\d{4}-\d\d-\d\d)\.db\.thrown$/.exec(name)?.[1];
    if (day === undefined) continue;
    const row = db.prepare('SELECT events FROM day WHERE name = ?').get(day);
    const thrown = { day, events: Number(row?.['events']), reason: 'free space' } as const;
    const refusal = row === undefined ? undefined : refused(db, thrown, now);
    if (refusal === undefined) rmSync(join(folder, name), { force: true });
    else owed = refusal;
  }
  return owed;
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
    if (/^\d{4}-\d\d-\d\d$/.test(day)) removeDay(folder, day);
  }
}

/** The file, what a killed sealing left beside it, and what it became on a full disk. */
function removeDay(folder: string, day: string): void {
  for (const more of ['', '-journal', THROWN]) rmSync(`${dayPath(folder, day)}${more}`, { force: true });
}

export const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);

export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
