/**
 * Which rules a hunt uses, chosen from their documents before anything is compiled.
 *
 * Correlations need the events of all files in the order of their times, so they and the rules that they are made of are apart: whoever looks
 * through pieces hands out what those rules match, and one correlator takes it.
 */
import { isLevel, type Level, levelRank, type RuleDocument } from '#contract';

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export interface Wanted {
  /** This level or higher. */
  readonly level: Level | undefined;
  /** Ids, names or titles. */
  readonly rules: readonly string[];
  /** `attack.t1059` is also `attack.t1059.001`. */
  readonly tags: readonly string[];
}

export interface Ruleset {
  /** For every piece: rules, and filters of rules. */
  readonly rules: readonly RuleDocument[];
  /** Correlations, and the rules and filters that they need; empty where there is none. */
  readonly correlations: readonly RuleDocument[];
  /** The ids of the rules that are in both. */
  readonly correlated: readonly string[];
  /** What was asked for; a rule that only a correlation needs is not, unless it was. */
  isWanted(face: { readonly id: string; readonly title: string }): boolean;
}

/** The id under which the engine knows a rule. */
export const idOf = ({ file, content }: RuleDocument): string => {
  const { id, name, title } = isTree(content) ? content : {};
  return textOf(id ?? name) || `${file}#${textOf(title)}`;
};

export function rulesetOf(documents: readonly RuleDocument[], wanted: Wanted): Ruleset {
  const filters = documents.filter(({ content }) => isTree(content) && content['filter'] !== undefined);
  const all = documents.filter((document) => !filters.includes(document));
  const chosen = new Set(all.filter((document) => isWanted(document, wanted)));
  const correlations = closed(all, [...chosen].filter(isCorrelation));
  const parts = all.filter((document) => correlations.has(document) && !isCorrelation(document));
  const rules = all.filter(
    (document) => !isCorrelation(document) && (chosen.has(document) || correlations.has(document)),
  );
  return {
    rules: [...rules, ...filters],
    correlations: correlations.size === 0 ? [] : [...correlations, ...filters],
    correlated: parts.map(idOf),
    isWanted: among([...chosen].map(idOf)),
  };
}

/** Holds on to the ids alone, and not to the rules. */
function among(ids: readonly string[]): Ruleset['isWanted'] {
  const known = new Set(ids);
  return ({ id }) => known.has(id);
}

const isCorrelation = ({ content }: RuleDocument): boolean => isTree(content) && content['correlation'] !== undefined;

function referencesOf({ content }: RuleDocument): readonly string[] {
  const correlation = isTree(content) ? content['correlation'] : undefined;
  const rules = isTree(correlation) ? correlation['rules'] : undefined;
  return (Array.isArray(rules) ? rules : [rules]).filter((rule) => typeof rule === 'string');
}

/** Correlations and all that they refer to, directly or through others. */
function closed(all: readonly RuleDocument[], correlations: readonly RuleDocument[]): ReadonlySet<RuleDocument> {
  const byName = new Map<string, RuleDocument[]>();
  for (const document of all) {
    const { id, name } = isTree(document.content) ? document.content : {};
    for (const key of new Set([textOf(id), textOf(name)]))
      if (key !== '') byName.set(key, [...(byName.get(key) ?? []), document]);
  }
  const found = new Set(correlations);
  // A set that grows while it is gone through.
  for (const document of found)
    for (const reference of referencesOf(document)) for (const part of byName.get(reference) ?? []) found.add(part);
  return found;
}

function isWanted({ content }: RuleDocument, { level, rules, tags }: Wanted): boolean {
  // What is no mapping is refused by the engine, which says why.
  if (!isTree(content)) return rules.length === 0 && tags.length === 0;
  const own = isLevel(content['level']) ? content['level'] : 'medium';
  if (level !== undefined && levelRank(own) < levelRank(level)) return false;
  if (rules.length > 0 && !rules.some((rule) => isNamed(content, rule.toLowerCase()))) return false;
  const has = Array.isArray(content['tags']) ? content['tags'].map((tag) => String(tag).toLowerCase()) : [];
  return tags.length === 0 || tags.some((tag) => has.some((one) => one === tag || one.startsWith(`${tag}.`)));
}

const isNamed = (content: Tree, name: string): boolean =>
  [content['id'], content['name'], content['title']].some((own) => textOf(own).toLowerCase() === name);
