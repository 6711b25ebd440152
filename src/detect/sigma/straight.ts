/**
 * An expression as a test over events, one atom after the other, nothing remembered. For what is asked rarely: which
 * identifier an event that already matched belongs to. Whole rule sets go through `engine/`.
 */
import type { Event, FieldValue, Scalar } from '#contract';
import { type Atom, type Expression, fieldsCompare, type ScalarTest, scalarTest } from './expression.ts';
import { fold } from './fold.ts';
import { keywordValues } from './keyword.ts';

export type EventTest = (event: Event) => boolean;

const one = (value: Scalar, test: ScalarTest): boolean =>
  value !== null && test(value, fold(typeof value === 'string' ? value : String(value)));

const some = (value: FieldValue | undefined, test: ScalarTest): boolean =>
  typeof value === 'object' && value !== null
    ? value.some((part) => one(part, test))
    : value !== undefined && one(value, test);

/** A missing field, a null, and an empty list are all null. */
export const isNull = (value: FieldValue | undefined): boolean =>
  value === undefined || value === null || (typeof value === 'object' && (value.length === 0 || value.includes(null)));

function atomTest({ field, question }: Atom): EventTest {
  const test = scalarTest(question);
  if (field === undefined) return (event) => keywordValues(event).some((value) => some(value, test));
  const { read } = field;
  if (question.kind === 'null') return (event) => isNull(read(event));
  if (question.kind === 'exists') return (event) => read(event) !== undefined;
  if (question.kind === 'field') return (event) => fieldsCompare(read(event), question.other.read(event), question);
  return (event) => some(read(event), test);
}

export function straight(expression: Expression): EventTest {
  if (expression.kind === 'atom') return atomTest(expression);
  if (expression.kind === 'not') {
    const test = straight(expression.of);
    return (event) => !test(event);
  }
  const tests = expression.of.map(straight);
  return expression.kind === 'and'
    ? (event) => tests.every((test) => test(event))
    : (event) => tests.some((test) => test(event));
}
