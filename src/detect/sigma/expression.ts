/**
 * What a rule says, once its YAML is read: and, or, not over atoms. An atom asks one thing of one field. Equal atoms of
 * different rules have the same key, so that an event is asked only once.
 */
import type { FieldValue, Scalar } from '#contract';
import type { Field } from './fields.ts';
import { fold } from './fold.ts';
import { momentPart, type MomentPart } from './moment.ts';
import { numberOf, type Order, ORDERS } from './number.ts';
import { type Pattern, textTest } from './pattern.ts';
import type { Regex } from './regex/regex.ts';
import { unreachable } from '#lib/unreachable';

export type FieldComparison = 'equals' | 'contains' | 'startswith' | 'endswith';

/** `keyword` looks at every value of the event; the rest at one field. */
export type Question =
  | { readonly kind: 'text'; readonly pattern: Pattern; readonly cased: boolean }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'order'; readonly order: Order; readonly limit: number; readonly part: MomentPart | undefined }
  | { readonly kind: 'regex'; readonly regex: Regex }
  | { readonly kind: 'range'; readonly source: string; readonly holds: (text: string) => boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'field'; readonly other: Field; readonly how: FieldComparison; readonly cased: boolean };

export interface Atom {
  readonly kind: 'atom';
  /** undefined: a keyword. */
  readonly field: Field | undefined;
  readonly question: Question;
}

export type Expression =
  | Atom
  | { readonly kind: 'and' | 'or'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression };

function questionKey(question: Question): string {
  switch (question.kind) {
    case 'text':
      return `${question.cased ? 'T' : 't'}${question.pattern.join('\u0000')}`;
    case 'number':
      return `n${question.value}`;
    case 'order':
      return `o${question.order} ${question.part ?? ''} ${question.limit}`;
    case 'regex':
      return `r${question.regex.key}`;
    case 'range':
      return `c${question.source}`;
    case 'field':
      return `f${question.how} ${question.cased} ${question.other.name}`;
    case 'null':
    case 'exists':
      return question.kind;
    default:
      return unreachable(question);
  }
}

/** The same for atoms that ask the same. */
export const keyOf = ({ field, question }: Atom): string => `${field?.name ?? ''}\u0000${questionKey(question)}`;

export const atom = (field: Field | undefined, question: Question): Atom => ({ kind: 'atom', field, question });

export function join(kind: 'and' | 'or', of: readonly Expression[]): Expression {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind, of };
}

export const negation = (of: Expression): Expression => (of.kind === 'not' ? of.of : { kind: 'not', of });

/** A value of an event as text; `folded` is the same without case, made once for all who ask. */
export type ScalarTest = (value: Scalar, folded: string) => boolean;

const asText = (value: Scalar): string => (typeof value === 'string' ? value : String(value));

/** What a question asks of one value that is there and not null. For `null`, `exists` and `field` there is no such test. */
export function scalarTest(question: Question): ScalarTest {
  switch (question.kind) {
    case 'text': {
      const fits = textTest(question.pattern);
      if (question.cased) return (value) => fits(asText(value));
      const [first = ''] = question.pattern;
      const number = question.pattern.length === 1 ? numberOf(first) : Number.NaN;
      return Number.isNaN(number) ? (_, folded) => fits(folded) : (value, folded) => fits(folded) || value === number;
    }
    case 'number':
      return (value) => numberOf(value) === question.value;
    case 'order': {
      const compare = ORDERS[question.order];
      const { part, limit } = question;
      return part === undefined
        ? (value) => compare(numberOf(value), limit)
        : (value) => compare(momentPart(part, value), limit);
    }
    case 'regex':
      return (value) => question.regex.test(asText(value));
    case 'range':
      return (value) => typeof value === 'string' && question.holds(value);
    case 'null':
    case 'exists':
    case 'field':
      return () => false;
    default:
      return unreachable(question);
  }
}

const COMPARE: Readonly<Record<FieldComparison, (left: string, right: string) => boolean>> = {
  equals: (left, right) => left === right,
  contains: (left, right) => left.includes(right),
  startswith: (left, right) => left.startsWith(right),
  endswith: (left, right) => left.endsWith(right),
};

const scalars = (value: FieldValue | undefined): readonly Scalar[] =>
  value === undefined || value === null ? [] : typeof value === 'object' ? value : [value];

/** Two fields compared: both must be there. Some value of one with some value of the other. */
export function fieldsCompare(
  left: FieldValue | undefined,
  right: FieldValue | undefined,
  { how, cased }: Extract<Question, { kind: 'field' }>,
): boolean {
  const text = (value: Scalar): string => (cased ? asText(value) : fold(asText(value)));
  return scalars(left).some(
    (one) => one !== null && scalars(right).some((other) => other !== null && COMPARE[how](text(one), text(other))),
  );
}
