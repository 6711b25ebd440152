/** Finds rule files and parses their YAML. The engine gets documents, never paths: a broken file is a problem, not an end. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { RuleDocument, RuleProblem } from '#contract';
import { type ParsedDocument, type RuleCache, ruleCache } from './rule-cache.ts';

/** The folder of the rules that come with the program. */
export const OWN_RULES = fileURLToPath(new URL('../../rules', import.meta.url));

/** In the data folder: what rule files were parsed into, for the next start. */
export const RULE_CACHE = 'rules.cache';

/** A rule file over this size is refused, bytes: the largest of the community's, a list of drivers, has 300 kB. */
export const MAX_RULE_BYTES = 1024 * 1024;
/** Aliases that one document may expand to (YAML bombs). */
const MAX_ALIASES = 50;

export interface Catalogue {
  readonly documents: readonly RuleDocument[];
  readonly problems: readonly RuleProblem[];
}

/** `cachePath`: a file that keeps what was parsed for the next start. */
export function readRules(folders: readonly string[], cachePath?: string): Catalogue {
  const cache = cachePath === undefined ? undefined : ruleCache(cachePath);
  const read = folders.map((folder) => readFolder(folder, cache));
  cache?.save();
  return {
    documents: read.flatMap(({ documents }) => documents),
    problems: read.flatMap(({ problems }) => problems),
  };
}

/** The rules of one folder, or of one file. `cache` is asked and told, and saved by whoever made it. */
export function readFolder(folder: string, cache: RuleCache | undefined): Catalogue {
  const documents: RuleDocument[] = [];
  const problems: RuleProblem[] = [];
  for (const file of ruleFiles(folder, problems)) {
    try {
      if (statSync(file).size > MAX_RULE_BYTES) throw new Error(`larger than ${MAX_RULE_BYTES} bytes`);
      documents.push(...readRuleFile(file, problems, cache));
    } catch (error) {
      problems.push({ file, line: 1, title: '', reason: (error as Error).message });
    }
  }
  return { documents, problems };
}

function ruleFiles(path: string, problems: RuleProblem[]): string[] {
  try {
    if (statSync(path).isFile()) return [path];
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
  } catch (error) {
    problems.push({ file: path, line: 1, title: '', reason: `cannot be read: ${(error as Error).message}` });
    return [];
  }
}

function readRuleFile(file: string, problems: RuleProblem[], cache: RuleCache | undefined): RuleDocument[] {
  const text = readFileSync(file, 'utf8');
  const known = cache?.find(text);
  if (known !== undefined) return known.map(({ line, content }) => ({ file, line, content }));
  const before = problems.length;
  const documents = parseRuleFile(file, text, problems);
  if (problems.length === before)
    cache?.keep(
      text,
      documents.map(({ line, content }): ParsedDocument => ({ line, content })),
    );
  return documents;
}

/** The rules in a text; `file`: what it is called where something is said of it. */
export function parseRules(file: string, text: string): Catalogue {
  const problems: RuleProblem[] = [];
  return { documents: parseRuleFile(file, text, problems), problems };
}

function parseRuleFile(file: string, text: string, problems: RuleProblem[]): RuleDocument[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const documents: RuleDocument[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const line = lines.linePos(document.contents?.range?.[0] ?? document.range[0]).line;
    const broken = document.errors[0];
    try {
      if (broken !== undefined) throw new Error(broken.message);
      documents.push({ file, line, content: document.toJS({ maxAliasCount: MAX_ALIASES }) });
    } catch (error) {
      const at = broken === undefined ? { line, col: 1 } : lines.linePos(broken.pos[0]);
      problems.push({ file, line: at.line, column: at.col, title: '', reason: (error as Error).message });
    }
  }
  return documents;
}
