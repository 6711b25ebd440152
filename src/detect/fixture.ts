/** Short ways to write rules and events in tests. */
import { type Event, type EventId, type FieldValue, newFields, type RuleDocument } from '#contract';
import type { Located } from './match.ts';

export function ruleDocument(content: Readonly<Record<string, unknown>>, line = 1): RuleDocument {
  return { file: 'test.yml', line, content };
}

/** A rule that matches events whose `event.action` is its name. */
export function baseRule(name: string, more: Readonly<Record<string, unknown>> = {}): RuleDocument {
  return ruleDocument({
    title: `Base ${name}`,
    name,
    logsource: { product: 'test' },
    detection: { selection: { 'event.action': name }, condition: 'selection' },
    ...more,
  });
}

export function correlationRule(
  name: string,
  correlation: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): RuleDocument {
  return ruleDocument({ title: `Correlation ${name}`, name, correlation, ...more });
}

/** `time` and `received` in ms; received when it happened, unless said. */
export function located(
  ordinal: number,
  fields: Readonly<Record<string, FieldValue>>,
  time: number,
  received = time,
): Located {
  const event: Event = Object.assign(
    newFields(),
    { '@timestamp': time, 'event.ingested': received, 'labels.product': 'test' },
    fields,
  );
  const id: EventId = `1-${ordinal}`;
  return { id, event };
}
