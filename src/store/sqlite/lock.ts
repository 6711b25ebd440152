/**
 * One Porchlight a data folder. The lock is SQLite's own exclusive lock on an empty file beside the database, held for
 * the store's life: the kernel frees it however the process ends, so it is never stale.
 *
 * Trap: POSIX drops a process's locks on a file when that process closes any descriptor of it. So nobody in this process may
 * open `porchlight.lock` otherwise; the holder's pid lies in a file of its own, only for the message.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '#contract';
import { createPrivateFile } from './private-file.ts';

export interface FolderLock {
  release(): void;
}

/** Throws CodedError DATA_FOLDER when another process, or another store of this one, holds the folder. */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'porchlight.lock');
  const pidPath = join(folder, 'porchlight.pid');
  createPrivateFile(path);
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    // In memory: otherwise the lock would leave a journal file beside it.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new CodedError('DATA_FOLDER', `${folder} is in use by another Porchlight${holder(pidPath)}.`, { cause });
  }
  try {
    writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 });
  } catch {
    // A full disk has no room for it. Who holds the folder cannot be told then, and it is held all the same.
  }
  return {
    release() {
      rmSync(pidPath, { force: true });
      lock.close();
    },
  };
}

function holder(pidPath: string): string {
  try {
    const pid = Number.parseInt(readFileSync(pidPath, 'utf8'), 10);
    return Number.isInteger(pid) ? ` (process ${pid})` : '';
  } catch {
    return '';
  }
}
