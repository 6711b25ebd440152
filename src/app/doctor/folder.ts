/** The data folder and the store in it. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CodedError, ERRORS } from '#contract';
import { damageKnown, openSqliteStore, type StoreDamage } from '#store';
import { DAMAGE_COMMAND, DAMAGE_TITLE, plural } from '#ui/model';
import { lastBackup } from '../backup/last.ts';
import type { Health } from './ports.ts';
import { broken, codeOf, type Finding, fine, look } from './finding.ts';

const MB = 1024 * 1024;
/** Free space under which intake will soon end, and under which somebody should know. */
const SPACE = { broken: 100 * MB, look: 1024 * MB } as const;

export function checkFolder(folder: string, uid: number | undefined): Finding[] {
  const name = 'Data folder';
  const place = nearest(folder);
  const isThere = place === folder;
  if (!isWritable(place)) {
    const text = isThere ? `${folder} cannot be written.` : `${folder} is not there, and ${place} cannot be written.`;
    return [broken(name, text, ERRORS.DATA_FOLDER.next)];
  }
  if (!isThere) return [fine(name, `${folder}, made at the first start`), checkSpace(place)];
  const { mode, uid: owner } = statSync(folder);
  const others = uid !== undefined && (mode & 0o077) !== 0;
  const state = others
    ? look(name, `${folder} can be opened by others.`, `The next start closes it, or: chmod 700 ${folder}`)
    : uid !== undefined && owner !== uid && uid !== 0
      ? look(name, `${folder} belongs to user ${owner}.`, 'Start Porchlight as that user.')
      : fine(name, folder);
  return [state, checkSpace(folder)];
}

/** The folder itself, or what of the way to it there is. */
function nearest(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearest(dirname(path));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function checkSpace(path: string): Finding {
  const { bavail, bsize } = statfsSync(path);
  const free = bavail * bsize;
  const text = `${free < 10 * SPACE.look ? `${Math.round(free / MB)} MB` : `${Math.round(free / MB / 1024)} GB`} free`;
  if (free < SPACE.broken)
    return broken(
      'Disk',
      `Only ${text}: soon nothing can be stored.`,
      'Free some space, or choose another disk with --data DIR.',
    );
  if (free < SPACE.look) return look('Disk', `Only ${text}.`, 'Free some space before it runs out.');
  return fine('Disk', text);
}

export interface StoreCheck {
  readonly finding: Finding;
  /** Another Porchlight has the folder open. */
  readonly inUse: boolean;
}

/** Opens the store as a start would, and closes it; nothing is made where there is none. */
export async function checkStore(folder: string): Promise<StoreCheck> {
  const path = join(folder, 'porchlight.db');
  if (!existsSync(path)) return { finding: fine('Store', 'nothing is stored yet'), inUse: false };
  try {
    const store = await openSqliteStore(path);
    const { lastBatch } = await store.recover();
    await store.close();
    return { finding: fine('Store', `opens, and ends with batch ${lastBatch}`), inUse: false };
  } catch (error) {
    const reason = error instanceof CodedError ? error.detail : (error as Error).message;
    if (/in use by another Porchlight/.test(reason)) return { finding: fine('Store', reason), inUse: true };
    return { finding: broken('Store', reason, storeNext(error)), inUse: false };
  }
}

const storeNext = (error: unknown): string =>
  codeOf(error) === 'DATA_FOLDER' ? ERRORS.DATA_FOLDER.next : ERRORS.STORE_FAILED.next;

/** What of the store cannot be read, as far as that is known without reading everything: by the server where one runs. */
export function checkDamage(folder: string, health: Health | undefined): Finding[] {
  const known = health === undefined ? damageIn(folder) : (health.damage?.first ?? []);
  const places = health?.damage?.places ?? known.length;
  if (places === 0) return [];
  const next = `${DAMAGE_COMMAND} names every place; porchlight restore FOLDER brings a backup back.`;
  const named = known.map(({ what, reason }) => `${what}: ${reason}`).slice(0, NAMED);
  const more = places > named.length ? [`and ${places - named.length} more`] : [];
  return [broken('Damage', `${DAMAGE_TITLE}; the rest is found. ${[...named, ...more].join('; ')}.`, next)];
}

const NAMED = 3;

function damageIn(folder: string): readonly StoreDamage[] {
  const path = join(folder, 'porchlight.db');
  if (!existsSync(path)) return [];
  try {
    return damageKnown(path);
  } catch {
    // It cannot be opened at all: that is told already.
    return [];
  }
}

/** Only where one was ever made. */
export function checkBackup(folder: string, remindDays: number, now: number): Finding[] {
  const last = lastBackup(folder, remindDays, now);
  if (last === undefined) return [];
  const text = last.days === 0 ? 'the newest is of today' : `the newest is ${plural(last.days, 'day')} old`;
  return [last.isOld ? look('Backup', text, 'porchlight backup FOLDER makes another.') : fine('Backup', text)];
}
