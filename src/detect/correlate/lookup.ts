/** What a correlation reads of a match: the key of its group, and the value that is counted or computed with. */
import { hash } from 'node:crypto';
import { numberOf } from '../sigma/number.ts';
import type { Contribution, Entry } from './group.ts';
import type { PlacedField, Plan } from './plan.ts';

const MAX_VALUE = 256;

/** As a rule that was matched knows a field: what the match says, else its event. */
function lookUp(field: PlacedField, rule: number, { event, values, chained }: Contribution): unknown {
  const place = field.reads[rule];
  if (place === undefined) return undefined;
  return chained && Object.hasOwn(values, place.field) ? values[place.field] : place.read(event.event);
}

/** Undefined when a field is missing. */
export function keyOf({ groupBy }: Plan, rule: number, contribution: Contribution): readonly string[] | undefined {
  const key: string[] = [];
  for (const field of groupBy) {
    const value = lookUp(field, rule, contribution);
    if (value === undefined || value === null) return undefined;
    key.push(String(value));
  }
  return key;
}

/** A key as one text: of several values, each says its length first. */
export function nameOf(key: readonly string[]): string {
  if (key.length === 1) return key[0] ?? '';
  let name = '';
  for (const value of key) name += `${value.length}:${value}`;
  return name;
}

/** A long one is told by its hash. */
const bounded = (text: string): string => (text.length > MAX_VALUE ? hash('sha256', text) : text);

/** Several fields are one value together. */
function textOf(fields: readonly PlacedField[], rule: number, contribution: Contribution): string | undefined {
  const found: string[] = [];
  for (const field of fields) {
    const value = lookUp(field, rule, contribution);
    if (value === undefined || value === null) return undefined;
    found.push(String(value));
  }
  return bounded(found.length === 1 ? (found[0] ?? '') : JSON.stringify(found));
}

function finite(found: unknown): number | undefined {
  const number = numberOf(found);
  return Number.isFinite(number) ? number : undefined;
}

export function valueOf({ fields, measure }: Plan, rule: number, contribution: Contribution): Entry['value'] {
  const [first] = fields;
  if (first === undefined) return undefined;
  if (measure.kind === 'distinct' || measure.kind === 'share') return textOf(fields, rule, contribution);
  return finite(lookUp(first, rule, contribution));
}
