/** `porchlight rules list`: counts, or the rules themselves where something narrows them or somebody reads JSON. */
import {
  CodedError,
  isLevel,
  levelRank,
  type Level,
  type ListedRule,
  RULE_STATUSES,
  type RuleProblem,
} from '#contract';
import { printable, printableJson } from '#lib/printable';
import { isIdle, problemPlace } from '#ui/model';
import { type Context, text, type Values } from '../command.ts';
import { loadRules } from '../rules/load.ts';
import { rulePlaces } from '../rules/places.ts';
import { readSettings } from './settings.ts';

const STATES = ['alerts', 'records', 'feeds', 'off', 'idle', 'broken'] as const;
type State = (typeof STATES)[number];

interface Narrowing {
  readonly words: readonly string[];
  readonly product: string | undefined;
  readonly level: Level | undefined;
  readonly state: State | undefined;
  readonly tag: string | undefined;
  readonly set: string | undefined;
}

function narrowing(values: Values, words: readonly string[]): Narrowing {
  const [level, state] = [text(values, 'level'), text(values, 'state')];
  if (level !== undefined && !isLevel(level))
    throw new CodedError('USAGE', `--level ${level}: give informational, low, medium, high or critical`);
  const known = STATES.find((one) => one === state);
  if (state !== undefined && known === undefined)
    throw new CodedError('USAGE', `--state ${state}: give ${STATES.join(', ')}`);
  const small = (name: string): string | undefined => text(values, name)?.toLowerCase();
  return {
    words: words.map((word) => word.toLowerCase()),
    product: small('product'),
    level,
    state: known,
    tag: small('tag'),
    set: small('set'),
  };
}

const isNarrow = ({ words, ...rest }: Narrowing): boolean =>
  words.length > 0 || Object.values(rest).some((value) => value !== undefined);

function fits(rule: ListedRule, { words, product, level, state, tag, set }: Narrowing): boolean {
  const { id, title, file, tags } = rule;
  const said = `${title}\n${id}\n${file}`.toLowerCase();
  return (
    words.every((word) => said.includes(word)) &&
    (product === undefined || [rule.product, rule.category, rule.service].includes(product)) &&
    (level === undefined || levelRank(rule.level) >= levelRank(level)) &&
    (tag === undefined || tags.some((one) => one.toLowerCase() === tag || one.toLowerCase().startsWith(`${tag}.`))) &&
    (set === undefined || rule.set.toLowerCase() === set) &&
    (state === undefined || (state === 'idle' ? isIdle(rule) : rule.state === state))
  );
}

export function listRules(context: Context, values: Values, words: readonly string[]): number {
  const wanted = narrowing(values, words);
  const { config, folder } = readSettings(context, values);
  const { items, problems, remarks } = loadRules(rulePlaces(config.rules, folder)).list;
  const found = items.filter((rule) => fits(rule, wanted));
  if (values['json'] === true) for (const rule of found) context.out(`${printableJson(rule)}\n`);
  else if (wanted.state === 'broken') for (const problem of problems) context.out(`${problemLine(problem)}\n`);
  else if (isNarrow(wanted)) for (const rule of found) context.out(ruleLines(rule));
  else context.out(overview(items, problems));
  if (wanted.state !== 'broken' || values['json'] === true)
    for (const problem of problems) context.err(`refused: ${problemLine(problem)}\n`);
  for (const { file, title, reason } of remarks)
    if (title !== '' && reason.endsWith('fits no rule')) context.err(`${printable(`${file}: ${reason}`)}\n`);
  return problems.length > 0 ? 1 : 0;
}

const problemLine = (problem: RuleProblem): string => printable(`${problemPlace(problem)}: ${problem.reason}`);

function ruleLines(rule: ListedRule): string {
  const { level, title, file, state, reason, remarks } = rule;
  const notes = [...(state === 'alerts' || reason === '' ? [] : [reason]), ...remarks];
  const lines = [`${level.padEnd(13)}  ${title}  (${file})`, ...notes.map((note) => `${' '.repeat(15)}${note}`)];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

const COLUMNS = ['alert', 'noted', 'feed', 'off', 'idle'] as const;

function row(name: string, rules: readonly ListedRule[]): readonly string[] {
  const count = (state: ListedRule['state']): number => rules.filter((rule) => rule.state === state).length;
  const counts = [count('alerts'), count('records'), count('feeds'), count('off'), rules.filter(isIdle).length];
  return [name, String(rules.length), ...counts.map((number) => (number === 0 ? '·' : String(number)))];
}

/** Groups that a table shows; the smaller ones are put together. */
const MOST_GROUPS = 14;

function table(title: string, groups: readonly (readonly [string, readonly ListedRule[]])[]): string {
  const rest = groups.slice(MOST_GROUPS);
  const others = rest.length < 2 ? rest : ([[`${rest.length} others`, rest.flatMap(([, rules]) => rules)]] as const);
  const shown = [...groups.slice(0, MOST_GROUPS), ...others];
  const rows = [[title, 'rules', ...COLUMNS], ...shown.map(([name, rules]) => row(name, rules))];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) => cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((cells) => `${printable(cells.join('  '))}\n`)
    .join('');
}

const groupsOf = (rules: readonly ListedRule[], name: (rule: ListedRule) => string) =>
  [...Map.groupBy(rules, name)].toSorted(([, left], [, right]) => right.length - left.length);

/** By set, product, status and level; and what the columns mean. */
function overview(rules: readonly ListedRule[], problems: readonly RuleProblem[]): string {
  const levels = groupsOf(rules, ({ level }) => level).toSorted(
    ([left], [right]) => levelRank(right as Level) - levelRank(left as Level),
  );
  const rank = (status: string): number => RULE_STATUSES.findIndex((one) => one === status);
  const statuses = groupsOf(rules, ({ status }) => status ?? 'not said').toSorted(
    ([left], [right]) => rank(right) - rank(left),
  );
  return [
    table(
      'set',
      groupsOf(rules, ({ set }) => set),
    ),
    table(
      'product',
      groupsOf(rules, ({ product, category }) => product || category || 'correlation'),
    ),
    table('status', statuses),
    table('level', levels),
    `${rules.length} rules, ${problems.length} broken. alert: raises alerts. noted: is only written on the event. ` +
      'feed: only feeds correlations. idle: cannot fire here.\n' +
      'Each: porchlight rules list WORD, or --state idle, --product windows, --level high.\n',
  ].join('\n');
}
