/**
 * Fields of a query that are probably slips. A field of somebody's own (`curl -d '{"shelf": 3}'`) is as good as any, so
 * whether a name is a slip is only settled by what is stored: the store asks for these when a query found nothing.
 */
import { isKnownField, suggestField } from './fields.ts';
import type { FieldTerm, Query } from './ast.ts';
import type { Pipe } from './pipe.ts';
import { badQuery } from './tokens.ts';

export function unknownFields(query: Query): FieldTerm[] {
  if (query.kind === 'and' || query.kind === 'or') return query.parts.flatMap(unknownFields);
  if (query.kind === 'not') return unknownFields(query.part);
  if (query.kind !== 'field' || isKnownField(query.name)) return [];
  // A dotted name that is near to none may well be right and its events yet to come: it finds nothing, that is all.
  return query.name.includes('.') && suggestField(query.name) === undefined ? [] : [query];
}

/** The same for what a table is made of; `q` has its names behind the last `|`. */
export function unknownColumns(pipe: Pipe, q: string): Pick<FieldTerm, 'name' | 'column'>[] {
  const fields = pipe.kind === 'count' ? pipe.fields : pipe.by === undefined ? [] : [pipe.by];
  return fields
    .filter((name) => !isKnownField(name) && suggestField(name) !== undefined)
    .map((name) => ({ name, column: q.lastIndexOf(name) + 1 }));
}

export function noSuchField({ name, column }: Pick<FieldTerm, 'name' | 'column'>): Error {
  const meant = suggestField(name);
  const advice = meant === undefined ? 'Put it in quotes to find the text itself' : `Did you mean ${meant}?`;
  return badQuery(column, `no event has a field ${name}. ${advice}`);
}
