/**
 * The `correlation` section, read: specification 2.1, "correlation rules", with what the draft of 2.2 and pySigma add
 * (conditions in words, `value_median`, `percentile`, months and years).
 */
import { reader } from '../sigma/field.ts';
import type { Read } from '../sigma/field.ts';
import { Refusal, shown } from '../sigma/refusal.ts';
import { isMapping, type Mapping, mapping, onlyKeys, text, texts } from '../sigma/yaml-value.ts';
import { comparison, type Comparison } from './comparison.ts';
import type { MeasureKind } from './measure.ts';
import { namedIn, type Term, termsOf } from './terms.ts';
import { type Timespan, timespan } from './timespan.ts';

const TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
] as const;
export type CorrelationType = (typeof TYPES)[number];

/** A field of a group: its name in the rule, and where the event of each referred rule keeps it. */
export interface PlacedField {
  readonly name: string;
  /** By the place of the referred rule in `rules`. */
  readonly reads: readonly { readonly field: string; readonly read: Read }[];
}

/** What must have happened for a temporal correlation. */
export type Temporal = readonly Term[] | 'counted';

export interface Plan {
  readonly type: CorrelationType;
  /** How many rules it refers to. */
  readonly rules: number;
  readonly groupBy: readonly PlacedField[];
  readonly timespan: Timespan;
  /** What is computed of `fields`. */
  readonly measure: MeasureKind;
  readonly fields: readonly PlacedField[];
  /** Does this count or value satisfy the condition? */
  readonly holds: (value: number) => boolean;
  /** Only for temporal types. */
  readonly temporal: Temporal | undefined;
}

/** A section that was read; what its rules are called is not known yet. */
export interface Draft {
  /** Ids or names of the rules it refers to. */
  readonly rules: readonly string[];
  readonly timespan: Timespan;
  /** The rules it refers to also alert on their own. */
  readonly generate: boolean;
  /** The largest number of events that the condition speaks of. */
  readonly threshold: number;
  /** `names`: what each of the rules may be called. Throws a Refusal with the reason. */
  bind(names: readonly (readonly string[])[]): Plan;
}

const KEYS = ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate'];
const MAX_RULES = 64;

const isTemporal = (type: CorrelationType): boolean => type === 'temporal' || type === 'temporal_ordered';

function typeOf(given: Mapping): CorrelationType {
  const type = TYPES.find((known) => known === given['type']);
  if (type === undefined)
    throw new Refusal(`unknown correlation type ${shown(given['type'])}; known: ${TYPES.join(', ')}`);
  return type;
}

function rulesOf(given: Mapping, type: CorrelationType): readonly string[] {
  const { rules, condition } = given;
  const named = rules === undefined && isTemporal(type) && typeof condition === 'string' ? namedIn(condition) : rules;
  if (named === undefined) throw new Refusal('correlation.rules is missing: it names the rules that are correlated');
  const list = texts(named, 'correlation.rules');
  if (list.length === 0 || list.length > MAX_RULES)
    throw new Refusal(`correlation.rules names 1 to ${MAX_RULES} rules`);
  return list;
}

interface Condition extends Comparison {
  readonly measure: MeasureKind;
  readonly fields: readonly string[];
  readonly temporal: ((names: readonly (readonly string[])[]) => Temporal) | undefined;
}

function temporalCondition(given: unknown, rules: number): Condition {
  const common = { measure: { kind: 'none' }, fields: [] } as const;
  if (typeof given === 'string') {
    return { ...common, holds: () => true, threshold: rules, temporal: (names) => termsOf(given, names) };
  }
  const all: Term = { present: Array.from({ length: rules }, (_, at) => at), absent: [] };
  if (given === undefined) return { ...common, holds: () => true, threshold: rules, temporal: () => [all] };
  const numbers = mapping(given, 'condition');
  if ('field' in numbers) throw new Refusal('condition.field belongs to value_count and the other value types');
  return { ...common, ...comparison(numbers, rules), temporal: () => 'counted' };
}

function measureOf(type: CorrelationType, percentile: unknown): MeasureKind {
  if (percentile !== undefined && type !== 'value_percentile')
    throw new Refusal(`condition.percentile belongs to value_percentile, not to ${type}`);
  switch (type) {
    case 'value_count':
      return { kind: 'distinct' };
    case 'value_sum':
      return { kind: 'sum' };
    case 'value_avg':
      return { kind: 'average' };
    case 'value_median':
      return { kind: 'percentile', percentile: 50 };
    case 'value_percentile':
      if (percentile === undefined) return { kind: 'share' };
      if (typeof percentile !== 'number' || !(percentile >= 0 && percentile <= 100))
        throw new Refusal(`condition.percentile is a number from 0 to 100: ${shown(percentile)}`);
      return { kind: 'percentile', percentile };
    default:
      return { kind: 'none' };
  }
}

function fieldsOf(type: CorrelationType, field: unknown): readonly string[] {
  if (type === 'event_count') {
    if (field !== undefined) throw new Refusal('condition.field belongs to value_count and the other value types');
    return [];
  }
  if (field === undefined) throw new Refusal(`${type} needs condition.field, the field whose values are looked at`);
  const fields = texts(field, 'condition.field');
  if (fields.length === 0 || (fields.length > 1 && type !== 'value_count'))
    throw new Refusal(`condition.field of ${type} names one field`);
  return fields;
}

function conditionOf(type: CorrelationType, given: unknown, rules: number): Condition {
  if (isTemporal(type)) return temporalCondition(given, rules);
  if (given === undefined) throw new Refusal(`condition is missing: ${type} compares with it`);
  if (typeof given === 'string')
    throw new Refusal(`a condition in words belongs to temporal and temporal_ordered, not to ${type}`);
  const { field, percentile, ...numbers } = mapping(given, 'condition');
  const fields = fieldsOf(type, field);
  const measure = measureOf(type, percentile);
  const counts = type === 'event_count' || type === 'value_count';
  const { holds, threshold } = comparison(numbers, counts ? Infinity : undefined);
  return { measure, fields, holds, threshold: counts ? threshold : 0, temporal: undefined };
}

type Aliases = ReadonlyMap<string, Mapping>;

function aliasesOf(given: unknown): Aliases {
  if (given === undefined) return new Map();
  return new Map(
    Object.entries(mapping(given, 'aliases')).map(([name, alias]) => {
      if (!isMapping(alias)) throw new Refusal(`alias ${shown(name)} is not a mapping of rules to fields`);
      return [name, alias];
    }),
  );
}

/** Where each rule keeps a field: under its own name, or under the one that an alias says. */
function place(name: string, aliases: Aliases, names: readonly (readonly string[])[]): PlacedField {
  const alias = aliases.get(name);
  const fields = names.map((rule) => {
    if (alias === undefined) return name;
    const said = rule.find((called) => Object.hasOwn(alias, called));
    if (said === undefined) throw new Refusal(`alias ${shown(name)} for rule ${shown(rule[0])} is missing`);
    return text(alias[said], `alias ${shown(name)} for rule ${shown(said)}`);
  });
  return { name, reads: fields.map((field) => ({ field, read: reader(field) })) };
}

function checkAliases(aliases: Aliases, names: readonly (readonly string[])[]): void {
  for (const [name, alias] of aliases) {
    const stranger = Object.keys(alias).find((rule) => !names.some((called) => called.includes(rule)));
    if (stranger !== undefined)
      throw new Refusal(`alias ${shown(name)} names ${shown(stranger)}, which is not among the rules`);
  }
}

function checkRules(rules: readonly string[], names: readonly (readonly string[])[]): void {
  const twin = names.findIndex((called, at) => names.findIndex((other) => other.at(-1) === called.at(-1)) !== at);
  if (twin !== -1) throw new Refusal(`correlation.rules names ${shown(rules[twin])} twice`);
}

/** Throws a Refusal with the reason. */
export function plan(section: unknown, topGenerate: unknown): Draft {
  const given = mapping(section, 'correlation');
  onlyKeys(given, KEYS, 'correlation');
  const type = typeOf(given);
  const rules = rulesOf(given, type);
  const generate = given['generate'] ?? topGenerate ?? false;
  if (typeof generate !== 'boolean') throw new Refusal(`generate is not true or false: ${shown(generate)}`);
  const span = timespan(given['timespan']);
  const { temporal, fields, threshold, ...condition } = conditionOf(type, given['condition'], rules.length);
  const groupBy = given['group-by'] === undefined ? [] : texts(given['group-by'], 'group-by');
  const aliases = aliasesOf(given['aliases']);
  return {
    rules,
    timespan: span,
    generate,
    threshold,
    bind(names) {
      checkRules(rules, names);
      const groups = groupBy.map((name) => place(name, aliases, names));
      const values = fields.map((name) => place(name, aliases, names));
      checkAliases(aliases, names);
      return {
        ...condition,
        type,
        rules: rules.length,
        timespan: span,
        groupBy: groups,
        fields: values,
        temporal: temporal?.(names),
      };
    },
  };
}
