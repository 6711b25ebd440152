/** What keywords are looked for in: every value of the event that the log said, not what we say of it. */
import type { Event, FieldValue } from '#contract';

const OURS = new Set([
  '@timestamp',
  'agent.id',
  'event.action',
  'event.category',
  'event.dataset',
  'event.ingested',
  'event.kind',
  'event.outcome',
  'event.type',
  'log.file.path',
]);

/** Log source labels say which rules apply, `porchlight.` is what we found out: a keyword `failure` means the log's own word. */
export const isSearched = (field: string): boolean =>
  !OURS.has(field) && !field.startsWith('labels.') && !field.startsWith('porchlight.');

export const keywordValues = (event: Event): readonly (FieldValue | undefined)[] =>
  Object.keys(event)
    .filter(isSearched)
    .map((field) => event[field]);
