/** A detection item (`field|modifier: values`) as an expression over atoms. Specification 2.1, "detection". */
import { unreachable } from '#lib/unreachable';
import { range } from './address.ts';
import { atom, type Expression, join, negation, type Question } from './expression.ts';
import type { Field, FieldMap } from './fields.ts';
import { type Comparison, modifiers, type Modifiers } from './modifiers.ts';
import { numberOf } from './number.ts';
import { foldPattern, placed } from './pattern.ts';
import type { Placeholders } from './placeholder.ts';
import { Refusal, shown } from './refusal.ts';
import { regex } from './regex/regex.ts';

export interface ItemContext {
  readonly fields: FieldMap;
  readonly placeholders: Placeholders;
}

const ANYWHERE = { before: true, after: true };

/** A value that is compared as text: what it becomes, any of which will do. */
function texts(value: unknown, how: Modifiers, keyword: boolean): readonly Question[] {
  if (typeof value === 'number' && !how.textOnly && !keyword && !how.cased) return [{ kind: 'number', value }];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw new Refusal(`a value is not text, number or truth: ${shown(value)}`);
  return how.texts(String(value)).map(({ parts }) => {
    const pattern = keyword ? placed(parts, ANYWHERE) : parts;
    return { kind: 'text', pattern: how.cased ? pattern : foldPattern(pattern), cased: how.cased };
  });
}

function orderQuestion(value: unknown, { order, part }: Extract<Comparison, { kind: 'order' }>): Question {
  const limit = numberOf(value);
  if (Number.isNaN(limit)) throw new Refusal(`${part ?? order} needs a number: ${shown(value)}`);
  return { kind: 'order', order, limit, part };
}

function reference(
  value: unknown,
  how: Modifiers,
  comparison: Extract<Comparison, { kind: 'field' }>,
  fields: FieldMap,
): Question {
  if (typeof value !== 'string' || value === '' || /[*?]/.test(value))
    throw new Refusal(`fieldref needs the name of a field: ${shown(value)}`);
  return { kind: 'field', other: fields(value), how: comparison.how, cased: how.cased };
}

function questions(value: unknown, how: Modifiers, keyword: boolean, { fields }: ItemContext): readonly Question[] {
  const { comparison } = how;
  switch (comparison.kind) {
    case 'text':
      if (value !== null) return texts(value, how, keyword);
      if (keyword || how.textOnly || how.cased) throw new Refusal('null stands alone, without a modifier');
      return [{ kind: 'null' }];
    case 'regex':
      return [{ kind: 'regex', regex: regex(value, comparison.flags) }];
    case 'range':
      return [{ kind: 'range', source: String(value), holds: range(value) }];
    case 'order':
      return [orderQuestion(value, comparison)];
    case 'field':
      return [reference(value, how, comparison, fields)];
    case 'exists':
      return existence(value);
    default:
      return unreachable(comparison);
  }
}

function existence(value: unknown): readonly Question[] {
  if (typeof value !== 'boolean') throw new Refusal('exists needs true or false');
  return [{ kind: 'exists' }];
}

function valueExpression(value: unknown, how: Modifiers, field: Field | undefined, context: ItemContext): Expression {
  const asked = questions(value, how, field === undefined, context).map((question) => atom(field, question));
  const any = join('or', asked);
  return how.comparison.kind === 'exists' && value === false ? negation(any) : any;
}

const NEEDS_FIELD: readonly string[] = ['exists', 'field', 'order'];

/** `key` is `field|modifier|…`, with an empty field for keywords; `given` is one value or a list. Throws a Refusal. */
export function item(key: string, given: unknown, context: ItemContext): Expression {
  const [name = '', ...names] = key.split('|').map((word) => word.trim());
  const how = modifiers(names, context.placeholders);
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (values.length === 0) throw new Refusal(`${shown(key)} has no values`);
  if (name === '' && NEEDS_FIELD.includes(how.comparison.kind)) throw new Refusal(`${shown(key)} needs a field`);
  if (how.comparison.kind === 'exists' && values.length > 1) throw new Refusal('exists needs true or false');
  const field = name === '' ? undefined : context.fields(name);
  const found = join(
    how.all ? 'and' : 'or',
    values.map((value) => valueExpression(value, how, field, context)),
  );
  return how.negated ? negation(found) : found;
}
