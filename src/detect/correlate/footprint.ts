/** How much memory an event keeps alive, about: more rather than less. */
import type { Event, FieldValue } from '#contract';
import type { Contribution } from './group.ts';

/** Quarters of bytes. A record, a field of it, a text besides its letters; a letter beyond Latin-1 makes all of them two bytes wide. */
const RECORD = 4 * 160;
const FIELD = 4 * 24;
const TEXT = 4 * 16;
const LETTER = 5;

function ofValue(value: FieldValue | undefined): number {
  if (typeof value === 'string') return TEXT + LETTER * value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let quarters = TEXT;
  for (const one of value) quarters += FIELD + ofValue(one);
  return quarters;
}

/** Several rules match an event, and what correlations make of it is that event again: it is weighed by each, one after the other. */
let last: Event | undefined;
let lastBytes = 0;

function footprint(event: Event): number {
  if (last === event) return lastBytes;
  let quarters = RECORD;
  // Events inherit nothing, and the names of those of one kind are at hand: Object.keys would copy them.
  for (const field in event) quarters += FIELD + ofValue(event[field]);
  last = event;
  return (lastBytes = Math.ceil(quarters / 4));
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
