/** How much memory an event keeps alive, about: more rather than less. */
import type { Event, FieldValue } from '#contract';
import type { Contribution } from './group.ts';

/** Bytes. A record, a field of it, a text besides its letters; a letter beyond Latin-1 makes all of them two bytes wide. */
const RECORD = 160;
const FIELD = 24;
const TEXT = 16;
const LETTER = 1.25;

function ofValue(value: FieldValue | undefined): number {
  if (typeof value === 'string') return TEXT + LETTER * value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return value.reduce<number>((sum, one) => sum + FIELD + ofValue(one), TEXT);
}

/** Several rules match an event, and what correlations make of it is that event again: it is weighed by each, one after the other. */
let last: { readonly event: Event; readonly bytes: number } | undefined;

function footprint(event: Event): number {
  if (last?.event === event) return last.bytes;
  let bytes = RECORD;
  for (const field of Object.keys(event)) bytes += FIELD + ofValue(event[field]);
  last = { event, bytes: Math.ceil(bytes) };
  return last.bytes;
}

/** What a contribution keeps alive: worked out once, however many windows keep it. */
export function weigh(contribution: Contribution): number {
  const { bytes, event, evidence } = contribution;
  if (bytes !== undefined) return bytes;
  let found = 0;
  if (evidence === undefined) found = footprint(event.event);
  else for (const each of evidence) found += footprint(each.event);
  contribution.bytes = found;
  return found;
}
