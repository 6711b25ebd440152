/**
 * Rule documents → a detector. One bad rule never stops the others: it becomes a problem with file, line and reason, and so
 * does every correlation that refers to it.
 */
import type { RuleDocument, RuleInfo, RuleProblem } from '#contract';
import { Correlation, type CorrelationLimits, type Drop, patienceOf } from './correlate/correlation.ts';
import { type Plan, plan } from './correlate/plan.ts';
import { type Detector, detector, type DetectionRule, type Link } from './detector.ts';
import { logSource, type LogSource } from './logsource.ts';
import { remarks } from './remarks.ts';
import { readDocument, readRule, type RuleText, titleOf } from './rule.ts';
import { detection } from './sigma/detection.ts';
import { type Field, fieldMap } from './sigma/fields.ts';
import { filter, type Filter, narrows } from './sigma/filter.ts';
import type { ItemContext } from './sigma/item.ts';
import type { Placeholders } from './sigma/placeholder.ts';
import { straight } from './sigma/straight.ts';
import { join } from './sigma/expression.ts';
import { Refusal, shown } from './sigma/refusal.ts';
import type { Mapping } from './sigma/yaml-value.ts';

const LIMITS: CorrelationLimits = { groups: 10_000, entries: 30_000, entriesPerGroup: 10_000 };

export interface Compiled {
  readonly detector: Detector;
  readonly rules: readonly RuleInfo[];
  readonly problems: readonly RuleProblem[];
  /** Rules that are loaded but not all of what they say has an effect here: they cannot fire, or a part of them is not used. */
  readonly remarks: readonly RuleProblem[];
  /** The windows of a fresh detector are whole again after the events that were received in the last two horizons. */
  readonly horizonSeconds: number;
}

interface DetectionPart {
  readonly text: RuleText;
  readonly rule: Omit<DetectionRule, 'links' | 'alerts'>;
}

interface CorrelationPart {
  readonly text: RuleText;
  readonly plan: Plan;
}

type Part = DetectionPart | CorrelationPart;

/** What rules are read with: fields by log source, and the values of placeholders. */
interface Surroundings {
  readonly context: (source: LogSource) => ItemContext;
  readonly filters: readonly Filter[];
}

function detectionPart(text: RuleText, { context, filters }: Surroundings): DetectionPart {
  const source = logSource(text.content['logsource']);
  const within = context(source);
  const { expression, names } = detection(text.content['detection'], within);
  const counted = text.count === undefined ? undefined : names.get(text.count);
  if (text.count !== undefined && counted === undefined)
    throw new Refusal(`porchlight.count names ${shown(text.count)}, which detection does not have`);
  const rule = { source, id: text.face.id, name: text.name };
  const narrowed = filters.filter((one) => narrows(one, rule)).map((one) => one.expression(within));
  return {
    text,
    rule: {
      face: text.face,
      source,
      expression: join('and', [expression, ...narrowed]),
      counts: counted === undefined ? undefined : straight(counted),
    },
  };
}

function correlationPart(text: RuleText, limits: CorrelationLimits): CorrelationPart {
  if (text.count !== undefined) throw new Refusal('porchlight.count belongs to a detection, not to a correlation');
  const read = plan(text.content['correlation'], text.content['generate']);
  if (read.threshold > limits.entriesPerGroup)
    throw new Refusal(`condition is over the ${limits.entriesPerGroup} entries that a group may hold`);
  return { text, plan: read };
}

/** Collects refusals; the result of a refused step is undefined. */
class Problems {
  readonly list: RuleProblem[] = [];

  attempt<T>(document: RuleDocument, step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.list.push({
        file: document.file,
        line: document.line,
        title: titleOf(document.content),
        reason: error.message,
      });
      return undefined;
    }
  }
}

const contexts = (placeholders: Placeholders): Surroundings['context'] => {
  const fields = new Map<string, Field>();
  const known = new Map<string, ItemContext>();
  return (source) => {
    const key = JSON.stringify(source);
    const context = known.get(key) ?? { fields: fieldMap(source, fields), placeholders };
    known.set(key, context);
    return context;
  };
};

interface Readable {
  readonly document: RuleDocument;
  readonly content: Mapping;
}

/** Every document that can be read at all; filters apart, because the others need them. */
function sorted(documents: readonly RuleDocument[], problems: Problems): { filters: Readable[]; rules: Readable[] } {
  const filters: Readable[] = [];
  const rules: Readable[] = [];
  for (const document of documents) {
    const content = problems.attempt(document, () => readDocument(document));
    if (content !== undefined) ('filter' in content ? filters : rules).push({ document, content });
  }
  return { filters, rules };
}

function readParts(
  documents: readonly RuleDocument[],
  limits: CorrelationLimits,
  context: Surroundings['context'],
  problems: Problems,
): Map<string, Part> {
  const { filters, rules } = sorted(documents, problems);
  const read = filters.map(({ document, content }) => problems.attempt(document, () => filter(content, context)));
  const surroundings = { context, filters: read.filter((one) => one !== undefined) };
  const parts = new Map<string, Part>();
  for (const { document, content } of rules) {
    problems.attempt(document, () => {
      const text = readRule(document, content);
      const twin = parts.get(text.face.id);
      if (twin !== undefined)
        throw new Refusal(`id ${shown(text.face.id)} is already used in ${twin.text.document.file}`);
      parts.set(
        text.face.id,
        text.type === 'detection' ? detectionPart(text, surroundings) : correlationPart(text, limits),
      );
    });
  }
  return parts;
}

/** Rules by id and by name. A name that two rules share stands for neither. */
function directory(parts: ReadonlyMap<string, Part>): ReadonlyMap<string, Part> {
  const found = new Map<string, Part>(parts);
  const names = Map.groupBy(parts.values(), (part) => part.text.name);
  for (const [name, [part, twin]] of names)
    if (name !== undefined && part !== undefined && twin === undefined && !parts.has(name)) found.set(name, part);
  return found;
}

interface Resolved {
  readonly part: CorrelationPart;
  readonly children: readonly Part[];
}

/** Correlations whose rules can all be found, each after the ones it refers to. */
function resolve(parts: ReadonlyMap<string, Part>, problems: Problems): readonly Resolved[] {
  const known = directory(parts);
  const done = new Map<Part, Resolved | undefined>();
  const open = new Set<Part>();
  function visit(part: CorrelationPart): Resolved | undefined {
    if (open.has(part)) throw new Refusal('the correlation refers to itself, directly or through others');
    if (done.has(part)) return done.get(part);
    open.add(part);
    const resolved = problems.attempt(part.text.document, () => {
      const children = part.plan.rules.map((reference) => {
        const child = known.get(reference);
        if (child === undefined)
          throw new Refusal(`refers to rule ${shown(reference)}, which does not exist or was refused`);
        if ('plan' in child && visit(child) === undefined)
          throw new Refusal(`refers to rule ${shown(reference)}, which was refused`);
        return child;
      });
      return { part, children };
    });
    open.delete(part);
    done.set(part, resolved);
    return resolved;
  }
  for (const part of parts.values()) if ('plan' in part) problems.attempt(part.text.document, () => visit(part));
  return [...done.values()].filter((resolved) => resolved !== undefined);
}

/**
 * A rule that correlations refer to alerts by itself only when one of them says `generate`: then somebody wants to see it,
 * and a rule that a user adds cannot silence one of ours that does.
 */
function speaks(part: Part, resolved: readonly Resolved[]): boolean {
  const referrers = resolved.filter(({ children }) => children.includes(part));
  return part.text.alerts && (referrers.length === 0 || referrers.some(({ part: referrer }) => referrer.plan.generate));
}

/** How far back a window and its report marks reach: its own patience twice, and that of whatever feeds it. */
function reach({ part, children }: Resolved, reaches: ReadonlyMap<Part, number>): number {
  return 2 * patienceOf(part.plan) + Math.max(0, ...children.map((child) => reaches.get(child) ?? 0));
}

const info = ({ text: { face, description, document, type } }: Part): RuleInfo => ({
  id: face.id,
  title: face.title,
  level: face.level,
  kind: face.kind,
  description,
  tags: [...face.tags],
  file: document.file,
  type,
});

/** `placeholders`: values for `%name%` in rules that say `expand`. */
export function compile(
  documents: readonly RuleDocument[],
  limits: CorrelationLimits = LIMITS,
  placeholders: Placeholders = {},
): Compiled {
  const problems = new Problems();
  const parts = readParts(documents, limits, contexts(placeholders), problems);
  const resolved = resolve(parts, problems);
  const dropped = new Map<Drop, number>();
  const drop = (reason: Drop): void => void dropped.set(reason, (dropped.get(reason) ?? 0) + 1);

  const links = new Map<Part, Link[]>([...parts.values()].map((part) => [part, []]));
  const reaches = new Map<Part, number>();
  for (const found of resolved) {
    const { part, children } = found;
    reaches.set(part, reach(found, reaches));
    const correlation = new Correlation(part.text.face, part.plan, limits, drop);
    const next = links.get(part) ?? [];
    const alerts = speaks(part, resolved);
    children.forEach((child, rule) => links.get(child)?.push({ correlation, rule, alerts, next }));
  }

  const usable = [...parts.values()].filter((part) => !('plan' in part) || reaches.has(part));
  const detections = usable
    .filter((part) => 'rule' in part)
    .map((part): DetectionRule => ({ ...part.rule, alerts: speaks(part, resolved), links: links.get(part) ?? [] }));
  return {
    detector: detector(detections, () => Object.fromEntries(dropped)),
    rules: usable.map(info),
    problems: problems.list,
    remarks: usable.flatMap((part) => ('rule' in part ? remarks({ text: part.text, ...part.rule }) : [])),
    horizonSeconds: Math.ceil(Math.max(0, ...reaches.values()) / 2000),
  };
}
