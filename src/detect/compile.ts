/**
 * Rule documents → a detector. One bad rule never stops the others: it becomes a problem with file, line and reason, and so
 * does every correlation that refers to it.
 */
import type { RuleDocument, RuleInfo, RuleProblem } from '#contract';
import { Correlation, type CorrelationLimits, type Drop, patienceOf } from './correlate/correlation.ts';
import { type Plan, plan } from './correlate/plan.ts';
import { type Detector, detector, type DetectionRule, type Link } from './detector.ts';
import { logSource } from './logsource.ts';
import { readRule, type RuleText, titleOf } from './rule.ts';
import { detection } from './sigma/detection.ts';
import { Refusal, shown } from './sigma/refusal.ts';

const LIMITS: CorrelationLimits = { groups: 10_000, entries: 30_000, entriesPerGroup: 10_000 };

export interface Compiled {
  readonly detector: Detector;
  readonly rules: readonly RuleInfo[];
  readonly problems: readonly RuleProblem[];
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

function detectionPart(text: RuleText): DetectionPart {
  const { test, names } = detection(text.content['detection']);
  const counts = text.count === undefined ? undefined : names.get(text.count);
  if (text.count !== undefined && counts === undefined)
    throw new Refusal(`porchlight.count names ${shown(text.count)}, which detection does not have`);
  return { text, rule: { face: text.face, source: logSource(text.content['logsource']), test, counts } };
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

function readParts(
  documents: readonly RuleDocument[],
  limits: CorrelationLimits,
  problems: Problems,
): Map<string, Part> {
  const parts = new Map<string, Part>();
  for (const document of documents) {
    problems.attempt(document, () => {
      const text = readRule(document);
      const twin = parts.get(text.face.id);
      if (twin !== undefined)
        throw new Refusal(`id ${shown(text.face.id)} is already used in ${twin.text.document.file}`);
      parts.set(text.face.id, text.type === 'detection' ? detectionPart(text) : correlationPart(text, limits));
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

export function compile(documents: readonly RuleDocument[], limits: CorrelationLimits = LIMITS): Compiled {
  const problems = new Problems();
  const parts = readParts(documents, limits, problems);
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
    horizonSeconds: Math.ceil(Math.max(0, ...reaches.values()) / 2000),
  };
}
