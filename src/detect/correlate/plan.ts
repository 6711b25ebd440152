/** The `correlation` section, read: specification 2.1, "correlation rules". */
import { reader } from '../sigma/field.ts';
import type { Read } from '../sigma/field.ts';
import { Refusal, shown } from '../sigma/refusal.ts';
import { isMapping, type Mapping, mapping, onlyKeys, seconds, text, texts } from '../sigma/yaml-value.ts';

const TYPES = ['event_count', 'value_count', 'temporal', 'temporal_ordered'] as const;
export type CorrelationType = (typeof TYPES)[number];

/** A field of a group: its name in the rule, and where the event of each referred rule keeps it. */
export interface GroupField {
  readonly name: string;
  /** By the place of the referred rule in `rules`. */
  readonly reads: readonly { readonly field: string; readonly read: Read }[];
}

export interface Plan {
  readonly type: CorrelationType;
  /** Ids or names of the rules it refers to. */
  readonly rules: readonly string[];
  readonly groupBy: readonly GroupField[];
  /** ms */
  readonly timespan: number;
  /** Does this count satisfy the condition? */
  readonly holds: (count: number) => boolean;
  /** The field whose distinct values are counted. */
  readonly field: Read | undefined;
  /** The rules it refers to also alert on their own. */
  readonly generate: boolean;
  /** The largest number in the condition. */
  readonly threshold: number;
}

const COMPARISONS = {
  gt: (count: number, limit: number) => count > limit,
  gte: (count: number, limit: number) => count >= limit,
  lt: (count: number, limit: number) => count < limit,
  lte: (count: number, limit: number) => count <= limit,
  eq: (count: number, limit: number) => count === limit,
} as const;
type Comparison = keyof typeof COMPARISONS;
const isComparison = (key: string): key is Comparison => Object.hasOwn(COMPARISONS, key);

const KEYS = ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate'];
const MAX_RULES = 64;

function comparisons(condition: Mapping): Pick<Plan, 'holds' | 'threshold'> {
  const parts = Object.entries(condition).map(([key, limit]) => {
    if (!isComparison(key)) throw new Refusal(`unknown comparison ${shown(key)} in condition`);
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 0)
      throw new Refusal(`${key} needs a whole number: ${shown(limit)}`);
    return { limit, compare: COMPARISONS[key] };
  });
  if (parts.length === 0) throw new Refusal('condition compares with nothing');
  return {
    holds: (count) => parts.every(({ limit, compare }) => compare(count, limit)),
    threshold: Math.max(...parts.map(({ limit }) => limit)),
  };
}

function conditionOf(
  type: CorrelationType,
  given: unknown,
  rules: number,
): Pick<Plan, 'holds' | 'threshold' | 'field'> {
  if (given === undefined && type.startsWith('temporal')) {
    return { holds: (count) => count >= rules, threshold: rules, field: undefined };
  }
  if (type === 'temporal_ordered') throw new Refusal('temporal_ordered takes no condition: all of its rules, in order');
  const { field, ...rest } = mapping(given, 'condition');
  if ((field !== undefined) !== (type === 'value_count'))
    throw new Refusal('condition.field belongs to value_count, which needs it');
  return { ...comparisons(rest), field: field === undefined ? undefined : reader(text(field, 'condition.field')) };
}

function groups(given: unknown, aliases: unknown, rules: readonly string[]): readonly GroupField[] {
  const known = aliases === undefined ? {} : mapping(aliases, 'aliases');
  return (given === undefined ? [] : texts(given, 'group-by')).map((name) => {
    const alias = Object.hasOwn(known, name) ? known[name] : undefined;
    if (alias !== undefined && !isMapping(alias)) throw new Refusal(`alias ${shown(name)} is not a mapping`);
    const reads = rules.map((rule) => {
      const field = alias === undefined ? name : text(alias[rule], `alias ${shown(name)} for rule ${shown(rule)}`);
      return { field, read: reader(field) };
    });
    return { name, reads };
  });
}

/** Throws a Refusal with the reason. */
export function plan(section: unknown, topGenerate: unknown): Plan {
  const given = mapping(section, 'correlation');
  onlyKeys(given, KEYS, 'correlation');
  const type = TYPES.find((known) => known === given['type']);
  if (type === undefined)
    throw new Refusal(`unknown correlation type ${shown(given['type'])}; known: ${TYPES.join(', ')}`);
  const rules = texts(given['rules'], 'correlation.rules');
  if (rules.length === 0 || rules.length > MAX_RULES)
    throw new Refusal(`correlation.rules names 1 to ${MAX_RULES} rules`);
  const generate = given['generate'] ?? topGenerate ?? false;
  if (typeof generate !== 'boolean') throw new Refusal(`generate is not true or false: ${shown(generate)}`);
  return {
    type,
    rules,
    groupBy: groups(given['group-by'], given['aliases'], rules),
    timespan: seconds(given['timespan'], 'timespan') * 1000,
    generate,
    ...conditionOf(type, given['condition'], rules.length),
  };
}
