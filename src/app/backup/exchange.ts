/**
 * Puts other files in the place of all that a data folder holds, so that a kill at any moment leaves the old ones or the new ones.
 *
 *   folder/restore.partial/        being written; whoever opens the folder next removes it
 *   folder/restore.whole.TIME/     all of it is there and synced. This rename is the moment from which on the new files count
 *   folder/before-TIME/            what was there goes in here
 *   folder/restore.moving.TIME/    nothing old is left beside it: its entries go up into the folder
 *
 * Each step can be done again by anybody who finds it half done; the name says which step it is, and where the old files go. Every
 * command that has a data folder ends what it finds there first (see ended.ts). All of it happens within the data folder: its parent
 * may be somebody else's, and it may be a mount.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '#contract';
import { type FolderLock, lockFolder } from '#store';
import { isBegun, MOVING, PARTIAL, WHOLE } from './ended.ts';
import { mountsIn } from './mounts.ts';

const BEFORE = 'before-';
/** The folder's own, whatever is stored in it. */
const LOCK = ['porchlight.lock', 'porchlight.pid'];

export interface Exchange {
  /** Where the new files are written. */
  readonly partial: string;
  /** Something is there that would be put aside. */
  readonly occupied: boolean;
  /** Syncs what was written and puts it in place; where what was there is now. */
  commit(now: number): string | undefined;
  /** Removes what was begun, where it was not committed, and lets others open the folder. */
  end(): void;
}

/** Holds the data folder until `end`. Throws CodedError DATA_FOLDER where somebody else does. */
export function beginExchange(folder: string): Exchange {
  const isNew = !existsSync(folder);
  const [mount] = mountsIn(folder);
  if (mount !== undefined)
    throw new CodedError('DATA_FOLDER', `${mount} is a mount and cannot be put aside: unmount it for the restore.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  let committed = false;
  try {
    settle(folder);
  } catch (error) {
    lock.release();
    throw error;
  }
  const partial = join(folder, PARTIAL);
  return {
    partial,
    occupied: entriesOf(folder).length > 0,
    commit(now) {
      // What only looking at them made.
      for (const name of ['porchlight.db-wal', 'porchlight.db-shm']) rmSync(join(partial, name), { force: true });
      syncTree(partial);
      const time = new Date(now).toISOString().replace(/[:.]/g, '-');
      const occupied = entriesOf(folder).length > 0;
      renameSync(partial, join(folder, `${WHOLE}${time}`));
      committed = true;
      endSettling(folder);
      return occupied ? join(folder, `${BEFORE}${time}`) : undefined;
    },
    end() {
      if (!committed) rmSync(partial, { recursive: true, force: true });
      lock.release();
      if (isNew && !committed) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Ends what a killed restore began. Throws CodedError DATA_FOLDER where one is under way. */
export function endExchange(folder: string): void {
  const begun = namesOf(folder).filter(isBegun);
  if (begun.length === 0) return;
  let lock: FolderLock;
  try {
    lock = lockFolder(folder);
  } catch (error) {
    // Until it is whole the old files count, and they are all there.
    if (begun.every((name) => name === PARTIAL)) return;
    throw error;
  }
  try {
    endSettling(folder);
  } finally {
    lock.release();
  }
}

function endSettling(folder: string): void {
  try {
    syncFolder(folder);
    settle(folder);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const detail = `${folder}: a restore has not put all in its place yet (${why}). The next start ends it.`;
    throw new CodedError('DATA_FOLDER', detail, { cause });
  }
}

/** Whoever calls this holds the folder. */
function settle(folder: string): void {
  for (const name of namesOf(folder)) if (name.startsWith(WHOLE)) putAside(folder, name.slice(WHOLE.length));
  for (const name of namesOf(folder)) if (name.startsWith(MOVING)) moveUp(folder, name);
  rmSync(join(folder, PARTIAL), { recursive: true, force: true });
}

function putAside(folder: string, time: string): void {
  const aside = join(folder, `${BEFORE}${time}`);
  for (const name of entriesOf(folder)) {
    mkdirSync(aside, { recursive: true, mode: 0o700 });
    renameSync(join(folder, name), join(aside, name));
  }
  if (existsSync(aside)) syncFolder(aside);
  syncFolder(folder);
  renameSync(join(folder, `${WHOLE}${time}`), join(folder, `${MOVING}${time}`));
  syncFolder(folder);
}

function moveUp(folder: string, moving: string): void {
  for (const name of readdirSync(join(folder, moving))) renameSync(join(folder, moving, name), join(folder, name));
  syncFolder(folder);
  rmdirSync(join(folder, moving));
}

const namesOf = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** What belongs to the store that is there. What earlier restores put aside stays where it is. */
const entriesOf = (folder: string): string[] =>
  namesOf(folder).filter((name) => !LOCK.includes(name) && !isBegun(name) && !/^before-\d{4}-/.test(name));

/** Everything below is on the disk afterwards, names and all. */
export function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else if (entry.isFile()) sync(path, 'r+');
  }
  syncFolder(folder);
}

/** Windows has no such thing; there the names are as safe as its file system makes them. */
export function syncFolder(folder: string): void {
  if (process.platform !== 'win32') sync(folder, 'r');
}

function sync(path: string, flags: string): void {
  const file = openSync(path, flags);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
