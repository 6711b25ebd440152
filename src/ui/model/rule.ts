/** Detection rules in words, and which of them somebody looks for. */
import { type ListedRule, levelRank, type RuleProblem } from '#contract';
import { capital, numberWord, thousands } from './text.ts';

/** What a list of rules is narrowed to; `idle` cuts across the others, `broken` are not rules yet. */
export const RULE_TABS = ['all', 'alerts', 'records', 'feeds', 'off', 'idle', 'broken'] as const;
export type RuleTab = (typeof RULE_TABS)[number];

export const RULE_TAB_WORDS: Record<RuleTab, string> = {
  all: 'All',
  alerts: 'Alert',
  records: 'Noted only',
  feeds: 'Feed others',
  off: 'Off',
  idle: 'Cannot fire here',
  broken: 'Broken',
};

const IDLE = 'cannot fire here';

/** Its log source cannot have what it needs. */
export const isIdle = ({ remarks }: Pick<ListedRule, 'remarks'>): boolean =>
  remarks.some((remark) => remark.startsWith(IDLE));

const inTab = (rule: ListedRule, tab: RuleTab): boolean =>
  tab === 'all' || (tab === 'idle' ? isIdle(rule) : rule.state === tab);

export const tabCounts = (rules: readonly ListedRule[], broken: number): Record<RuleTab, number> => {
  const count = (tab: RuleTab): number => rules.filter((rule) => inTab(rule, tab)).length;
  const counts = Object.fromEntries(RULE_TABS.map((tab) => [tab, count(tab)])) as Record<RuleTab, number>;
  return { ...counts, broken };
};

export interface RuleFilter {
  readonly tab: RuleTab;
  /** A product, '' for any. */
  readonly product: string;
  /** Words that title, id, tags, file and description contain, in any order. */
  readonly q: string;
}

/** What a rule watches, in a word. */
export const productOf = ({ product, category, service, type }: ListedRule): string =>
  product || category || service || (type === 'correlation' ? 'correlation' : 'any');

/** The commonest products, as many as there are. */
export function productsOf(rules: readonly ListedRule[], most: number): readonly string[] {
  return [...Map.groupBy(rules, productOf)]
    .toSorted(([one, left], [other, right]) => right.length - left.length || (one < other ? -1 : 1))
    .slice(0, most)
    .map(([product]) => product);
}

/** Worst first, then by title. */
export function selectRules(rules: readonly ListedRule[], { tab, product, q }: RuleFilter): readonly ListedRule[] {
  const words = q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return rules
    .filter((rule) => inTab(rule, tab) && (product === '' || productOf(rule) === product))
    .filter((rule) => {
      const text = [rule.title, rule.id, rule.set, rule.file, rule.description, ...rule.tags].join('\n').toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted((left, right) => levelRank(right.level) - levelRank(left.level) || (left.title < right.title ? -1 : 1));
}

export function selectProblems(problems: readonly RuleProblem[], q: string): readonly RuleProblem[] {
  const words = q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return problems.filter(({ file, title, reason }) => {
    const text = `${file}\n${title}\n${reason}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** `porchlight rules check` says the same. */
export const problemPlace = ({ file, line, column }: RuleProblem): string =>
  `${file}:${line}${column === undefined ? '' : `:${column}`}`;

/** What is true now: '3,096 rules raise alerts'. */
export function rulesSentence(rules: readonly ListedRule[]): string {
  const alerting = rules.filter(({ state }) => state === 'alerts').length;
  if (rules.length === 0) return 'No rule is loaded';
  if (alerting === 0) return 'No rule raises alerts';
  const number = alerting < 13 ? capital(numberWord(alerting)) : thousands(alerting);
  return `${number} ${alerting === 1 ? 'rule raises' : 'rules raise'} alerts`;
}

/** And the others. */
export function rulesRest(rules: readonly ListedRule[], broken: number): string {
  const counts = tabCounts(rules, broken);
  const parts = [
    counts.records === 0
      ? ''
      : `${thousands(counts.records)} ${counts.records === 1 ? 'is' : 'are'} noted on the event only`,
    counts.feeds === 0 ? '' : `${thousands(counts.feeds)} ${counts.feeds === 1 ? 'feeds' : 'feed'} others`,
    counts.off === 0 ? '' : `${thousands(counts.off)} ${counts.off === 1 ? 'is' : 'are'} off`,
    broken === 0 ? '' : `${thousands(broken)} ${broken === 1 ? 'is' : 'are'} broken and left out`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `${capital(parts.join(', '))}.`;
}

/** 'Alerts', 'Noted only', 'Off'; and why, where there is a why. */
export const stateWord = ({ state }: Pick<ListedRule, 'state'>): string =>
  state === 'alerts' ? 'Alerts' : RULE_TAB_WORDS[state];
