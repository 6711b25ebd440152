/** `porchlight rules enable`, `disable` and `default`: what somebody switches by hand, as on the page. */
import { CodedError, type ListedRule } from '#contract';
import { printable } from '#lib/printable';
import type { Context, Values } from '../command.ts';
import { openDataFolder } from '../data-folder.ts';
import { loadRules } from '../rules/load.ts';
import { rulePlaces } from '../rules/places.ts';
import { writeSwitch } from '../rules/switches.ts';
import type { RulesVerb } from './rules.ts';
import { tellServer } from './rules-server.ts';
import { readSettings } from './settings.ts';

type Position = 'on' | 'off' | undefined;

const DONE: Readonly<Record<'on' | 'off' | 'default', string>> = {
  on: 'is switched on',
  off: 'is switched off',
  default: 'is as the configuration says',
};

/** A rule by its id, or by its whole title where only one has it. */
function find(rules: readonly ListedRule[], word: string): ListedRule {
  const small = word.toLowerCase();
  const byId = rules.find(({ id }) => id.toLowerCase() === small);
  const [byTitle, twin] = rules.filter(({ title }) => title.toLowerCase() === small);
  const rule = byId ?? (twin === undefined ? byTitle : undefined);
  if (rule !== undefined) return rule;
  throw new CodedError(
    'USAGE',
    twin === undefined
      ? `there is no rule "${word}"; give its id or its whole title, as porchlight rules list --json says`
      : `${rules.filter(({ title }) => title.toLowerCase() === small).length} rules are called "${word}"; give an id`,
  );
}

const switchTo =
  (to: Position): RulesVerb =>
  async (context: Context, values: Values, words: readonly string[]) => {
    if (words.length === 0) throw new CodedError('USAGE', 'porchlight rules: name the rules, by id or title');
    const { config, folder } = readSettings(context, values);
    const places = rulePlaces(config.rules, folder);
    const { items } = loadRules(places).list;
    const chosen = words.map((word) => find(items, word));
    openDataFolder(folder);
    for (const { id, title } of chosen) {
      writeSwitch(places.switches, id, to);
      context.out(`${printable(`${title} ${DONE[to ?? 'default']}`)}.\n`);
    }
    context.out(`${await tellServer(context, values)}\n`);
    return 0;
  };

export const enableRules = switchTo('on');
export const disableRules = switchTo('off');
export const forgetRules = switchTo(undefined);
