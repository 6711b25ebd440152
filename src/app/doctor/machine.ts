/** What the machine gives us: a Node, a clock, an account. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { broken, type Finding, fine, look } from './finding.ts';

const NEEDED_NODE = 24;
const DAY = 24 * 3_600_000;
const MINUTE = 60_000;
const HERE = fileURLToPath(import.meta.url);

export function checkNode(version: string): Finding {
  const major = Number(/^v?(\d+)/.exec(version)?.[1]);
  if (major >= NEEDED_NODE) return fine('Node', version);
  return broken(
    'Node',
    `${version} is too old: ${NEEDED_NODE} is needed.`,
    'Start with ./porchlight or npm start: they bring their own.',
  );
}

export function checkAccount(uid: number | undefined): Finding {
  if (uid !== 0) return fine('Account', uid === undefined ? 'yours' : `user ${uid}, not root`);
  return look(
    'Account',
    'root. That works, but a fault of ours would be a fault with every right.',
    'For a server that stays, make it a service with a user of its own.',
  );
}

/**
 * A clock that stands before our own files were made, or before what it wrote itself, is wrong: rules that count by the minute, and
 * the order of everything, go by it.
 */
export function checkClock(now: number, folder: string, timezone: string | undefined): Finding {
  const next = 'Set it; timedatectl set-ntp true keeps it right.';
  if (now < modified(HERE) - DAY)
    return broken('Clock', `It says ${when(now)}, which is before this program was installed.`, next);
  const written = Math.max(...['porchlight.db', 'porchlight.db-wal'].map((name) => modified(join(folder, name))));
  if (written > now + MINUTE)
    return broken('Clock', `It says ${when(now)}, but the last thing that was stored is of ${when(written)}.`, next);
  const zone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!isZone(zone)) {
    const text = `There is no time zone "${zone}": stamps without a zone are read as UTC.`;
    return broken('Clock', text, 'Name it as in Europe/Berlin: sources.timezone in porchlight.yaml.');
  }
  return fine('Clock', `${when(now)}; stamps without a zone are read as ${zone}`);
}

const when = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ').concat(' UTC');

/** 0 where there is no such file. */
const modified = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function isZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
