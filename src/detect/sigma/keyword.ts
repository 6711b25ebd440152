/** What keywords are looked for in: every value of the event but the marks we put on it ourselves. */
import type { Event, FieldValue } from '#contract';

const OURS = new Set(['@timestamp', 'event.ingested', 'agent.id', 'event.dataset']);

/** Log source labels say which rules apply, `porchlight.` is what we think of an event; neither is what it says. */
export const isSearched = (field: string): boolean =>
  !OURS.has(field) && !field.startsWith('labels.') && !field.startsWith('porchlight.');

export const keywordValues = (event: Event): readonly (FieldValue | undefined)[] =>
  Object.keys(event)
    .filter(isSearched)
    .map((field) => event[field]);
