/**
 * Installed sets of rules, `DATA/rules/NAME/`.
 *
 *     NAME/set.json          { "files": "3f2a…", "source": …, "added": …, "rules": … }: names the folder that counts
 *     NAME/3f2a…/…           the rule files of one version
 *
 * A new version is written beside the old one; that `set.json` is replaced, which the file system does at once, is what puts it
 * in force. A crash before leaves the old version, a crash after leaves a folder nobody names, which the next change removes.
 * A folder without `set.json` was put there by hand, and its rules are read as they lie.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Small letters, digits, and between them . _ + -: it becomes a folder. */
export const SET_NAME = /^[a-z0-9](?:[a-z0-9._+-]{0,62}[a-z0-9+])?$/;

export interface SetFacts {
  /** The folder of the version in force, inside the set's own. */
  readonly files: string;
  /** What was typed: a path or an address. */
  readonly source: string;
  /** ISO 8601. */
  readonly added: string;
  /** Rule files. */
  readonly rules: number;
}

export interface InstalledSet {
  readonly name: string;
  /** Where its rule files lie. */
  readonly folder: string;
  /** undefined: it was put there by hand. */
  readonly facts: SetFacts | undefined;
}

const MANIFEST = 'set.json';
/** A folder name of ours, so that a manifest cannot point anywhere else. */
const VERSION_NAME = /^[0-9a-f-]{8,64}$/;

function factsOf(path: string): SetFacts | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { files, source, added, rules } = parsed as Partial<Record<keyof SetFacts, unknown>>;
    if (typeof files !== 'string' || !VERSION_NAME.test(files)) return undefined;
    if (typeof source !== 'string' || typeof added !== 'string' || typeof rules !== 'number') return undefined;
    return { files, source, added, rules };
  } catch {
    return undefined;
  }
}

/** By name. A data folder without sets has none. */
export function installedSets(folder: string): readonly InstalledSet[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => {
      const facts = factsOf(join(folder, name, MANIFEST));
      return { name, folder: facts === undefined ? join(folder, name) : join(folder, name, facts.files), facts };
    })
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

/** Puts the version in force whose files lie in `NAME/<facts.files>`, and removes what went before. */
export function putInForce(folder: string, name: string, facts: SetFacts): void {
  const place = join(folder, name);
  const beside = join(place, `${facts.files}.json`);
  writeFileSync(beside, `${JSON.stringify(facts, undefined, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(beside, join(place, MANIFEST));
  for (const entry of readdirSync(place))
    if (entry !== MANIFEST && entry !== facts.files) rmSync(join(place, entry), { recursive: true, force: true });
}

/** False: there is no such set. It is out of force before its files go. */
export function removeSet(folder: string, name: string): boolean {
  const place = join(folder, name);
  if (!SET_NAME.test(name) || !existsSync(place) || !statSync(place).isDirectory()) return false;
  const aside = join(folder, `.removed-${name}`);
  rmSync(aside, { recursive: true, force: true });
  renameSync(place, aside);
  rmSync(aside, { recursive: true, force: true });
  return true;
}
