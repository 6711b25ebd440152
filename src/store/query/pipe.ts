/** What a statement makes of the events it finds. Grammar: see parse.ts. */
import { nearest } from '#lib/nearest';
import { isKnownField, suggestField } from './fields.ts';
import { durationOf } from './time.ts';
import { badQuery } from './tokens.ts';

export type Pipe =
  /** How many there are of each combination of values, the most first. No fields: how many there are. */
  | { readonly kind: 'count'; readonly fields: readonly string[]; readonly limit: number }
  /** How many there are in each `step` ms. */
  | { readonly kind: 'histogram'; readonly step: number; readonly by: string | undefined };

const VERBS = ['count', 'histogram', 'top'];
const MOST_ROWS = 1000;
const DEFAULT_TOP = 10;
const MOST_FIELDS = 4;
const LEAST_STEP = 1000;

interface Word {
  readonly text: string;
  readonly column: number;
}

/** `from`: index behind the `|`. Throws CodedError BAD_QUERY. */
export function readPipe(text: string, from: number): Pipe {
  const words = wordsOf(text, from);
  const verb = words.shift();
  const end = text.length + 1;
  if (verb === undefined) throw badQuery(end, `after | comes ${orList(VERBS)}`);
  switch (verb.text) {
    case 'count':
      return { kind: 'count', fields: readBy(words, end), limit: MOST_ROWS };
    case 'top':
      return readTop(words, end);
    case 'histogram':
      return readHistogram(words, end);
    default: {
      const meant = nearest(verb.text, VERBS);
      throw badQuery(
        verb.column,
        meant === undefined
          ? `after | comes ${orList(VERBS)}, not ${verb.text}`
          : `there is no ${verb.text}. Did you mean ${meant}?`,
      );
    }
  }
}

function wordsOf(text: string, from: number): Word[] {
  return [...text.slice(from).matchAll(/"[^"]*"|,|[^\s,]+/g)].map((match) => ({
    text: match[0],
    column: from + match.index + 1,
  }));
}

const orList = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** Nothing, or `by` and fields between commas. */
function readBy(words: Word[], end: number): string[] {
  const by = words.shift();
  if (by === undefined) return [];
  if (by.text !== 'by') throw badQuery(by.column, `here comes by and a field, not ${by.text}`);
  const fields = [readField(words, end)];
  for (let comma = words.shift(); comma !== undefined; comma = words.shift()) {
    if (comma.text !== ',') throw badQuery(comma.column, 'between fields stands a comma');
    if (fields.length === MOST_FIELDS) throw badQuery(comma.column, `more than ${MOST_FIELDS} fields make no table`);
    fields.push(readField(words, end));
  }
  return fields;
}

function readTop(words: Word[], end: number): Pipe {
  const isNumber = /^\d+$/.test(words[0]?.text ?? '');
  const number = isNumber ? words.shift() : undefined;
  const limit = number === undefined ? DEFAULT_TOP : Number(number.text);
  if (number !== undefined && (limit < 1 || limit > MOST_ROWS))
    throw badQuery(number.column, `give a number from 1 to ${MOST_ROWS}`);
  const field = readField(words, end);
  nothingMore(words);
  return { kind: 'count', fields: [field], limit };
}

function readHistogram(words: Word[], end: number): Pipe {
  const length = words.shift();
  const step = length === undefined ? undefined : durationOf(length.text);
  if (step === undefined || step < LEAST_STEP)
    throw badQuery(length?.column ?? end, 'give the width of a bar, such as 30s, 5m, 1h or 1d');
  const by = words.length === 0 ? [] : readBy(words, end);
  if (by.length > 1) throw badQuery(end, 'a histogram takes one field');
  return { kind: 'histogram', step, by: by[0] };
}

function readField(words: Word[], end: number): string {
  const word = words.shift();
  if (word === undefined || word.text === ',') throw badQuery(word?.column ?? end, 'a field is missing here');
  const name = word.text.replace(/^"(.*)"$/, '$1');
  const meant = isKnownField(name) || name.includes('.') ? undefined : suggestField(name);
  if (meant !== undefined && word.text === name)
    throw badQuery(word.column, `there is no field ${name}. Did you mean ${meant}?`);
  return name;
}

function nothingMore(words: readonly Word[]): void {
  const [word] = words;
  if (word !== undefined) throw badQuery(word.column, `nothing can follow here, but there is ${word.text}`);
}
