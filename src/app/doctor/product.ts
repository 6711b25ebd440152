/** What Porchlight brings along and what was given to it: rules and the page. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from '#detect';
import { readRules } from '../rule-catalogue.ts';
import { broken, type Finding, fine } from './finding.ts';

const OWN_RULES = fileURLToPath(new URL('../../../rules', import.meta.url));
const PAGE = fileURLToPath(new URL('../../../dist/web', import.meta.url));

/** A row a rule that was refused: it watches nothing. */
export function checkRules(folders: readonly string[]): Finding[] {
  const catalogue = readRules([OWN_RULES, ...folders]);
  const { rules, problems } = compile(catalogue.documents);
  const refused = [...catalogue.problems, ...problems];
  return [
    fine('Rules', `${rules.length} are understood`),
    ...refused.map(({ file, line, reason }) =>
      broken('Rule', `${file}:${line} is refused: ${reason}`, `Mend it; porchlight rules check ${file} tries it.`),
    ),
  ];
}

export function checkPage(folder = PAGE): Finding {
  if (existsSync(join(folder, 'index.html'))) return fine('Page', folder);
  return broken(
    'Page',
    'It is not built: the dashboard would be empty.',
    'npm start builds it, and says why where it cannot.',
  );
}
