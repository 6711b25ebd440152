/**
 * `events-YYYY-MM-DD.db`: sealed events of one day, in blocks. It is derived from `porchlight.db` and never a commit point: a block
 * counts only once its sealing is told of there (`progress.sealed_through`).
 *
 * Version 2 has summaries beside the blocks; a file of version 1 gets them for the blocks that are added to it. Version 3 says whose it is:
 * whoever begins anew beside the files of an old store keeps those, under another name.
 *
 * Version 4 lists what the words of each block are made of; blocks that were sealed before have no such list.
 *
 * No WAL: it is written a few times an hour, and should lie there as one file that can be copied and thrown away.
 */
import { chmodSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '#contract';
import type { EncodedBlock } from '../block/view.ts';
import { sqliteCode } from './fault.ts';
import { createPrivateFile } from './private-file.ts';

/** 'prcd', in the file's header. */
const APPLICATION_ID = 0x70726364;
const VERSION = 4;
/** How long a reader and the sealer wait for each other, ms. */
const BUSY_TIMEOUT = 5000;
const SQLITE_READONLY = 8;

/** What each version adds. `filter`, `events`, `counts` and `bits`: see ../block. The filter comes first, so that it is read without the events. */
const STEPS: readonly string[] = [
  `
  CREATE TABLE block (
    id INTEGER PRIMARY KEY, sealing INTEGER NOT NULL, first_batch INTEGER NOT NULL, last_batch INTEGER NOT NULL,
    count INTEGER NOT NULL, min_time INTEGER NOT NULL, max_time INTEGER NOT NULL, filter BLOB NOT NULL, events BLOB NOT NULL
  ) STRICT;
  CREATE INDEX block_by_sealing ON block (sealing);
  `,
  'CREATE TABLE summary (block INTEGER PRIMARY KEY, counts BLOB NOT NULL) STRICT;',
  'CREATE TABLE owner (one INTEGER PRIMARY KEY CHECK (one = 1), store TEXT NOT NULL) STRICT;',
  'CREATE TABLE grams (block INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT;',
];

export const dayPath = (folder: string, day: string): string => join(folder, `events-${day}.db`);

export interface DayTotals {
  readonly events: number;
  readonly minTime: number;
  readonly maxTime: number;
  readonly bytes: number;
}

/** A block, and what is counted of it beforehand. */
export interface SummedBlock extends EncodedBlock {
  readonly summary: Uint8Array;
  readonly grams: Uint8Array;
}

export interface DaySealing {
  /** Its number: the last batch it takes. */
  readonly through: number;
  /** Of the sealing before it. */
  readonly sealedThrough: number;
  /** Which store this is. */
  readonly store: string;
  /** The day is in the catalogue. */
  readonly isKnown: boolean;
}

/** Puts the blocks of one sealing into a day's file, in place of what an interrupted one left. */
export function writeDay(path: string, sealing: DaySealing, blocks: readonly SummedBlock[]): DayTotals {
  if (existsSync(path) && isForeign(path, sealing)) setAside(path);
  createPrivateFile(path);
  chmodSync(path, 0o600);
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  try {
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;');
    upgrade(db, versionOf(db, path));
    db.exec('BEGIN IMMEDIATE');
    db.prepare('INSERT OR IGNORE INTO owner (one, store) VALUES (1, ?)').run(sealing.store);
    dropUnsettled(db, sealing.sealedThrough);
    const insert = db.prepare(
      'INSERT INTO block (sealing, first_batch, last_batch, count, min_time, max_time, filter, events) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    const summarize = db.prepare('INSERT INTO summary (block, counts) VALUES (?, ?)');
    const list = db.prepare('INSERT INTO grams (block, bits) VALUES (?, ?)');
    for (const { firstBatch, lastBatch, count, minTime, maxTime, filter, bytes, summary, grams } of blocks) {
      const row = insert.run(sealing.through, firstBatch, lastBatch, count, minTime, maxTime, filter, bytes);
      summarize.run(row.lastInsertRowid, summary);
      list.run(row.lastInsertRowid, grams);
    }
    db.exec('COMMIT');
    return totalsOf(db);
  } finally {
    // A transaction that did not end is rolled back by this.
    db.close();
  }
}

/** Whether another store wrote it. Files before version 3 do not say: then an interrupted sealing of ours is all that may lie there. */
function isForeign(path: string, { store, through, isKnown }: DaySealing): boolean {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  try {
    const version = versionOf(db, path);
    if (version >= 3) {
      const owner = db.prepare('SELECT store FROM owner').get()?.['store'];
      if (owner !== undefined) return owner !== store;
    }
    if (version === 0 || isKnown) return false;
    return db.prepare('SELECT 1 FROM block WHERE sealing <> ? LIMIT 1').get(through) !== undefined;
  } finally {
    db.close();
  }
}

function setAside(path: string): void {
  const base = path.replace(/\.db$/, '');
  for (let n = 1; ; n++) {
    const aside = `${base}.of-another-store-${n}.db`;
    if (existsSync(aside)) continue;
    renameSync(path, aside);
    return;
  }
}

/** What a sealing left that was not settled, or not yet when a copy was made. The blocks' ids are given again. */
function dropUnsettled(db: DatabaseSync, sealedThrough: number): void {
  for (const derived of ['summary', 'grams'])
    db.prepare(`DELETE FROM ${derived} WHERE block IN (SELECT id FROM block WHERE sealing > ?)`).run(sealedThrough);
  db.prepare('DELETE FROM block WHERE sealing > ?').run(sealedThrough);
}

/** Makes a copy of a day's file what it was when the last sealing was that one. */
export function trimDay(path: string, sealedThrough: number): void {
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  try {
    upgrade(db, versionOf(db, path));
    db.exec('BEGIN IMMEDIATE');
    dropUnsettled(db, sealedThrough);
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

function upgrade(db: DatabaseSync, version: number): void {
  if (version === VERSION) return;
  const steps = STEPS.slice(version).join('');
  db.exec(
    `BEGIN IMMEDIATE; ${steps} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}; COMMIT`,
  );
}

function totalsOf(db: DatabaseSync): DayTotals {
  const row = db
    .prepare(
      `SELECT coalesce(sum(count), 0) AS events, coalesce(min(min_time), 0) AS least, coalesce(max(max_time), 0) AS most,
        (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size) AS bytes FROM block`,
    )
    .get();
  const number = (name: string): number => Number(row?.[name]);
  return { events: number('events'), minTime: number('least'), maxTime: number('most'), bytes: number('bytes') };
}

/** 0 where the file is new. Throws CodedError DATA_FOLDER where it is not ours, or newer than this program. */
function versionOf(db: DatabaseSync, path: string): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  const owner = Number(db.prepare('PRAGMA application_id').get()?.['application_id']);
  if (version === 0 && owner === 0) return 0;
  if (owner !== APPLICATION_ID) throw new CodedError('DATA_FOLDER', `${path} is another program’s. Move it away.`);
  if (version > VERSION)
    throw new CodedError(
      'DATA_FOLDER',
      `${path} was written by a newer Porchlight (format ${version}). Update Porchlight.`,
    );
  return version;
}

export interface BlockKey {
  readonly id: number;
  readonly firstBatch: number;
  readonly lastBatch: number;
  readonly count: number;
  readonly minTime: number;
  readonly maxTime: number;
}

/** A day's file open for reading. */
export interface DayReader {
  /** Blocks of sealings up to this one that overlap [from, to), by their newest event, newest first. */
  byTime(from: number, to: number, sealedThrough: number): readonly BlockKey[];
  ofSealing(sealing: number): readonly BlockKey[];
  filter(id: number): Uint8Array | undefined;
  bytes(id: number): Uint8Array | undefined;
  /** Undefined where the block was sealed before there were any. */
  summary(id: number): Uint8Array | undefined;
  /** As `summary`. */
  grams(id: number): Uint8Array | undefined;
  close(): void;
}

const KEY = 'id, first_batch, last_batch, count, min_time, max_time';

/** Undefined where there is no such file (any more), or nothing in it yet. */
export function readDay(path: string): DayReader | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readerOf(path);
  } catch (error) {
    if (!existsSync(path)) return undefined;
    if (sqliteCode(error) !== SQLITE_READONLY) throw error;
    // A kill left half a transaction behind. Whoever may write rolls it back by looking.
    const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
    try {
      versionOf(db, path);
    } finally {
      db.close();
    }
    return readerOf(path);
  }
}

function readerOf(path: string): DayReader | undefined {
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT });
  try {
    const version = versionOf(db, path);
    if (version === 0) {
      db.close();
      return undefined;
    }
    // Blocks are read once and let go: pages need not be remembered, and many days are open.
    db.exec('PRAGMA cache_size = -256; PRAGMA trusted_schema = OFF');
    const byTime = db.prepare(
      `SELECT ${KEY} FROM block WHERE max_time >= ? AND min_time < ? AND sealing <= ? ORDER BY max_time DESC, id DESC`,
    );
    const ofSealing = db.prepare(`SELECT ${KEY} FROM block WHERE sealing = ? ORDER BY first_batch, id`);
    const filter = db.prepare('SELECT filter FROM block WHERE id = ?');
    const events = db.prepare('SELECT events FROM block WHERE id = ?');
    const summary = version < 2 ? undefined : db.prepare('SELECT counts FROM summary WHERE block = ?');
    const grams = version < 4 ? undefined : db.prepare('SELECT bits FROM grams WHERE block = ?');
    // On a full disk retention empties the file under whoever reads it, once it has another name.
    const there = <T>(read: () => T): T | undefined => {
      try {
        return read();
      } catch (error) {
        if (existsSync(path)) throw error;
        return undefined;
      }
    };
    return {
      byTime: (from, to, sealedThrough) => there(() => byTime.all(from, to, sealedThrough).map(keyOf)) ?? [],
      ofSealing: (sealing) => there(() => ofSealing.all(sealing).map(keyOf)) ?? [],
      filter: (id) => there(() => blob(filter.get(id)?.['filter'])),
      bytes: (id) => there(() => blob(events.get(id)?.['events'])),
      summary: (id) => there(() => blob(summary?.get(id)?.['counts'])),
      grams: (id) => there(() => blob(grams?.get(id)?.['bits'])),
      close: () => db.close(),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

const blob = (value: unknown): Uint8Array | undefined => (value instanceof Uint8Array ? value : undefined);

const keyOf = (row: Record<string, unknown>): BlockKey => ({
  id: Number(row['id']),
  firstBatch: Number(row['first_batch']),
  lastBatch: Number(row['last_batch']),
  count: Number(row['count']),
  minTime: Number(row['min_time']),
  maxTime: Number(row['max_time']),
});
