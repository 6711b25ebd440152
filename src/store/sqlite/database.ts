/**
 * The embedded store: one SQLite file, `porchlight.db`, the only commit point.
 *
 * WAL with synchronous=FULL: a commit returns after the log is on the disk (fdatasync), so what was acknowledged survives
 * kill -9 and power loss. Everything runs on one connection in the thread that opened it: a read sees whole commits, and a
 * commit between two slices of a search disturbs neither.
 *
 * The log is folded into the file every 16 MB (with 1000-event batches some 300 commits), because each folding costs two
 * more waits for the disk; it is cut back to 64 MB after a burst. At open it is folded at once, so that the file's length can
 * be held against what its header says: the one cheap test that finds a torn file, however large it is.
 */
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '#contract';
import { createPrivateFile } from './private-file.ts';
import { sqliteCode } from './fault.ts';
import { type FolderLock, lockFolder } from './lock.ts';
import { migrate } from './schema.ts';

/** Pages of 4 kB between two foldings of the log into the file, and what stays of the log afterwards, in bytes. */
const LOG_PAGES = 4096;
const LOG_BYTES = 64 * 1024 * 1024;
/** Up to this size the whole file is checked at open: some 50 ms. */
const QUICK_CHECK_BYTES = 16 * 1024 * 1024;
/** How long another program (a backup, sqlite3) may hold the file before a write fails, ms. */
const BUSY_TIMEOUT = 5000;

export interface OpenDatabase {
  readonly db: DatabaseSync;
  /** A second call does nothing. */
  readonly close: () => void;
}

/** Makes the folder where there is none (0700). Throws CodedError DATA_FOLDER with the reason. */
export function openDatabase(file: string, logPages = LOG_PAGES): OpenDatabase {
  const path = resolve(file);
  const folder = dirname(path);
  let lock: FolderLock | undefined;
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    lock = lockFolder(folder);
    createPrivateFile(path);
    chmodSync(path, 0o600);
    db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
    settle(db, logPages);
    migrate(db, path);
    checkWhole(db, path);
  } catch (error) {
    db?.close();
    lock?.release();
    throw folderError(error, path);
  }
  const opened = { db, lock };
  return {
    db,
    close: () => {
      if (!opened.db.isOpen) return;
      opened.db.close();
      opened.lock.release();
    },
  };
}

function settle(db: DatabaseSync, logPages: number): void {
  // The first is heard only while the file is empty: so that it can shrink, see shrink.ts.
  db.exec(`
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = ${logPages};
    PRAGMA journal_size_limit = ${LOG_BYTES};
    PRAGMA cache_size = -16000;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
  `);
}

function checkWhole(db: DatabaseSync, path: string): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const number = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0]);
  const size = statSync(path).size;
  const expected = number('PRAGMA page_count') * number('PRAGMA page_size');
  if (size < expected) throw damaged(path, `${size} bytes are there of ${expected}`);
  if (size <= QUICK_CHECK_BYTES) {
    const found = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
    if (found !== 'ok') throw damaged(path, String(found).replaceAll('\n', ' '));
  }
  const last = number('SELECT last_batch FROM progress');
  const stored = number('SELECT max((SELECT sealed_through FROM progress), coalesce((SELECT max(id) FROM batch), 0))');
  if (last !== stored) throw damaged(path, `it ends with batch ${stored} where ${last} was the last commit`);
}

const damaged = (path: string, what: string): CodedError =>
  new CodedError('DATA_FOLDER', `${path} is damaged: ${what}. Restore a backup, or move the file away to begin anew.`);

function folderError(error: unknown, path: string): unknown {
  if (error instanceof CodedError || !(error instanceof Error)) return error;
  const code = sqliteCode(error);
  if (code === 11 || code === 26) return damaged(path, error.message);
  const isSystem = code !== undefined || 'syscall' in error;
  if (!isSystem) return error;
  const isFull = code === 13 || ('code' in error && error.code === 'ENOSPC');
  const wayOut = isFull ? ' Free some space, then start again.' : '';
  return new CodedError('DATA_FOLDER', `${path}: ${error.message}.${wayOut}`, { cause: error });
}
