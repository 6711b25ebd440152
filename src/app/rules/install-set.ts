/** Writes the files of a set beside the version that is in force, then puts it in force. */
import { hash, randomUUID } from 'node:crypto';
import { chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import process from 'node:process';
import { CodedError } from '#contract';
import type { CollectedSet } from './collect-set.ts';
import { installedSets, putInForce } from './sets.ts';

export interface Installed {
  readonly name: string;
  readonly rules: number;
  /** Compared with the version that was in force; undefined: there was none. */
  readonly changes: { readonly added: number; readonly changed: number; readonly gone: number } | undefined;
}

/** Files written at a time: each is flushed to the disk, and the disk does several at once. */
const AT_ONCE = 32;

/** `sets`: DATA/rules. `at`: ms since the epoch. Throws CodedError DATA_FOLDER; then the old version is still in force. */
export async function installSet(sets: string, name: string, set: CollectedSet, at: number): Promise<Installed> {
  const before = installedSets(sets).find((one) => one.name === name);
  const known = before === undefined ? undefined : contents(before.folder);
  const files = randomUUID().slice(0, 8);
  const place = join(sets, name, files);
  try {
    await write(place, set);
    // Sets made by root are for a service that is not.
    ownAs(join(sets, name), dirname(sets));
    putInForce(sets, name, { files, source: set.source, added: new Date(at).toISOString(), rules: set.files.length });
    ownAs(join(sets, name), dirname(sets));
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    throw new CodedError('DATA_FOLDER', `${sets}: ${(error as Error).message}`, { cause: error });
  }
  return { name, rules: set.files.length, changes: known === undefined ? undefined : compare(known, set) };
}

async function write(place: string, { files }: CollectedSet): Promise<void> {
  for (const folder of new Set(files.map(({ name }) => dirname(join(place, name)))))
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  const waiting = files.values();
  const writer = async (): Promise<void> => {
    for (const { name, bytes } of waiting) await writeFile(join(place, name), bytes, { mode: 0o600, flush: true });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, writer));
}

function ownAs(folder: string, example: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(example);
  if (uid === 0) return;
  chownSync(dirname(folder), uid, gid);
  chownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chownSync(join(entry.parentPath, entry.name), uid, gid);
}

/** Hashes by path. */
function contents(folder: string): ReadonlyMap<string, string> {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return new Map(
      entries.map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [relative(folder, path).replaceAll(sep, '/'), hash('sha256', readFileSync(path))];
      }),
    );
  } catch {
    return new Map();
  }
}

function compare(known: ReadonlyMap<string, string>, { files }: CollectedSet): Installed['changes'] {
  const names = new Set(files.map(({ name }) => name));
  return {
    added: files.filter(({ name }) => !known.has(name)).length,
    changed: files.filter(({ name, bytes }) => known.has(name) && known.get(name) !== hash('sha256', bytes)).length,
    gone: [...known.keys()].filter((name) => !names.has(name)).length,
  };
}
