/**
 * Rule documents → a detector. One bad rule never stops the others: it becomes a problem with file, line and reason, and so
 * does every correlation that refers to it.
 */
import type { RuleDocument, RuleInfo, RuleProblem } from '#contract';
import type { CorrelationLimits } from './correlate/correlation.ts';
import { network } from './correlate/network.ts';
import { plan } from './correlate/plan.ts';
import type { CorrelationMember, DetectionMember } from './correlate/references.ts';
import { type Detector, detector, type DetectionRule } from './detector.ts';
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

export const LIMITS: CorrelationLimits = {
  groups: 10_000,
  entries: 30_000,
  entriesPerGroup: 10_000,
  bytes: 32 * 1024 * 1024,
};

export interface Compiled {
  readonly detector: Detector;
  readonly rules: readonly RuleInfo[];
  readonly problems: readonly RuleProblem[];
  /** Rules that are loaded but not all of what they say has an effect here: they cannot fire, or a part of them is not used. */
  readonly remarks: readonly RuleProblem[];
  /** The windows of a fresh detector are whole again after the events that were received in the last two horizons. */
  readonly horizonSeconds: number;
}

interface DetectionPart extends DetectionMember {
  readonly rule: Omit<DetectionRule, 'links' | 'alerts'>;
}

type Part = DetectionPart | CorrelationMember;

/** What rules are read with: fields by log source, and the values of placeholders. */
interface Surroundings {
  readonly context: (source: LogSource) => ItemContext;
  readonly filters: readonly SaidFilter[];
  readonly placeholders: Placeholders;
}

interface SaidFilter extends Filter {
  readonly content: unknown;
}

function detectionPart(text: RuleText, { context, filters, placeholders }: Surroundings): DetectionPart {
  const source = logSource(text.content['logsource']);
  const within = context(source);
  const { expression, names } = detection(text.content['detection'], within);
  const counted = text.count === undefined ? undefined : names.get(text.count);
  if (text.count !== undefined && counted === undefined)
    throw new Refusal(`porchlight.count names ${shown(text.count)}, which detection does not have`);
  const rule = { source, id: text.face.id, name: text.name };
  const narrowing = filters.filter((one) => narrows(one, rule));
  const narrowed = narrowing.map((one) => one.expression(within));
  const { logsource, detection: section } = text.content;
  return {
    text,
    said: () => JSON.stringify([logsource, section, text.count, narrowing.map((one) => one.content), placeholders]),
    rule: {
      face: text.face,
      source,
      expression: join('and', [expression, ...narrowed]),
      counts: counted === undefined ? undefined : straight(counted),
    },
  };
}

function correlationPart(text: RuleText, limits: CorrelationLimits): CorrelationMember {
  if (text.count !== undefined) throw new Refusal('porchlight.count belongs to a detection, not to a correlation');
  const read = plan(text.content['correlation'], text.content['generate']);
  if (read.threshold > limits.entriesPerGroup)
    throw new Refusal(`condition is over the ${limits.entriesPerGroup} entries that a group may hold`);
  return { text, draft: read, said: () => JSON.stringify(text.content['correlation']) };
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
        at: error.at,
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
  placeholders: Placeholders,
  problems: Problems,
): Map<string, Part> {
  const context = contexts(placeholders);
  const { filters, rules } = sorted(documents, problems);
  const read = filters.map(({ document, content }) =>
    problems.attempt(document, () => ({ ...filter(content, context), content: content['filter'] })),
  );
  const surroundings = { context, filters: read.filter((one) => one !== undefined), placeholders };
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

const info = ({ text: { face, description, document, type } }: Part, alerts: boolean): RuleInfo => ({
  id: face.id,
  title: face.title,
  level: face.level,
  kind: face.kind,
  description,
  tags: [...face.tags],
  file: document.file,
  type,
  alerts,
});

/** `placeholders`: values for `%name%` in rules that say `expand`. */
export function compile(
  documents: readonly RuleDocument[],
  limits: CorrelationLimits = LIMITS,
  placeholders: Placeholders = {},
): Compiled {
  const problems = new Problems();
  const parts = readParts(documents, limits, placeholders, problems);
  const {
    usable: isUsable,
    speaks,
    links,
    ...rest
  } = network(parts, limits, (document, step) => problems.attempt(document, step));
  const usable = [...parts.values()].filter(isUsable);
  const detections = usable
    .filter((part) => 'rule' in part)
    .map((part): DetectionRule => ({ ...part.rule, alerts: speaks(part), links: links(part) }));
  return {
    detector: detector(detections, rest),
    rules: usable.map((part) => info(part, speaks(part))),
    problems: problems.list,
    remarks: usable.flatMap((part) => ('rule' in part ? remarks({ text: part.text, ...part.rule }) : [])),
    horizonSeconds: rest.horizonSeconds,
  };
}
