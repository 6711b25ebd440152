/** Whether anything changed that rules come from, without reading it: names, sizes and times of all files, as one hash. */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RulePlaces } from './places.ts';

/** Files in one folder beyond which nobody looks: it is no folder of rules. */
const MOST = 50_000;

export function fingerprint({ folders, sets, switches }: RulePlaces, configPath: string | undefined): string {
  const hash = createHash('sha256');
  const look = (path: string): void => {
    const found = statSync(path, { throwIfNoEntry: false });
    hash.update(`${path}\0${found === undefined ? '' : `${found.size} ${found.mtimeMs} ${found.ino}`}\n`);
  };
  for (const path of [switches, ...(configPath === undefined ? [] : [configPath])]) look(path);
  for (const folder of [...folders, sets]) for (const path of filesOf(folder)) look(path);
  return hash.digest('hex');
}

/** What belongs to an installed set by name is not looked at file by file: its `set.json` changes with it. */
function filesOf(folder: string): string[] {
  try {
    if (statSync(folder).isFile()) return [folder];
    const found: string[] = [];
    const waiting = [folder];
    for (let place = waiting.pop(); place !== undefined && found.length < MOST; place = waiting.pop()) {
      const entries = readdirSync(place, { withFileTypes: true });
      const manifest = entries.find((entry) => entry.name === 'set.json' && entry.isFile());
      for (const entry of manifest === undefined ? entries : [manifest]) {
        if (entry.isDirectory()) waiting.push(join(place, entry.name));
        else if (manifest !== undefined || /\.ya?ml$/.test(entry.name)) found.push(join(place, entry.name));
      }
    }
    return found.toSorted();
  } catch {
    return [];
  }
}
