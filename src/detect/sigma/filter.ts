/**
 * Filters: documents that narrow other people's rules ("Sigma filters specification"). As pySigma reads them, a rule with a
 * filter is `(its condition) and (the filter's condition)`, so a filter that takes something out says `not selection`.
 */
import { isWithin, logSource, type LogSource } from '../logsource.ts';
import { condition } from './condition.ts';
import { identifiers } from './detection.ts';
import type { Expression } from './expression.ts';
import type { ItemContext } from './item.ts';
import { Refusal } from './refusal.ts';
import { type Mapping, mapping, text, texts } from './yaml-value.ts';

export interface Filter {
  /** Ids or names of rules; undefined stands for all of the log source. */
  readonly rules: readonly string[] | undefined;
  readonly source: LogSource;
  /** In the field names of the rule that is narrowed. */
  readonly expression: (context: ItemContext) => Expression;
}

/** Throws a Refusal with the reason. */
export function filter(content: Mapping, check: (source: LogSource) => ItemContext): Filter {
  const section = mapping(content['filter'], 'filter');
  const given = section['rules'];
  if (given === undefined) throw new Refusal('filter.rules names no rules; `any` stands for all of the log source');
  const everything = given === 'any' || given === 'all' || (Array.isArray(given) && given.length === 0);
  const words = text(section['condition'], 'filter.condition');
  const expression = (context: ItemContext): Expression =>
    condition([words], identifiers(section, ['rules', 'condition'], context));
  const source = logSource(content['logsource']);
  // What is wrong with it is the filter's fault and not the rules'.
  expression(check(source));
  return { rules: everything ? undefined : texts(given, 'filter.rules'), source, expression };
}

export const narrows = (
  { rules, source }: Filter,
  rule: { readonly source: LogSource; readonly id: string; readonly name: string | undefined },
): boolean =>
  isWithin(rule.source, source) &&
  (rules === undefined || rules.includes(rule.id) || (rule.name !== undefined && rules.includes(rule.name)));
