/**
 * The language of the search box, the terminal, the API and saved searches.
 *
 *   statement = query [ "|" pipe ]
 *   pipe   = "count" [ "by" field { "," field } ]
 *          | "top" [ NUMBER ] field          the commonest values
 *          | "histogram" DURATION [ "by" field ]
 *   query  = or                              nothing at all finds everything
 *   or     = and { "OR" and }
 *   and    = not { [ "AND" ] not }           words that stand side by side must all hold
 *   not    = ( "-" | "NOT" ) not | "(" or ")" | term
 *   term   = value                           in any field, anywhere in its value
 *          | field ":" value                 the whole value of that field; anywhere in it where the field is free text
 *          | field ":(" or ")"               values of that field, joined as usual: user.name:(root OR admin)
 *          | field ":*"                      the field has a value
 *          | field ":" order bound | field order bound
 *          | field ":" ( "[" | "{" ) bound "TO" bound ( "]" | "}" )     square: with the bound, curly: without
 *   value  = WORD | '"' text '"' | "/" regex "/"
 *   order  = ">" | ">=" | "<" | "<="
 *   bound  = number | address | time | "*"
 *   time   = "now" [ ( "+" | "-" ) DURATION ] | "-" DURATION | date [ "T" clock ] [ zone ]
 *   field  = NAME | '"' text '"'
 *
 * In a word `*` stands for anything; in quotes only \" and \\ are special. Case never matters in values, nor in expressions
 * unless they say (?-i). An expression is RE2's, found anywhere in a value, and takes linear time. A list matches by any of its
 * elements; null is no value. `field:10.0.0.0/8` and an IPv6 address are compared as addresses. What looks like a field but is
 * a link, a MAC or IPv6 address or a drive letter is a word; so is a path, which has a `/` inside; so is `|` inside a word.
 * A day stands for all of it: `@timestamp:2026-03-14`. A time without a zone is in this machine's.
 * Every error names the column (from 1) in the text.
 */
import type { Query } from './ast.ts';
import { type Pipe, readPipe } from './pipe.ts';
import { badQuery, tokenize, type Token } from './tokens.ts';
import { fieldTest, wordTest } from './value.ts';

export interface Statement {
  readonly query: Query;
  /** What is to be made of the events that are found; undefined: they are listed. */
  readonly pipe: (Pipe & { readonly column: number }) | undefined;
}

const MAX_LENGTH = 2000;
const MAX_DEPTH = 64;

/** A query that finds events. `now`: ms, what relative times refer to. Throws CodedError BAD_QUERY. */
export function parseQuery(text: string, now = Date.now()): Query {
  const { query, pipe } = parseStatement(text, now);
  if (pipe !== undefined) throw badQuery(pipe.column, 'a table is made here, where a list of events is wanted');
  return query;
}

/** Throws CodedError BAD_QUERY. */
export function parseStatement(text: string, now = Date.now()): Statement {
  if (text.length > MAX_LENGTH) throw badQuery(MAX_LENGTH + 1, `the query is longer than ${MAX_LENGTH} characters`);
  const { tokens, pipeAt } = tokenize(text);
  const pipe = pipeAt === undefined ? undefined : { ...readPipe(text, pipeAt + 1), column: pipeAt + 1 };
  if (tokens.length === 0) return { query: { kind: 'all' }, pipe };
  const reader: Reader = { tokens, at: 0, end: (pipeAt ?? text.length) + 1, now };
  const query = readOr(reader, 0, undefined);
  const rest = tokens[reader.at];
  if (rest !== undefined) throw badQuery(rest.column, 'this parenthesis closes nothing');
  return { query, pipe };
}

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
  readonly end: number;
  readonly now: number;
}

interface Field {
  readonly name: string;
  readonly column: number;
}

/** `field`: whose values are read, inside `field:( … )`. */
function readOr(reader: Reader, depth: number, field: Field | undefined): Query {
  const parts = [readAnd(reader, depth, field)];
  while (reader.tokens[reader.at]?.kind === 'OR') {
    reader.at++;
    parts.push(readAnd(reader, depth, field));
  }
  return joined('or', parts);
}

function readAnd(reader: Reader, depth: number, field: Field | undefined): Query {
  const parts = [readNot(reader, depth, field)];
  for (;;) {
    const next = reader.tokens[reader.at];
    if (next === undefined || next.kind === 'OR' || next.kind === ')') return joined('and', parts);
    if (next.kind === 'AND') reader.at++;
    parts.push(readNot(reader, depth, field));
  }
}

function readNot(reader: Reader, depth: number, field: Field | undefined): Query {
  const token = reader.tokens[reader.at];
  if (token === undefined) throw badQuery(reader.end, 'something is missing at the end');
  if (depth > MAX_DEPTH) throw badQuery(token.column, 'this is nested too deep');
  reader.at++;
  if (token.kind === 'NOT') return { kind: 'not', part: readNot(reader, depth + 1, field) };
  if (token.kind === '(') return readGroup(reader, token.column, depth, field);
  if (token.kind === 'field') return readField(reader, token, depth, field);
  if (token.kind !== 'value' && token.kind !== 'range')
    throw badQuery(token.column, `something is missing before ${token.kind}`);
  if (field !== undefined) return { kind: 'field', ...field, test: fieldTest(field.name, token, reader.now) };
  return wordTest(token);
}

function readGroup(reader: Reader, column: number, depth: number, field: Field | undefined): Query {
  const inner = readOr(reader, depth + 1, field);
  if (reader.tokens[reader.at]?.kind !== ')') throw badQuery(column, 'this parenthesis is not closed');
  reader.at++;
  return inner;
}

function readField(reader: Reader, field: Field, depth: number, outer: Field | undefined): Query {
  if (outer !== undefined) throw badQuery(field.column, `only values of ${outer.name} can stand in its parentheses`);
  const { name, column } = field;
  const next = reader.tokens[reader.at];
  if (next?.kind === '(') {
    reader.at++;
    return readGroup(reader, next.column, depth, { name, column });
  }
  if (next?.kind !== 'value' && next?.kind !== 'range') throw badQuery(column, `there is no value after ${name}:`);
  reader.at++;
  return { kind: 'field', name, column, test: fieldTest(name, next, reader.now) };
}

const joined = (kind: 'and' | 'or', parts: readonly Query[]): Query => {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : { kind, parts };
};
