/** Finds rule files and parses their YAML. The engine gets documents, never paths: a broken file is a problem, not an end. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LineCounter, parseAllDocuments } from 'yaml';
import type { RuleDocument, RuleProblem } from '#contract';

/** The folder of the rules that come with the program. */
export const OWN_RULES = fileURLToPath(new URL('../../rules', import.meta.url));

/** A rule file over this size is refused, bytes: the largest of the community's, a list of drivers, has 300 kB. */
const MAX_BYTES = 1024 * 1024;
/** Aliases that one document may expand to (YAML bombs). */
const MAX_ALIASES = 50;

export interface Catalogue {
  readonly documents: readonly RuleDocument[];
  readonly problems: readonly RuleProblem[];
}

export function readRules(folders: readonly string[]): Catalogue {
  const documents: RuleDocument[] = [];
  const problems: RuleProblem[] = [];
  for (const folder of folders) {
    for (const file of ruleFiles(folder, problems)) {
      try {
        if (statSync(file).size > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES} bytes`);
        documents.push(...parseRuleFile(file, readFileSync(file, 'utf8'), problems));
      } catch (error) {
        problems.push({ file, line: 1, title: '', reason: (error as Error).message });
      }
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
      const at = broken === undefined ? line : lines.linePos(broken.pos[0]).line;
      problems.push({ file, line: at, title: '', reason: (error as Error).message });
    }
  }
  return documents;
}
