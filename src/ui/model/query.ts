/** The search text: adding and taking out `field:value`, and which words to mark in what was found. */

/** One term: `-`, then `field:`, then a word or "a phrase". A quote inside a phrase is written \". */
const TERM = /(-?)(?:([^\s:"()]+):)?("(?:[^"\\]|\\.)*"?|[^\s"()]+)/g;

interface Term {
  readonly not: boolean;
  readonly field: string | undefined;
  readonly value: string;
}

function termsOf(q: string): readonly Term[] {
  return [...q.matchAll(TERM)].map(([, not, field, raw = '']) => ({ not: not === '-', field, value: unquote(raw) }));
}

function unquote(raw: string): string {
  return raw.startsWith('"') ? raw.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1') : raw;
}

/** A word that means itself: no blank, quote, colon, parenthesis or `*`, and no operator. */
const PLAIN = /^(?!-|(?:AND|OR|NOT)$)[\p{L}\p{N}._/@%+=-]+$/u;

const quote = (text: string): string => (PLAIN.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`);

/** Words, quoted phrases and parentheses with the blanks between them: what `field:"a value"` may be glued to stays one piece. */
const PIECE = /(?:"(?:[^"\\]|\\.)*"?|[^\s"()])+|[()]|\s+/g;

/**
 * `q` that also asks for this value of the field, or with `not` for the others. The same term and its opposite are taken out
 * first, so pressing + and then − leaves one of them; whatever else the text says stays as it was typed.
 */
export function withTerm(statement: string, field: string, value: string, not: boolean): string {
  const { query: q, pipe } = splitPipe(statement);
  const added = addTerm(q, field, value, not);
  return pipe === undefined ? added : `${added} | ${pipe}`;
}

function addTerm(q: string, field: string, value: string, not: boolean): string {
  const term = `${quote(field)}:${quote(value)}`;
  const kept = (q.match(PIECE) ?? []).filter((piece) => piece !== term && piece !== `-${term}`);
  const text = kept.join('').replace(/\s+$/, '').replace(/^\s+/, '');
  const own = kept.includes('OR') ? `(${text})` : text;
  return `${own}${own === '' ? '' : ' '}${not ? '-' : ''}${term}`;
}

const OPERATORS = new Set(['AND', 'OR', 'NOT']);

export interface Statement {
  /** What finds events. */
  readonly query: string;
  /** What makes a table of them: `count by source.ip`; undefined where they are listed. */
  readonly pipe: string | undefined;
}

/** As the server reads it: a `|` outside of quotes that begins a word. */
export function splitPipe(statement: string): Statement {
  const found = /^((?:"(?:[^"\\]|\\.)*"|[^"])*?)(?:^|\s)\|\s*([a-z]+(?:\s.*)?|)$/is.exec(statement);
  return found === null
    ? { query: statement, pipe: undefined }
    : { query: (found[1] ?? '').trim(), pipe: (found[2] ?? '').trim() };
}

/** Words to mark in what was found: everything asked for, nothing that was excluded. */
export function wordsOf(q: string): readonly string[] {
  return termsOf(splitPipe(q).query)
    .filter((term) => !term.not && term.value.length > 1 && !OPERATORS.has(term.value))
    .map((term) => term.value.replace(/^\*+|\*+$/g, ''))
    .filter((word) => word !== '' && !word.includes('*'));
}

/** Where in the search text the error is: the server names its column, from 1. The word there, or the end of the text. */
export function errorPlace(q: string, detail: string): { readonly from: number; readonly to: number } | undefined {
  const column = /^Column (\d+):/.exec(detail)?.[1];
  if (column === undefined) return undefined;
  const from = Math.min(q.length, Math.max(0, Number(column) - 1));
  const word = /^(?:"[^"]*"?|[^\s"()]+|[()])/.exec(q.slice(from))?.[0].length ?? 0;
  return { from, to: Math.min(q.length, from + word) };
}

/** The search text with the word that the server thinks was meant; undefined where it has no idea. */
export function mendedQuery(q: string, detail: string): string | undefined {
  const [, wrong = '', meant] = / (\S+)\. Did you mean (\S+)\?/.exec(detail) ?? [];
  const from = errorPlace(q, detail)?.from ?? 0;
  if (meant === undefined || !q.startsWith(wrong, from)) return undefined;
  return `${q.slice(0, from)}${meant}${q.slice(from + wrong.length)}`;
}
