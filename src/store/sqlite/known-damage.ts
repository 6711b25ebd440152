/** Damage that is known without reading everything: batches that were put by at sealing, and days whose file is gone or cannot be opened. */
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { dayPath, readDay } from './day-file.ts';
import type { StoreDamage } from './reader.ts';

/** `path`: the commit point; nothing is changed. A store of an older version has none to tell of. */
export function damageKnown(path: string): StoreDamage[] {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const tables = db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('damaged', 'day')").get();
    return Number(tables?.['n']) < 2 ? [] : knownDamage(db, path);
  } finally {
    db.close();
  }
}

export function knownDamage(db: DatabaseSync, path: string): StoreDamage[] {
  const batches = db.prepare('SELECT id, count FROM damaged ORDER BY id').all();
  const days = db.prepare('SELECT name FROM day ORDER BY name').all();
  return [
    ...batches.map((row) => ({
      what: `batch ${String(row['id'])}`,
      reason: `its ${String(row['count'])} events could not be read when they were to be sealed; the bytes are put by`,
    })),
    ...days.flatMap((row) => dayDamage(dirname(path), String(row['name']))),
  ];
}

function dayDamage(folder: string, day: string): StoreDamage[] {
  const what = `events-${day}.db`;
  try {
    const reader = readDay(dayPath(folder, day));
    reader?.close();
    return reader === undefined ? [{ what, reason: 'it is gone' }] : [];
  } catch (error) {
    return [{ what, reason: error instanceof Error ? error.message : String(error) }];
  }
}
