/**
 * What people switched by hand: `{"<rule id>": "on" | "off"}`, a small file in the data folder. It goes before the configuration,
 * which is written by hand, may be read-only, and is never changed by the program.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { CodedError } from '#contract';

export type Switches = ReadonlyMap<string, 'on' | 'off'>;

/** A file that somebody broke is no reason to run without rules: it switches nothing. */
export function readSwitches(path: string): Switches {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
    return new Map(entries.filter((entry): entry is [string, 'on' | 'off'] => entry[1] === 'on' || entry[1] === 'off'));
  } catch {
    return new Map();
  }
}

/** `undefined` forgets the rule: the configuration decides again. Throws CodedError DATA_FOLDER. */
export function writeSwitch(path: string, id: string, to: 'on' | 'off' | undefined): void {
  const switches = new Map(readSwitches(path));
  if (to === undefined) switches.delete(id);
  else switches.set(id, to);
  const beside = `${path}.${randomUUID()}`;
  try {
    writeFileSync(beside, `${JSON.stringify(Object.fromEntries(switches), undefined, 2)}\n`, { mode: 0o600 });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new CodedError('DATA_FOLDER', `${path}: ${(error as Error).message}`, { cause: error });
  }
}
