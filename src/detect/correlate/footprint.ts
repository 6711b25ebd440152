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

function footprint(event: Event): number {
  let bytes = RECORD;
  for (const field of Object.keys(event)) bytes += FIELD + ofValue(event[field]);
  return Math.ceil(bytes);
}

/** What a contribution keeps alive: worked out once, however many windows keep it. */
export function weigh(contribution: Contribution): number {
  const { bytes, event, evidence } = contribution;
  if (bytes !== undefined) return bytes;
  const found = evidence?.reduce((sum, each) => sum + footprint(each.event), 0) ?? footprint(event.event);
  contribution.bytes = found;
  return found;
}
