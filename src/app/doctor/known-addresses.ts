/** Databases and lists that the settings name: whether they are what they should be, and how old. */
import { readFileSync, statSync } from 'node:fs';
import type { Config } from '#contract';
import { networksOf, openMmdb } from '#enrich';
import { broken, type Finding, fine, look } from './finding.ts';

const DAY = 86_400_000;
/** Addresses change hands: after this many days a database is worth a renewal. */
const OLD = 90;

export function checkKnownAddresses({ geoip, scanners }: Config['enrich'], now: number): Finding[] {
  return [
    ...geoip.map((path) => tried(path, () => database(path, now))),
    ...scanners.map((path) => tried(path, () => list(path, now))),
  ];
}

function tried(path: string, check: () => Finding): Finding {
  try {
    return check();
  } catch (error) {
    return broken(
      'Addresses',
      `${path} cannot be read: ${(error as Error).message}`,
      'Mend the path in enrich, or take it out.',
    );
  }
}

function database(path: string, now: number): Finding {
  const opened = openMmdb(readFileSync(path));
  if (opened === undefined)
    return broken('Addresses', `${path} is no MaxMind database.`, 'enrich.geoip wants .mmdb files.');
  return aged(`${path}: ${opened.type}`, opened.built, now);
}

function list(path: string, now: number): Finding {
  const { size, refused } = networksOf(readFileSync(path, 'utf8').split(/\r?\n/));
  const said = `${path}: ${size} ranges${refused === 0 ? '' : `, ${refused} lines left out`}`;
  return aged(said, statSync(path).mtimeMs, now);
}

function aged(said: string, made: number, now: number): Finding {
  const days = Math.max(0, Math.floor((now - made) / DAY));
  const text = `${said}, ${days} days old`;
  return days <= OLD ? fine('Addresses', text) : look('Addresses', text, 'Fetch a newer one and start again.');
}
