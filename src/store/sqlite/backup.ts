/**
 * A consistent copy of a store that goes on meanwhile: one read transaction of `porchlight.db` says what belongs to it, and blocks
 * never change. What a sealing wrote into a day's file after that moment is taken out of the copy.
 */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { createPrivateFile } from './private-file.ts';
import { dayPath, trimDay } from './day-file.ts';
import { translated } from './fault.ts';
import { type Head, ledger } from './ledger.ts';
import { THROWN } from './retain.ts';

export interface CopyProgress {
  /** `porchlight.db`, `events-2026-03-14.db`. */
  readonly file: string;
  /** Of all pages of this file, between 0 and 1. */
  readonly part: number;
  readonly files: number;
  readonly done: number;
}

export interface Copied {
  readonly events: number;
  /** Of the ledger. */
  readonly head: Head;
  /** Days of the copy, oldest first. */
  readonly days: readonly string[];
  /** Days that were thrown away while it was made: they are not in it. */
  readonly missed: readonly string[];
}

const BUSY_TIMEOUT = 5000;
/** Pages copied between two looks at the signal. */
const RATE = 500;

/** `path`: the commit point. Copies into `target`, a folder that exists and is empty. Rejects with the signal's reason. */
export async function copyStore(
  path: string,
  target: string,
  signal: AbortSignal,
  tell: (progress: CopyProgress) => void,
): Promise<Copied> {
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT });
  try {
    db.exec('BEGIN');
    const progress = translated(() => db.prepare('SELECT event_count, sealed_through FROM progress').get());
    const sealedThrough = Number(progress?.['sealed_through']);
    const head = ledger(db).head();
    const days = db
      .prepare('SELECT name, events FROM day ORDER BY name')
      .all()
      .map((row): Day => ({ name: String(row['name']), events: Number(row['events']) }));
    const files = days.length + 1;
    const copy = join(target, 'porchlight.db');
    await copyFile(db, copy, signal, (part) => tell({ file: 'porchlight.db', part, files, done: 0 }));
    const lacking: Day[] = [];
    for (const [at, day] of days.entries()) {
      const file = `events-${day.name}.db`;
      const place = join(target, file);
      const found = await copyDay(dayPath(dirname(path), day.name), place, sealedThrough, signal, (part) =>
        tell({ file, part, files, done: at + 1 }),
      );
      if (found === undefined || found < day.events) lacking.push(day);
    }
    const missed = thrownSince(path, target, head, lacking);
    if (missed.length > 0) recordMissed(copy, missed, Date.now());
    const names = missed.map(({ name }) => name);
    return {
      events: Number(progress?.['event_count']),
      head,
      days: days.map(({ name }) => name).filter((name) => !names.includes(name)),
      missed: names,
    };
  } finally {
    db.close();
  }
}

async function copyFile(
  from: DatabaseSync,
  to: string,
  signal: AbortSignal,
  tell: (part: number) => void,
): Promise<void> {
  createPrivateFile(to);
  chmodSync(to, 0o600);
  // Small files are copied in one go, and tell nothing by themselves.
  tell(0);
  await backup(from, to, {
    rate: RATE,
    progress: ({ totalPages, remainingPages }) => {
      signal.throwIfAborted();
      tell(totalPages === 0 ? 1 : 1 - remainingPages / totalPages);
    },
  });
  signal.throwIfAborted();
}

/** How many events are in the copy; undefined where the file is gone. */
async function copyDay(
  from: string,
  to: string,
  sealedThrough: number,
  signal: AbortSignal,
  tell: (part: number) => void,
): Promise<number | undefined> {
  if (!existsSync(from)) return undefined;
  const day = openThere(from);
  if (day === undefined) return undefined;
  try {
    await copyFile(day, to, signal, tell);
  } finally {
    day.close();
  }
  trimDay(to, sealedThrough);
  return eventsIn(to);
}

/**
 * Not read-only: what a kill left half written is rolled back by looking. Never made anew: undefined where it goes at this very moment.
 */
function openThere(path: string): DatabaseSync | undefined {
  const place = pathToFileURL(path);
  place.searchParams.set('mode', 'rw');
  try {
    return new DatabaseSync(place, { timeout: BUSY_TIMEOUT });
  } catch (error) {
    if (existsSync(path)) throw error;
    return undefined;
  }
}

function eventsIn(path: string): number {
  const day = new DatabaseSync(path, { readOnly: true });
  try {
    return Number(day.prepare('SELECT coalesce(sum(count), 0) AS n FROM block').get()?.['n']);
  } finally {
    day.close();
  }
}

interface Day {
  readonly name: string;
  readonly events: number;
}

/**
 * Those of the lacking days that were thrown away after the copy's moment, and perhaps begun again by a late event. What their files
 * still had does not belong to the copy. A day that lacks something for any other reason is damage, and is left to be found.
 */
function thrownSince(path: string, target: string, head: Head, lacking: readonly Day[]): Day[] {
  if (lacking.length === 0) return [];
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT });
  try {
    const told = db.prepare(`SELECT 1 FROM ledger WHERE seq > ? AND what ->> '$.thrown.day' = ?`);
    const missed = lacking.filter(
      ({ name }) => told.get(head.seq, name) !== undefined || existsSync(`${dayPath(dirname(path), name)}${THROWN}`),
    );
    for (const { name } of missed) rmSync(dayPath(target, name), { force: true });
    return missed;
  } finally {
    db.close();
  }
}

/** The copy's ledger says it too: otherwise it would look as if somebody had removed them. */
function recordMissed(path: string, days: readonly Day[], now: number): void {
  const copy = new DatabaseSync(path);
  try {
    copy.exec('BEGIN IMMEDIATE');
    const remove = copy.prepare('DELETE FROM day WHERE name = ?');
    const book = ledger(copy);
    for (const { name, events } of days) {
      remove.run(name);
      book.append({ thrown: { day: name, events, reason: 'missed by a backup' } }, now);
    }
    copy.exec('COMMIT');
  } finally {
    copy.close();
  }
}
