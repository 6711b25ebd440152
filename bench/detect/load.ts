/** Rules for the lanes: what it costs to read them, and how much memory they take. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRules } from '#app/rule-catalogue';
import type { RuleDocument } from '#contract';
import { compile, type Compiled } from '#detect';

export interface Loaded {
  readonly compiled: Compiled;
  readonly documents: readonly RuleDocument[];
  /** Processor time of the thread in ms, from reading the files to a detector. */
  readonly fromYaml: number;
  readonly fromCache: number;
  /** MB that a process takes more than without rules. */
  readonly memory: number;
}

/** The folders of SigmaHQ's release in the corpus, if there is one. */
export function sigmaFolders(): readonly string[] {
  const corpus = process.env['PORCHLIGHT_CORPUS'];
  const names = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'];
  return corpus === undefined
    ? []
    : names.map((name) => join(corpus, 'sigma', name)).filter((path) => existsSync(path));
}

export const threadMillis = (began?: NodeJS.CpuUsage): number => {
  const { user, system } = process.threadCpuUsage(began);
  return (user + system) / 1000;
};

const MEMORY = fileURLToPath(new URL('memory.ts', import.meta.url));

function memoryOf(cache: string, folders: readonly string[]): number {
  const said = execFileSync(process.execPath, ['--expose-gc', MEMORY, cache, ...folders], { encoding: 'utf8' });
  return (JSON.parse(said) as { readonly megabytes: number }).megabytes;
}

/** Reads and compiles twice, the second time from the cache; a process of its own, from the cache as well, tells the memory. */
export function load(folders: readonly string[]): Loaded {
  const folder = mkdtempSync(join(tmpdir(), 'bench-detect-'));
  const cache = join(folder, 'rules.cache');
  const once = (): Pick<Loaded, 'compiled' | 'documents'> & { readonly ms: number } => {
    const began = process.threadCpuUsage();
    const { documents } = readRules(folders, cache);
    const compiled = compile(documents);
    return { compiled, documents, ms: threadMillis(began) };
  };
  try {
    const fromYaml = once().ms;
    const { compiled, documents, ms } = once();
    return { compiled, documents, fromYaml, fromCache: ms, memory: memoryOf(cache, folders) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
