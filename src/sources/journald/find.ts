/** Whether a machine has a journal, where, and with what it is read. */
import { access, constants, open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../file-tail/errno.ts';

/** What `journald` needs to know of it. */
export interface Journal {
  /** The machine's id. */
  readonly id: string;
  readonly journalctl: string;
  readonly args: readonly string[];
}

export type Found =
  | { readonly kind: 'none' }
  /** `path` cannot be read by us. */
  | { readonly kind: 'barred'; readonly path: string }
  | { readonly kind: 'no-journalctl'; readonly path: string }
  /** `modified`: when it was last written, ms since the epoch. */
  | { readonly kind: 'journal'; readonly path: string; readonly modified: number; readonly journal: Journal };

/** Kept over restarts, and not. */
const FOLDERS = ['/var/log/journal', '/run/log/journal'] as const;
/** Never looked for on the PATH: we may be root. */
const PROGRAMS = ['/usr/bin/journalctl', '/bin/journalctl', '/run/current-system/sw/bin/journalctl'];
/** A machine's id; folders of namespaces (`id.name`) and of other machines' entries (`remote`) are not its journal. */
const MACHINE = /^[0-9a-f]{32}$/;

interface Place {
  readonly folder: string;
  readonly id: string;
  /** The file that is written now, or the newest there is. */
  readonly file: string;
  readonly modified: number;
}

/** The journal under `root` that was written last. Paths in the answer are as the watched machine calls them. */
export async function findJournal(root: string, programs: readonly string[] = PROGRAMS): Promise<Found> {
  const places: Place[] = [];
  for (const folder of FOLDERS) {
    try {
      places.push(...(await placesIn(folder, root)));
    } catch (error) {
      if (errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM') return { kind: 'barred', path: folder };
      if (errnoOf(error) === undefined) throw error;
    }
  }
  const own = await machineId(root);
  const newest = places
    .toSorted((a, b) => Number(b.id === own) - Number(a.id === own) || b.modified - a.modified)
    .at(0);
  if (newest === undefined) return { kind: 'none' };
  const { folder, file, id, modified } = newest;
  if (!(await readable(join(root, file)))) return { kind: 'barred', path: file };
  const journalctl = await firstOf(programs);
  if (journalctl === undefined) return { kind: 'no-journalctl', path: folder };
  // By itself journalctl reads both folders, but only of the machine that it runs on.
  const isOwn = root === '/' && id === own;
  return {
    kind: 'journal',
    path: folder,
    modified,
    journal: { id, journalctl, args: isOwn ? [] : [`--directory=${join(root, folder, id)}`] },
  };
}

async function placesIn(folder: string, root: string): Promise<Place[]> {
  const places: Place[] = [];
  for (const id of await readdir(join(root, folder))) {
    if (!MACHINE.test(id)) continue;
    const names = (await readdir(join(root, folder, id))).filter((name) => name.endsWith('.journal'));
    const file = names.includes('system.journal') ? 'system.journal' : names.toSorted().at(-1);
    if (file === undefined) continue;
    const path = join(folder, id, file);
    const { mtimeMs } = await stat(join(root, path));
    places.push({ folder, id, file: path, modified: mtimeMs });
  }
  return places;
}

async function machineId(root: string): Promise<string> {
  const text = await readFile(join(root, '/etc/machine-id'), 'utf8').catch(() => '');
  return text.trim();
}

async function firstOf(programs: readonly string[]): Promise<string | undefined> {
  for (const program of programs) if (await works(access(program, constants.X_OK))) return program;
  return undefined;
}

/** By opening it: access(2) would ask for the real user, not for the one we act as. */
async function readable(file: string): Promise<boolean> {
  return works(open(file, 'r').then((handle) => handle.close()));
}

const works = (attempt: Promise<void>): Promise<boolean> =>
  attempt.then(
    () => true,
    () => false,
  );
