/** When a backup was last made of a data folder: a note in the folder itself, which no backup copies. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isoTime } from '#contract';

const NAME = 'last-backup.json';
const DAY = 86_400_000;

export interface LastBackup {
  /** ms since the epoch. */
  readonly made: number;
  readonly days: number;
  /** Older than somebody wants. */
  readonly isOld: boolean;
}

/** False where the folder cannot be written: the backup is whole all the same, and nobody is reminded of it. */
export function noteBackup(dataFolder: string, target: string, now: number): boolean {
  try {
    writeFileSync(join(dataFolder, NAME), `${JSON.stringify({ made: isoTime(now), folder: target })}\n`, {
      mode: 0o600,
    });
    return true;
  } catch {
    return false;
  }
}

/** Undefined where none was ever made, or the note cannot be read. `remindDays`: 0 never finds it old. */
export function lastBackup(dataFolder: string, remindDays: number, now: number): LastBackup | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(join(dataFolder, NAME), 'utf8'));
    const said = typeof note === 'object' && note !== null && 'made' in note ? note.made : undefined;
    const made = typeof said === 'string' ? Date.parse(said) : Number.NaN;
    if (Number.isNaN(made)) return undefined;
    // A clock that was set back makes no backup older.
    const days = Math.max(0, Math.floor((now - made) / DAY));
    return { made, days, isOld: remindDays > 0 && days > remindDays };
  } catch {
    return undefined;
  }
}
