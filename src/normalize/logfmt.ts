/**
 * `key=value` pairs as programs write them: logfmt (`time=… level=info msg="…"`), firewalls' `SRC=… DPT=…`, auditd's. Values may stand in
 * quotes, in which a backslash escapes. One pass, no regular expression.
 */
import { newFields } from '#contract';

/** Inherits nothing, so a name may be any word. */
const newPairs = (): Record<string, string> => newFields() as Record<string, string>;

export type Pairs = Readonly<Record<string, string>>;

export interface PairsOptions {
  /** Between pairs; a blank where absent. */
  readonly separator?: string;
  /** Called with a word that is no pair: `SYN` among a firewall's. */
  readonly bare?: (word: string) => void;
}

/** More pairs than any program writes; what follows is left out. */
const MAX_PAIRS = 256;

/** The first of several pairs with one name wins. */
export function pairsOf(text: string, from = 0, { separator = ' ', bare }: PairsOptions = {}): Record<string, string> {
  const pairs = newPairs();
  let at = from;
  for (let count = 0; count < MAX_PAIRS && at < text.length; count++) {
    while (text.startsWith(separator, at) || text.charCodeAt(at) === 32) at++;
    const key = keyEnd(text, at, separator);
    if (key === at) {
      at++;
      continue;
    }
    if (text.charCodeAt(key) !== 61) {
      bare?.(text.slice(at, key));
      at = key;
      continue;
    }
    const value = valueAt(text, key + 1, separator);
    pairs[text.slice(at, key)] ??= value.text;
    at = value.end;
  }
  return pairs;
}

/** The values of some names only, by their places in `names`; the same pairs as `pairsOf` has. */
export function picker(names: readonly string[]): (text: string, from: number, bare: (word: string) => void) => Picked {
  const byFirst: number[][] = Array.from({ length: 128 }, () => []);
  for (const [index, name] of names.entries()) byFirst[name.charCodeAt(0)]?.push(index);
  const placeOf = (text: string, at: number, end: number): number => {
    for (const index of byFirst[text.charCodeAt(at)] ?? NO_PLACES) {
      const name = names[index] ?? '';
      if (name.length === end - at && text.startsWith(name, at)) return index;
    }
    return -1;
  };
  return (text, from, bare) => {
    const values: (string | undefined)[] = names.map(() => undefined);
    let at = from;
    for (let count = 0; count < MAX_PAIRS && at < text.length; count++) {
      while (at < text.length && text.charCodeAt(at) === 32) at++;
      const key = keyEnd(text, at, ' ');
      if (key === at) at++;
      else if (key === text.length || text.charCodeAt(key) !== 61) {
        bare(text.slice(at, key));
        at = key;
      } else {
        const place = placeOf(text, at, key);
        const quoted = key + 1 < text.length && text.charCodeAt(key + 1) === 34 ? quotedAt(text, key + 1) : undefined;
        at = quoted?.end ?? wordEnd(text, key + 1);
        if (place !== -1) values[place] ??= quoted?.text ?? text.slice(key + 1, at);
      }
    }
    return values;
  };
}

type Picked = readonly (string | undefined)[];
const NO_PLACES: readonly number[] = [];

function wordEnd(text: string, at: number): number {
  const end = text.indexOf(' ', at);
  return end === -1 ? text.length : end;
}

function keyEnd(text: string, at: number, separator: string): number {
  const mark = separator.charCodeAt(0);
  let end = at;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === 61 || code === mark || code === 32) break;
    end++;
  }
  return end;
}

/** A quoted or bare value that begins at `at`, and the index behind it. */
function valueAt(text: string, at: number, separator = ' '): { readonly text: string; readonly end: number } {
  if (text.charCodeAt(at) === 34) {
    const quoted = quotedAt(text, at);
    if (quoted !== undefined) return quoted;
  }
  const next = text.indexOf(separator, at);
  const end = next === -1 ? text.length : next;
  return { text: text.slice(at, end), end };
}

/** `"…"` at `at`, unescaped, and the index behind the closing quote; undefined where none closes it. */
export function quotedAt(text: string, at: number): { readonly text: string; readonly end: number } | undefined {
  const end = quoteEnd(text, at);
  if (end === undefined) return undefined;
  const raw = text.slice(at + 1, end - 1);
  return { text: raw.includes('\\') ? unescaped(raw) : raw, end };
}

/** The index behind the quote that closes the one at `at`; a backslash escapes. */
export function quoteEnd(text: string, at: number): number | undefined {
  const quote = text.charCodeAt(at);
  for (let end = at + 1; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === 92) end++;
    else if (code === quote) return end + 1;
  }
  return undefined;
}

/** `\"`, `\\`, `\n`, `\t`; any other escape stays as it stands. */
const unescaped = (raw: string): string =>
  raw.replace(/\\(["'\\/nrt])/g, (_, mark: string) =>
    mark === 'n' ? '\n' : mark === 't' ? '\t' : mark === 'r' ? '\r' : mark,
  );

/** One of these, so that a firewall's or auditd's pairs are no logfmt. */
const TELLING = ['level', 'msg', 'time', 'ts', 't', 'lvl', 'severity', 'date'];
const MIN_PAIRS = 3;

/** A line that is logfmt from its first word to its last; undefined for any other. */
export function logfmtRecord(message: string): Pairs | undefined {
  if (!beginsWithKey(message)) return undefined;
  let words = 0;
  const pairs = pairsOf(message, 0, { bare: () => words++ });
  if (words > 0 || pairs['msg']?.startsWith('audit(') === true) return undefined;
  if (Object.keys(pairs).length < MIN_PAIRS) return undefined;
  return TELLING.some((key) => pairs[key] !== undefined) ? pairs : undefined;
}

/** `level=`, at most 40 characters before the sign. */
function beginsWithKey(text: string): boolean {
  for (let at = 0; at <= 40; at++) {
    const code = text.charCodeAt(at);
    if (code === 61) return at > 0;
    const letter = (code | 32) >= 97 && (code | 32) <= 122;
    if (!letter && code !== 95 && code !== 45 && code !== 46 && !(code >= 48 && code <= 57)) return false;
  }
  return false;
}
