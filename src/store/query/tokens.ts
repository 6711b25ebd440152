/** The text of a query → tokens. Which words are fields is decided here; what their values mean is not. */
import { CodedError } from '#contract';
import { isKnownField } from './fields.ts';

export interface ValueToken {
  readonly kind: 'value';
  readonly column: number;
  /** Without the quotes or slashes around it. */
  readonly text: string;
  readonly form: 'word' | 'quoted' | 'regex' | Order;
}

export interface RangeToken {
  readonly kind: 'range';
  readonly column: number;
  readonly low: string;
  readonly high: string;
  readonly withLow: boolean;
  readonly withHigh: boolean;
}

export type Order = '>' | '>=' | '<' | '<=';

export type Token =
  | { readonly kind: '(' | ')' | 'AND' | 'OR' | 'NOT'; readonly column: number }
  /** A value, a range or an opening parenthesis follows. */
  | { readonly kind: 'field'; readonly name: string; readonly column: number }
  | ValueToken
  | RangeToken;

export interface Tokens {
  readonly tokens: readonly Token[];
  /** Index of the `|` that ends the query. */
  readonly pipeAt: number | undefined;
}

const NAME = /^[@A-Za-z_][\w@.-]*$/;
const HEX_AND_COLONS = /^[0-9a-f:.%]*:[0-9a-f:.%]*:[0-9a-f:.%]*$/i;
const KEYWORDS = ['AND', 'OR', 'NOT'] as const;
const ORDERED = /^([@A-Za-z_][\w@.-]*) ?(>=|<=|>|<) ?(?=[^\s()"=<>])/;
const ORDER = /^(?:>=|<=|>|<)(?=.)/;
const RANGE = /^([[{])\s*(\S+)\s+TO\s+([^\s\]}]+)\s*([\]}])(?=[\s)|]|$)/;

export function badQuery(column: number, reason: string): CodedError {
  return new CodedError('BAD_QUERY', `Column ${column}: ${reason}${reason.endsWith('?') ? '' : '.'}`);
}

/** Throws CodedError BAD_QUERY. */
export function tokenize(text: string): Tokens {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    const column = at + 1;
    if (/\s/.test(char)) at++;
    else if (char === '|' && isPipe(text, at)) return { tokens, pipeAt: at };
    else if (char === '(' || char === ')') {
      tokens.push({ kind: char, column });
      at++;
    } else if (char === '-' && /^-[^\s\-)]/.test(text.slice(at, at + 2))) {
      tokens.push({ kind: 'NOT', column });
      at++;
    } else at = readTerm(text, at, tokens);
  }
  return { tokens, pipeAt: undefined };
}

/** A `|` that stands alone or begins a word of letters: `| count`, `|count`. Others are text, as `|` in `a|b` is. */
const isPipe = (text: string, at: number): boolean => /^\|\s*(?:[a-z]+(?:\s|$)|$)/i.test(text.slice(at));

/** Index behind the term. */
function readTerm(text: string, from: number, tokens: Token[]): number {
  const column = from + 1;
  if (text.charAt(from) === '"') {
    const quoted = readQuoted(text, from);
    const isField = text.charAt(quoted.to) === ':' && quoted.text !== '' && /\S/.test(text.charAt(quoted.to + 1));
    if (isField) return readFieldValue(text, quoted.to + 1, { name: quoted.text, column }, tokens);
    tokens.push({ kind: 'value', column, text: quoted.text, form: 'quoted' });
    return quoted.to;
  }
  const to = wordEnd(text, from);
  const word = text.slice(from, to);
  const colon = word.indexOf(':');
  if (colon > 0 && looksLikeField(word, colon, text.charAt(to)))
    return readFieldValue(text, from + colon + 1, { name: word.slice(0, colon), column }, tokens);
  const ordered = ORDERED.exec(text.slice(from));
  if (ordered?.[1] !== undefined && isKnownField(ordered[1])) {
    tokens.push({ kind: 'field', name: ordered[1], column });
    return readOrdered(text, from + ordered[0].length, from + ordered[0].length, orderOf(ordered[2]), tokens);
  }
  const regex = readRegex(text, from);
  if (regex !== undefined) {
    tokens.push({ kind: 'value', column, text: regex.text, form: 'regex' });
    return regex.to;
  }
  const keyword = KEYWORDS.find((name) => name === word);
  tokens.push(keyword === undefined ? { kind: 'value', column, text: word, form: 'word' } : { kind: keyword, column });
  return to;
}

function looksLikeField(word: string, colon: number, next: string): boolean {
  const name = word.slice(0, colon);
  const rest = word.slice(colon + 1);
  if (isKnownField(name)) return true;
  if (!NAME.test(name) || name.length < 2 || HEX_AND_COLONS.test(word)) return false;
  if (rest === '') return next === '"' || next === '(';
  return !rest.startsWith('//') && !rest.startsWith('\\') && !rest.startsWith(':');
}

function readFieldValue(text: string, from: number, field: { name: string; column: number }, tokens: Token[]): number {
  tokens.push({ kind: 'field', ...field });
  const column = from + 1;
  const first = text.charAt(from);
  if (first === '(') return from;
  if (first === '"') {
    const quoted = readQuoted(text, from);
    tokens.push({ kind: 'value', column, text: quoted.text, form: 'quoted' });
    return quoted.to;
  }
  const regex = readRegex(text, from);
  if (regex !== undefined) {
    tokens.push({ kind: 'value', column, text: regex.text, form: 'regex' });
    return regex.to;
  }
  const order = ORDER.exec(text.slice(from))?.[0];
  if (order !== undefined) return readOrdered(text, from, from + order.length, orderOf(order), tokens);
  if (first === '[' || first === '{') {
    const to = readRange(text, from, tokens);
    if (to !== undefined) return to;
  }
  const to = wordEnd(text, from);
  if (to === from) throw badQuery(column, `there is no value after ${field.name}:`);
  tokens.push({ kind: 'value', column, text: text.slice(from, to), form: 'word' });
  return to;
}

const orderOf = (text: string | undefined): Order => (text === '>' || text === '>=' || text === '<' ? text : '<=');

/** A bound may be put into quotes: `@timestamp:>="2026-03-14 08:00"`. */
function readOrdered(text: string, at: number, from: number, order: Order, tokens: Token[]): number {
  const quoted = text.charAt(from) === '"' ? readQuoted(text, from) : undefined;
  const to = quoted?.to ?? wordEnd(text, from);
  tokens.push({ kind: 'value', column: at + 1, text: quoted?.text ?? text.slice(from, to), form: order });
  return to;
}

/** Undefined where the bracket begins no range: then it is text. */
function readRange(text: string, from: number, tokens: Token[]): number | undefined {
  const range = RANGE.exec(text.slice(from));
  if (range === null) {
    if (/^[[{]\s*\S+\s+TO(?:\s|$)/.test(text.slice(from))) throw badQuery(from + 1, 'this range is not closed');
    return undefined;
  }
  const [whole, open, low = '', high = '', close] = range;
  tokens.push({ kind: 'range', column: from + 1, low, high, withLow: open === '[', withHigh: close === ']' });
  return from + whole.length;
}

/** `/…/` up to the first slash that is not escaped, where the word ends behind it. So a path is no expression. */
function readRegex(text: string, from: number): { readonly text: string; readonly to: number } | undefined {
  const found = /^\/((?:[^/\\]|\\.)+)\/(?=[\s)|]|$)/s.exec(text.slice(from));
  return found?.[1] === undefined ? undefined : { text: found[1], to: from + found[0].length };
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
