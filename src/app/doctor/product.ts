/** What Porchlight brings along and what was given to it: rules and the page. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '#contract';
import { loadRules } from '../rules/load.ts';
import { rulePlaces } from '../rules/places.ts';
import { broken, type Finding, fine } from './finding.ts';

const PAGE = fileURLToPath(new URL('../../../dist/web', import.meta.url));

/** A row a rule that was refused: it watches nothing. */
export function checkRules(config: Config['rules'], dataFolder: string): Finding[] {
  const { items, problems } = loadRules(rulePlaces(config, dataFolder)).list;
  return [
    fine('Rules', `${items.length} are understood`),
    ...problems.map(({ file, line, reason }) =>
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
