/** `porchlight rules add` and `remove`: sets of rules in the data folder. */
import { readFileSync } from 'node:fs';
import { CodedError } from '#contract';
import { compile } from '#detect';
import { printable } from '#lib/printable';
import { problemPlace } from '#ui/model';
import { type Context, text, type Values } from '../command.ts';
import { openDataFolder } from '../data-folder.ts';
import { readRules } from '../rule-catalogue.ts';
import { collectSet } from '../rules/collect-set.ts';
import { type Installed, installSet } from '../rules/install-set.ts';
import { rulePlaces } from '../rules/places.ts';
import { OWN_SET } from '../rules/policy.ts';
import { placed } from '../rules/locate.ts';
import { installedSets, removeSet, SET_NAME } from '../rules/sets.ts';
import { tellServer } from './rules-server.ts';
import { readSettings } from './settings.ts';

/** Sets that are none: our own pack, and the folders of the configuration. */
const TAKEN: readonly string[] = [OWN_SET, 'folder'];

function one(words: readonly string[], what: string): string {
  const [word, more] = words;
  if (word === undefined || more !== undefined) throw new CodedError('USAGE', `porchlight rules ${what}`);
  return word;
}

export async function addRules(context: Context, values: Values, words: readonly string[]): Promise<number> {
  const source = one(words, 'add: name one folder, ZIP archive or address');
  const asked = text(values, 'name');
  if (asked !== undefined && (!SET_NAME.test(asked) || TAKEN.includes(asked)))
    throw new CodedError('USAGE', `--name ${asked}: small letters, digits, and between them . _ + -`);
  const { config, folder } = readSettings(context, values);
  const progress = meter(context);
  const collected = await collectSet(source, { signal: context.signal, onProgress: progress.show });
  progress.end();
  const named = asked ?? collected.name;
  const name = TAKEN.includes(named) ? `${named}-rules` : named;
  openDataFolder(folder);
  const { sets } = rulePlaces(config.rules, folder);
  const installed = await installSet(sets, name, collected, context.now());
  context.out(`${sentenceOf(installed)}\n`);
  for (const line of found(sets, name)) context.out(`${printable(line)}\n`);
  if (collected.others > 0) context.err(`${collected.others} other YAML files in it are no rules and were left out.\n`);
  context.out(`${await tellServer(context, values)}\n`);
  return 0;
}

function sentenceOf({ name, rules, changes }: Installed): string {
  const before =
    changes === undefined ? '' : `: ${changes.added} new, ${changes.changed} changed, ${changes.gone} gone`;
  return `${changes === undefined ? 'Installed' : 'Updated'} ${name}, ${rules} rule ${rules === 1 ? 'file' : 'files'}${before}.`;
}

const areOr = (count: number): string => `${count} ${count === 1 ? 'is' : 'are'}`;
const read = (file: string): string => readFileSync(file, 'utf8');

/** What the engine makes of it, by itself. */
function found(sets: string, name: string): readonly string[] {
  const folder = installedSets(sets).find((set) => set.name === name)?.folder;
  if (folder === undefined) return [];
  const { documents, problems } = readRules([folder]);
  const compiled = compile(documents);
  const refused = [...problems, ...compiled.problems];
  const idle = compiled.remarks.filter(({ reason }) => reason.startsWith('cannot fire here')).length;
  const shown = placed(refused.slice(0, 5), read).map((problem) => `  ${problemPlace(problem)}: ${problem.reason}`);
  const more =
    refused.length > shown.length
      ? [`  and ${refused.length - shown.length} more: porchlight rules list --state broken`]
      : [];
  return [
    `${areOr(compiled.rules.length)} understood, ${idle} of them cannot fire here; ${areOr(refused.length)} refused.`,
    ...shown,
    ...more,
  ];
}

export async function removeRules(context: Context, values: Values, words: readonly string[]): Promise<number> {
  const name = one(words, 'remove: name one installed set');
  const { config, folder } = readSettings(context, values);
  const { sets } = rulePlaces(config.rules, folder);
  if (!removeSet(sets, name)) {
    const names = installedSets(sets).map((set) => set.name);
    const known = names.length === 0 ? 'no set is installed' : `installed: ${names.join(', ')}`;
    throw new CodedError('USAGE', `porchlight rules remove: there is no set "${name}"; ${known}`);
  }
  context.out(`Removed ${name}.\n${await tellServer(context, values)}\n`);
  return 0;
}

const MB = 1_000_000;

/** One line that counts up, for a terminal; silence for a file. */
function meter({ isTerminal, err }: Context) {
  let shown = -1;
  return {
    show(bytes: number, size: number | undefined): void {
      const tenths = Math.floor((bytes / MB) * 10);
      if (!isTerminal || tenths === shown) return;
      shown = tenths;
      err(`\r${(bytes / MB).toFixed(1)} MB${size === undefined ? '' : ` of ${(size / MB).toFixed(1)} MB`} `);
    },
    end(): void {
      if (shown >= 0) err('\n');
    },
  };
}
