import { CodedError } from '#contract';
import { nearest } from '#lib/nearest';
import type { Command, Context, Values } from '../command.ts';
import { connectionOptions } from './connection.ts';

/** What one of the words after `rules` does; gives the exit code. */
export type RulesVerb = (context: Context, values: Values, words: readonly string[]) => Promise<number> | number;

/** Each is loaded when it is asked for. */
const VERBS: Readonly<Record<string, () => Promise<RulesVerb>>> = {
  list: async () => (await import('./rules-list.ts')).listRules,
  check: async () => (await import('./rules-check.ts')).checkRules,
  backtest: async () => (await import('./rules-backtest.ts')).backtestRule,
  test: async () => (await import('./rules-test.ts')).testRules,
  add: async () => (await import('./rules-sets.ts')).addRules,
  remove: async () => (await import('./rules-sets.ts')).removeRules,
  enable: async () => (await import('./rules-switch.ts')).enableRules,
  disable: async () => (await import('./rules-switch.ts')).disableRules,
  default: async () => (await import('./rules-switch.ts')).forgetRules,
};

export const rules: Command = {
  name: 'rules',
  summary: 'Detection rules: list, check and test them, add sets of them, switch them on and off.',
  args: 'list [WORD…]|check FILE…|test [FILE…]|backtest RULE…|add DIR|ZIP|URL|remove NAME|enable|disable|default RULE…',
  options: {
    json: { type: 'boolean', help: 'list, check, test: one JSON object a line. backtest: as JSON.' },
    product: { type: 'string', value: 'NAME', help: 'list: rules for this product, category or service only.' },
    level: { type: 'string', value: 'LEVEL', help: 'list: this level and higher.' },
    state: { type: 'string', value: 'STATE', help: 'list: alerts, records, feeds, off, idle or broken only.' },
    tag: { type: 'string', value: 'TAG', help: 'list: with this tag, such as attack.t1110.' },
    set: { type: 'string', value: 'NAME', help: 'list: of this set only; porchlight is our own.' },
    strict: { type: 'boolean', help: 'check: warnings count as errors.' },
    name: { type: 'string', value: 'NAME', help: 'add: what the set is called. Default: as its file.' },
    last: { type: 'string', value: 'TIME', help: 'backtest: how far back, 12h, 30d, 8w. Default: 30d.' },
    host: { type: 'string', value: 'NAME', help: 'backtest: events of this machine only.' },
    ...connectionOptions,
  },
  examples: [
    'porchlight rules list',
    'porchlight rules list --product windows --state idle',
    'porchlight rules check my-rules/',
    'porchlight rules backtest my-rule.yml --last 30d',
    'porchlight rules add sigma_core.zip',
    'porchlight rules disable 5f9a2b1c-3d4e-4f60-8a7b-9c0d1e2f3a4b',
  ],
  exits: {
    1: 'list, check: a rule was refused. test: a sample is not as it says. backtest: no rule could be tried',
    130: 'backtest: stopped; what was found so far was told',
  },
  async run(context, values, [verb = 'list', ...words]) {
    const load = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
    if (load !== undefined) return (await load())(context, values, words);
    const meant = nearest(verb, Object.keys(VERBS));
    const hint = meant === undefined ? `it is ${Object.keys(VERBS).join(', ')}` : `did you mean ${meant}?`;
    throw new CodedError('USAGE', `porchlight rules: there is no "${verb}"; ${hint}`);
  },
};
