/**
 * The search box's language.
 *
 *   query  = or                           nothing at all finds everything
 *   or     = and { "OR" and }
 *   and    = not { [ "AND" ] not }        words that stand side by side must all hold
 *   not    = ( "-" | "NOT" ) not | "(" or ")" | term
 *   term   = value                        in any field, anywhere in its value
 *          | field ":" value              the whole value of that field; anywhere in it where the field is free text
 *          | field ":*"                   the field has a value
 *   value  = WORD | '"' text '"'          in a word `*` stands for anything; in quotes only \" and \\ are special
 *   field  = NAME | '"' text '"'
 *
 * Case never matters in values. A list matches by any of its elements; null is no value. `field:10.0.0.0/8` and an IPv6
 * address are compared as addresses. What looks like a field but is a link, a MAC or IPv6 address or a drive letter is a word.
 * Every error names the column (from 1) in the text.
 */
import ipaddr from 'ipaddr.js';
import { CodedError } from '#contract';
import { isFreeText, isKnownField } from './fields.ts';
import { fold } from './fold.ts';
import { pattern, type Pattern } from './pattern.ts';

export type FieldTest =
  | { readonly kind: 'exists' }
  | { readonly kind: 'text'; readonly pattern: Pattern }
  /** `text` is the value as typed, folded: equal text matches too, whatever it means. */
  | { readonly kind: 'network'; readonly text: string; readonly address: string; readonly bits: number };

export interface FieldTerm {
  readonly kind: 'field';
  readonly name: string;
  readonly column: number;
  readonly test: FieldTest;
}

export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly kind: 'not'; readonly part: Query }
  | { readonly kind: 'word'; readonly pattern: Pattern }
  | FieldTerm;

const MAX_LENGTH = 2000;
const MAX_DEPTH = 64;
const NAME = /^[@A-Za-z_][\w@.-]*$/;
const HEX_AND_COLONS = /^[0-9a-f:.%]*:[0-9a-f:.%]*:[0-9a-f:.%]*$/i;

/** Throws CodedError BAD_QUERY. */
export function parseQuery(text: string): Query {
  if (text.length > MAX_LENGTH) throw badQuery(MAX_LENGTH + 1, `the query is longer than ${MAX_LENGTH} characters`);
  const tokens = tokenize(text);
  if (tokens.length === 0) return { kind: 'all' };
  const reader: Reader = { tokens, at: 0, end: text.length + 1 };
  const query = readOr(reader, 0);
  const rest = tokens[reader.at];
  if (rest !== undefined) throw badQuery(rest.column, 'this parenthesis closes nothing');
  return query;
}

export function badQuery(column: number, reason: string): CodedError {
  return new CodedError('BAD_QUERY', `Column ${column}: ${reason}${reason.endsWith('?') ? '' : '.'}`);
}

type Token =
  | { readonly kind: '(' | ')' | 'AND' | 'OR' | 'NOT'; readonly column: number }
  | { readonly kind: 'term'; readonly column: number; readonly query: Query };

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
  readonly end: number;
}

function readOr(reader: Reader, depth: number): Query {
  const parts = [readAnd(reader, depth)];
  while (reader.tokens[reader.at]?.kind === 'OR') {
    reader.at++;
    parts.push(readAnd(reader, depth));
  }
  return joined('or', parts);
}

function readAnd(reader: Reader, depth: number): Query {
  const parts = [readNot(reader, depth)];
  for (;;) {
    const next = reader.tokens[reader.at];
    if (next === undefined || next.kind === 'OR' || next.kind === ')') return joined('and', parts);
    if (next.kind === 'AND') reader.at++;
    parts.push(readNot(reader, depth));
  }
}

function readNot(reader: Reader, depth: number): Query {
  const token = reader.tokens[reader.at];
  if (token === undefined) throw badQuery(reader.end, 'something is missing at the end');
  if (depth > MAX_DEPTH) throw badQuery(token.column, 'this is nested too deep');
  reader.at++;
  if (token.kind === 'term') return token.query;
  if (token.kind === 'NOT') return { kind: 'not', part: readNot(reader, depth + 1) };
  if (token.kind !== '(') throw badQuery(token.column, `something is missing before ${token.kind}`);
  const inner = readOr(reader, depth + 1);
  if (reader.tokens[reader.at]?.kind !== ')') throw badQuery(token.column, 'this parenthesis is not closed');
  reader.at++;
  return inner;
}

const joined = (kind: 'and' | 'or', parts: readonly Query[]): Query => {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : { kind, parts };
};

const KEYWORDS = ['AND', 'OR', 'NOT'] as const;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    const column = at + 1;
    if (/\s/.test(char)) at++;
    else if (char === '(' || char === ')') {
      tokens.push({ kind: char, column });
      at++;
    } else if (char === '-' && /^-[^\s\-)]/.test(text.slice(at, at + 2))) {
      tokens.push({ kind: 'NOT', column });
      at++;
    } else {
      const { query, to } = readTerm(text, at);
      const keyword = KEYWORDS.find((word) => word === text.slice(at, to));
      tokens.push(keyword === undefined ? { kind: 'term', column, query } : { kind: keyword, column });
      at = to;
    }
  }
  return tokens;
}

interface Term {
  readonly query: Query;
  /** Index behind the term. */
  readonly to: number;
}

function readTerm(text: string, from: number): Term {
  if (text.charAt(from) === '"') {
    const quoted = readQuoted(text, from);
    const isField = text.charAt(quoted.to) === ':' && quoted.text !== '' && /\S/.test(text.charAt(quoted.to + 1));
    if (isField) return readValue(text, quoted.to + 1, quoted.text, from + 1);
    return { query: { kind: 'word', pattern: pattern(quoted.text, false, false) }, to: quoted.to };
  }
  const to = wordEnd(text, from);
  const word = text.slice(from, to);
  const colon = word.indexOf(':');
  if (colon > 0 && looksLikeField(word, colon, text.charAt(to)))
    return readValue(text, from + colon + 1, word.slice(0, colon), from + 1);
  if (/^\*+$/.test(word)) return { query: { kind: 'all' }, to };
  return { query: { kind: 'word', pattern: pattern(word, true, false) }, to };
}

function looksLikeField(word: string, colon: number, next: string): boolean {
  const name = word.slice(0, colon);
  const rest = word.slice(colon + 1);
  if (isKnownField(name)) return true;
  if (!NAME.test(name) || name.length < 2 || HEX_AND_COLONS.test(word)) return false;
  if (rest === '') return next === '"';
  return !rest.startsWith('//') && !rest.startsWith('\\') && !rest.startsWith(':');
}

function readValue(text: string, from: number, name: string, column: number): Term {
  const term = (test: FieldTest, to: number): Term => ({ query: { kind: 'field', name, column, test }, to });
  const whole = !isFreeText(name);
  if (text.charAt(from) === '"') {
    const quoted = readQuoted(text, from);
    return term({ kind: 'text', pattern: pattern(quoted.text, false, whole || quoted.text === '') }, quoted.to);
  }
  const to = wordEnd(text, from);
  const word = text.slice(from, to);
  if (word === '') throw badQuery(from + 1, `there is no value after ${name}:`);
  if (/^\*+$/.test(word)) return term({ kind: 'exists' }, to);
  return term(networkTest(word) ?? { kind: 'text', pattern: pattern(word, true, whole) }, to);
}

/** A CIDR range, or an IPv6 address, which has many spellings. A plain IPv4 address is compared as text. */
function networkTest(word: string): FieldTest | undefined {
  const isRange = /^[0-9a-f:.]+\/\d{1,3}$/i.test(word) && ipaddr.isValidCIDR(word);
  if (!isRange && !(word.includes(':') && ipaddr.IPv6.isValid(word))) return undefined;
  const [typed, typedBits] = isRange ? ipaddr.parseCIDR(word) : [ipaddr.parse(word), 128];
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8 in the other notation.
  const mapped = typed instanceof ipaddr.IPv6 && typed.isIPv4MappedAddress() && typedBits >= 96;
  const address = mapped ? typed.toIPv4Address() : typed;
  return { kind: 'network', text: fold(word), address: address.toString(), bits: mapped ? typedBits - 96 : typedBits };
}

/** Index behind the word that begins at `from`. */
function wordEnd(text: string, from: number): number {
  const end = text.slice(from).search(/[\s()"]/);
  return end < 0 ? text.length : from + end;
}

function readQuoted(text: string, from: number): { readonly text: string; readonly to: number } {
  let read = '';
  for (let at = from + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') return { text: read, to: at + 1 };
    const next = text.charAt(at + 1);
    if (char === '\\' && (next === '"' || next === '\\')) at++;
    read += text.charAt(at);
  }
  throw badQuery(from + 1, 'this quote is not closed');
}
