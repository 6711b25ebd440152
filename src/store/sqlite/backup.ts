/**
 * A consistent copy of a store that goes on meanwhile: one read transaction of `porchlight.db` says what belongs to it, and blocks
 * never change. What a sealing wrote into a day's file after that moment is taken out of the copy.
 */
import { chmodSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { createPrivateFile } from './private-file.ts';
import { dayPath, trimDay } from './day-file.ts';
import { translated } from './fault.ts';
import { type Head, ledger } from './ledger.ts';

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
    const days = db
      .prepare('SELECT name FROM day ORDER BY name')
      .all()
      .map((row) => String(row['name']));
    const files = days.length + 1;
    await copyFile(db, join(target, 'porchlight.db'), signal, (part) =>
      tell({ file: 'porchlight.db', part, files, done: 0 }),
    );
    const missed: string[] = [];
    for (const [at, day] of days.entries()) {
      const file = `events-${day}.db`;
      const there = await copyDay(dayPath(dirname(path), day), join(target, file), sealedThrough, signal, (part) =>
        tell({ file, part, files, done: at + 1 }),
      );
      if (!there) missed.push(day);
    }
    if (missed.length > 0) forgetDays(join(target, 'porchlight.db'), missed);
    return {
      events: Number(progress?.['event_count']),
      head: ledger(db).head(),
      days: days.filter((day) => !missed.includes(day)),
      missed,
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
  await backup(from, to, {
    rate: RATE,
    progress: ({ totalPages, remainingPages }) => {
      signal.throwIfAborted();
      tell(totalPages === 0 ? 1 : 1 - remainingPages / totalPages);
    },
  });
  signal.throwIfAborted();
}

/** False where the file is gone. */
async function copyDay(
  from: string,
  to: string,
  sealedThrough: number,
  signal: AbortSignal,
  tell: (part: number) => void,
): Promise<boolean> {
  if (!existsSync(from)) return false;
  // Not read-only: what a kill left half written is rolled back by looking. Never made anew, where it goes at this very moment.
  const place = pathToFileURL(from);
  place.searchParams.set('mode', 'rw');
  const day = new DatabaseSync(place, { timeout: BUSY_TIMEOUT });
  try {
    await copyFile(day, to, signal, tell);
  } finally {
    day.close();
  }
  trimDay(to, sealedThrough);
  return true;
}

function forgetDays(path: string, days: readonly string[]): void {
  const copy = new DatabaseSync(path);
  try {
    const remove = copy.prepare('DELETE FROM day WHERE name = ?');
    for (const day of days) remove.run(day);
  } finally {
    copy.close();
  }
}
