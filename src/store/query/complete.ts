/** What may be written at a place in a query: the fields, the values of a field, the words of a pipe. */
import { knownFields } from './fields.ts';

export interface Place {
  /** What is being written: the text from `from` to `to` (indexes) would be replaced. */
  readonly from: number;
  readonly to: number;
  readonly typed: string;
  readonly wanted:
    | { readonly kind: 'field' }
    | { readonly kind: 'value'; readonly field: string }
    | { readonly kind: 'word'; readonly words: readonly string[] };
}

const PIPE_WORDS = ['count by', 'top 10', 'histogram 5m'];

/** `at`: index of the cursor. Undefined inside a quote that names no field, where anything may be meant. */
export function placeAt(text: string, at: number): Place | undefined {
  const before = text.slice(0, at);
  const place = (typed: string, wanted: Place['wanted']): Place => {
    const rest = /^[^\s()",|]*/.exec(text.slice(at))?.[0] ?? '';
    return { from: at - typed.length, to: at + rest.length, typed, wanted };
  };
  const pipe = /\|\s*([^|]*)$/.exec(before)?.[1];
  if (pipe !== undefined && /(?:^|\s)\|[^|]*$/.test(before)) {
    if (/^\S*$/.test(pipe)) return place(pipe, { kind: 'word', words: PIPE_WORDS });
    const field = /^(?:.*\bby\s+(?:\S+\s*,\s*)*|top\s+(?:\d+\s+)?)([^\s,]*)$/.exec(pipe);
    return field === null
      ? place(/\S*$/.exec(pipe)?.[0] ?? '', byOnly(pipe))
      : place(field[1] ?? '', { kind: 'field' });
  }
  const value = /(?:^|[\s(-])([@A-Za-z_][\w@.-]*):"?([^\s()"]*)$/.exec(before);
  if (value?.[1] !== undefined) return place(value[2] ?? '', { kind: 'value', field: value[1] });
  if ((before.match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1) return undefined;
  return place(/[@\w.-]*$/.exec(before)?.[0].replace(/^-/, '') ?? '', { kind: 'field' });
}

const byOnly = (pipe: string): Place['wanted'] => ({ kind: 'word', words: /\bby\b/.test(pipe) ? [] : ['by'] });

const MOST = 20;

/**
 * Fields that begin as it is typed come first, then those that hold it behind a dot, then anywhere; of each, those that events have before
 * those that they might have. As they must be written.
 */
export function fieldsLike(typed: string, stored: readonly string[]): readonly string[] {
  const wanted = typed.toLowerCase();
  const seen = new Set(stored.filter((name) => name !== '' && !/\p{Cc}/u.test(name)));
  const rank = (name: string): number => {
    const lower = name.toLowerCase();
    if (lower.startsWith(wanted)) return 0;
    if (lower.includes(`.${wanted}`)) return 1;
    return lower.includes(wanted) ? 2 : 3;
  };
  return [...new Set([...seen, ...knownFields()])]
    .map((name) => ({ name, rank: rank(name) * 2 + (seen.has(name) ? 0 : 1) }))
    .filter((field) => field.rank < 6)
    .toSorted((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .map((field) => writtenName(field.name));
}

const writtenName = (name: string): string =>
  /^[@A-Za-z_][\w@.-]*$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;

/** A value as it must be written behind `field:`. */
export const writtenValue = (value: string): string =>
  /^[^\s()"*|/<>[{-][^\s()"*|]*$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
