/** What a correlation reads of a match: the key of its group, and the value that is counted or computed with. */
import { hash } from 'node:crypto';
import { numberOf } from '../sigma/number.ts';
import type { Contribution } from './group.ts';
import type { Value } from './line.ts';
import type { PlacedField, Plan } from './plan.ts';

const MAX_VALUE = 256;

/** As a rule that was matched knows a field: what the match says, else its event. */
function lookUp(field: PlacedField, rule: number, { event, values, chained }: Contribution): unknown {
  const place = field.reads[rule];
  if (place === undefined) return undefined;
  return chained && Object.hasOwn(values, place.field) ? values[place.field] : place.read(event.event);
}

/** Undefined when the field is missing. */
function textAt(field: PlacedField, rule: number, contribution: Contribution): string | undefined {
  const found = lookUp(field, rule, contribution);
  if (typeof found === 'string') return found;
  return found === undefined || found === null ? undefined : String(found);
}

/** Undefined when one of the fields is missing. */
export function textsAt(
  fields: readonly PlacedField[],
  rule: number,
  contribution: Contribution,
): readonly string[] | undefined {
  const found: string[] = [];
  for (const field of fields) {
    const text = textAt(field, rule, contribution);
    if (text === undefined) return undefined;
    found.push(text);
  }
  return found;
}

/** Of several values, each says its length first. */
export function nameOf(values: readonly string[]): string {
  const [only = ''] = values;
  if (values.length === 1) return only;
  let name = '';
  for (const value of values) name += named(value);
  return name;
}

const named = (value: string): string => `${value.length}:${value}`;

/** The name of what `textsAt` finds, without a list of it: what is known already is found by its name. */
export function nameAt(fields: readonly PlacedField[], rule: number, contribution: Contribution): string | undefined {
  const [first] = fields;
  if (first !== undefined && fields.length === 1) return textAt(first, rule, contribution);
  let name = '';
  for (const field of fields) {
    const text = textAt(field, rule, contribution);
    if (text === undefined) return undefined;
    name += named(text);
  }
  return name;
}

/** A long one is told by its hash. */
const bounded = (text: string): string => (text.length > MAX_VALUE ? hash('sha256', text) : text);

function finite(found: unknown): number | undefined {
  const number = numberOf(found);
  return Number.isFinite(number) ? number : undefined;
}

export function valueOf({ fields, measure }: Plan, rule: number, contribution: Contribution): Value {
  const [first] = fields;
  if (first === undefined) return undefined;
  if (measure.kind !== 'distinct' && measure.kind !== 'share') return finite(lookUp(first, rule, contribution));
  // Several fields are one value together.
  const text = fields.length === 1 ? textAt(first, rule, contribution) : textsAt(fields, rule, contribution);
  if (text === undefined) return undefined;
  return bounded(typeof text === 'string' ? text : JSON.stringify(text));
}
