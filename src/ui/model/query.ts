/** The search text: adding and taking out `field:value`, and which words to mark in what was found. */

/** One term: `-`, then `field:`, then a word or "a phrase". A quote inside a phrase is written \". */
const TERM = /(-?)(?:([^\s:"]+):)?("(?:[^"\\]|\\.)*"?|[^\s"]+)/g;

export interface Term {
  readonly not: boolean;
  readonly field: string | undefined;
  readonly value: string;
}

export function termsOf(q: string): readonly Term[] {
  return [...q.matchAll(TERM)].map(([, not, field, raw = '']) => ({ not: not === '-', field, value: unquote(raw) }));
}

function unquote(raw: string): string {
  return raw.startsWith('"') ? raw.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1') : raw;
}

const quote = (value: string): string =>
  /^[\p{L}\p{N}._/@:%-]+$/u.test(value) && !value.startsWith('-') ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;

const written = (term: Term): string =>
  `${term.not ? '-' : ''}${term.field === undefined ? '' : `${term.field}:`}${quote(term.value)}`;

/** `q` that also asks for this value of the field, or asks for the others. Its opposite is taken out; twice changes nothing. */
export function withTerm(q: string, field: string, value: string, not: boolean): string {
  const same = (term: Term): boolean => term.field === field && term.value === value;
  const kept = termsOf(q).filter((term) => !same(term));
  return [...kept.map(written), written({ not, field, value })].join(' ');
}

/** Words to mark in what was found: everything asked for, nothing that was excluded. */
export function wordsOf(q: string): readonly string[] {
  return termsOf(q)
    .filter((term) => !term.not && term.value.length > 1)
    .map((term) => term.value.replace(/^\*+|\*+$/g, ''))
    .filter((word) => word !== '' && !word.includes('*'));
}

/**
 * Where in the search text the error is. The server names a place ('at character 12', counted from 1) or quotes the word.
 * The underlined part is the word there, or the end of the text.
 */
export function errorPlace(q: string, detail: string): { readonly from: number; readonly to: number } | undefined {
  const named = /\b(?:character|position|column|place)\s+(\d+)/i.exec(detail);
  if (named === null) return undefined;
  const at = Math.min(q.length, Math.max(0, Number(named[1]) - 1));
  const rest = /^\S*/.exec(q.slice(at))?.[0].length ?? 0;
  return { from: at, to: Math.min(q.length, at + Math.max(1, rest)) };
}
