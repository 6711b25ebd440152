/** What the command line names → the files to look through. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { reasonOf } from '../import/reason.ts';

export interface Input {
  /** As it was named; `-` is standard input. */
  readonly name: string;
  /** Bytes on the disk; undefined where nobody knows. */
  readonly size: number | undefined;
  /** Why it is not read. */
  readonly refused?: string;
}

export interface Inputs {
  readonly files: readonly Input[];
  /** Files in folders that are no logs by their names. */
  readonly passedOver: number;
}

export const STANDARD_INPUT = '-';

/** Names of logs, also rotated and packed ones: `auth.log.1`, `Security.evtx`, `syslog-20251130.gz`. */
const LOG =
  /(?:\.(?:evtx|json|jsonl|ndjson|log|xml|txt)|^(?:syslog|messages|secure|maillog|cron|daemon|kern|auth|user|debug|access_log|error_log))(?:[.\-_]\d[\d.\-_]*)?(?:\.(?:gz|zst))?$/i;
const isLog = (path: string): boolean => LOG.test(basename(path));

const RULE = /\.ya?ml$/i;

/** Folders are looked through to the bottom, in the order of their names; links in them are not followed. */
export function inputsOf(paths: readonly string[]): Inputs {
  const files: Input[] = [];
  let passedOver = 0;
  for (const path of paths) {
    if (path === STANDARD_INPUT) {
      files.push({ name: path, size: undefined });
      continue;
    }
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() !== true) {
      files.push(found === undefined ? { name: path, size: 0, refused: 'is not there' } : sized(path, found.size));
      continue;
    }
    for (const { name, refused } of entriesIn(path)) {
      if (refused !== undefined) files.push({ name, size: 0, refused });
      else if (isLog(name)) files.push(sized(name, statSync(name, { throwIfNoEntry: false })?.size ?? 0));
      else passedOver++;
    }
  }
  return { files, passedOver };
}

const sized = (name: string, size: number): Input => ({ name, size });

interface Entry {
  readonly name: string;
  /** A folder that cannot be looked into. */
  readonly refused?: string;
}

/** Files to the bottom of a folder, in the order of their names. */
function entriesIn(folder: string): readonly Entry[] {
  const found: Entry[] = [];
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    try {
      for (const entry of readdirSync(at, { withFileTypes: true })) {
        const name = join(at, entry.name);
        if (entry.isFile()) found.push({ name });
        else if (entry.isDirectory()) folders.push(name);
      }
    } catch (error) {
      found.push({ name: at, refused: reasonOf(error) });
    }
  }
  return found.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** A file of rules, or a folder that holds rules and no logs: `--rules A B FILE…` means both. */
export function holdsRules(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isDirectory()) return RULE.test(path);
  const names = entriesIn(path).map(({ name }) => name);
  return names.some((name) => RULE.test(name)) && !names.some(isLog);
}
