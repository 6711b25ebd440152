/**
 * Rule files that were parsed before: reading 3,754 YAML files takes seconds, reading what came out of them as JSON a
 * fraction. The key is the hash of a file's content, so a changed file is simply not found.
 *
 *     line 1   SHA-256 of the rest: a cache that was damaged is no cache
 *     line 2   { "version": …, "files": { "<hash of content>": [ { "line", "content" } … ] } }
 *
 * Only files without problems are kept, and only documents that JSON gives back as they were (it has no infinity).
 */
import { hash, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Rises when the same text would be parsed into something else. */
const VERSION = 1;
/** A document that aliases blew up has no place in a cache, characters of JSON, roughly. */
const MAX_JSON = 2 * 1024 * 1024;

export interface ParsedDocument {
  readonly line: number;
  readonly content: unknown;
}

export interface RuleCache {
  /** The documents of a file with this content, if it was parsed before. */
  find(text: string): readonly ParsedDocument[] | undefined;
  keep(text: string, documents: readonly ParsedDocument[]): void;
  /** Writes what this start used, where that is not what the file has. A folder that cannot be written costs only time. */
  save(): void;
}

type Files = Record<string, readonly ParsedDocument[]>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function load(path: string): Files {
  try {
    const text = readFileSync(path, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (hash('sha256', body) !== text.slice(0, end)) return {};
    const parsed: unknown = JSON.parse(body);
    const files = isObject(parsed) && parsed['version'] === VERSION ? parsed['files'] : undefined;
    // The hash says that we wrote it.
    return isObject(files) ? (files as Files) : {};
  } catch {
    return {};
  }
}

/**
 * Does JSON give it back as it was? Counts what is left of the characters that it may have; below zero it does not. A walk
 * costs a tenth of writing, reading and comparing. What contains itself runs out of characters, or of stack.
 */
function survives(value: unknown, left: number): number {
  if (left < 0) return left;
  if (typeof value === 'string') return left - value.length - 2;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? left - 4 : -1;
  if (value === null || typeof value === 'boolean') return left - 4;
  if (Array.isArray(value)) return value.reduce<number>((rest, part) => survives(part, rest - 1), left - 2);
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return -1;
  let rest = left - 2;
  for (const key of Object.keys(value)) rest = survives(value[key], rest - key.length - 4);
  return rest;
}

function mayBeKept(documents: readonly ParsedDocument[]): boolean {
  try {
    return survives(documents, MAX_JSON) >= 0;
  } catch {
    return false;
  }
}

export function ruleCache(path: string): RuleCache {
  const known = load(path);
  const used: Files = {};
  let added = false;
  return {
    find(text) {
      const key = hash('sha256', text);
      const found = Object.hasOwn(known, key) ? known[key] : undefined;
      if (found !== undefined) used[key] = found;
      return found;
    },
    keep(text, documents) {
      if (!mayBeKept(documents)) return;
      used[hash('sha256', text)] = documents;
      added = true;
    },
    save() {
      if (!added && Object.keys(used).length === Object.keys(known).length) return;
      const body = JSON.stringify({ version: VERSION, files: used });
      const beside = `${path}.${randomUUID()}`;
      try {
        writeFileSync(beside, `${hash('sha256', body)}\n${body}`, { mode: 0o600 });
        renameSync(beside, path);
      } catch {
        rmSync(beside, { force: true });
      }
    },
  };
}
