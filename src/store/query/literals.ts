/**
 * Texts that a regular expression cannot do without, read from its source: they are looked for first, and the expression is only asked where they are.
 *
 *   failed (password|publickey) for (?:root|admin)+ from \d     →  "failed ", " for ", " from "
 *   fo+bar                                                      →  "fo", "obar"
 *
 * Without regard to case, `k` and `s` stand for characters outside ASCII too (the sign of the kelvin, the long s), so literals are cut there. What is
 * not understood demands nothing.
 */

/** At least one of the rows; of it, every text. Folded ASCII. Undefined: nothing can be demanded. */
export type Literals = readonly (readonly string[])[];

export function literalsOf(source: string): Literals | undefined {
  const found = alternatives({ source, at: 0 });
  return found?.every((row) => row.length > 0) === true ? found : undefined;
}

interface Place {
  readonly source: string;
  at: number;
}

/** A piece of a sequence: one character, what a group demands, or anything else. */
type Atom = { readonly char: string } | { readonly texts: readonly string[] };
const ANYTHING: Atom = { texts: [] };

/** Up to the end or a closing parenthesis. */
function alternatives(place: Place): string[][] | undefined {
  const rows: string[][] = [];
  for (;;) {
    const row = sequence(place);
    if (row === undefined) return undefined;
    rows.push(row);
    if (place.source[place.at] !== '|') return rows;
    place.at++;
  }
}

function sequence(place: Place): string[] | undefined {
  const texts: string[] = [];
  let run = '';
  const close = (next = ''): void => {
    if (run !== '') texts.push(run);
    run = next;
  };
  while (place.at < place.source.length && !'|)'.includes(place.source[place.at] ?? '')) {
    const atom = atomAt(place);
    if (atom === undefined) return undefined;
    const times = repeated(place);
    if ('texts' in atom || atom.char === '') {
      close();
      if ('texts' in atom && times !== 'perhaps') texts.push(...atom.texts);
    } else if (times === 'once') run += atom.char;
    else if (times === 'perhaps') close();
    else {
      run += atom.char;
      // What follows stands behind the last of them.
      close(atom.char);
    }
  }
  close();
  return texts;
}

const QUANTIFIER = /(?:[*+?]|\{\d+(?:,\d*)?\})\??/y;

function repeated(place: Place): 'once' | 'perhaps' | 'often' {
  let times: 'once' | 'perhaps' | 'often' = 'once';
  for (let text = take(QUANTIFIER, place); text !== undefined; text = take(QUANTIFIER, place)) {
    if (/^(?:[*?]|\{0+[,}])/.test(text)) times = 'perhaps';
    else if (times === 'once') times = 'often';
  }
  return times;
}

const GROUP = /\((?:\?(?:P?<\w+>|[a-zA-Z-]*:))?(?!\?)/y;
const FLAGS = /\(\?[a-zA-Z-]+\)/y;
const CLASS = /\[\^?\]?(?:\\[^]|\[:\^?\w+:\]|[^\]\\])*\]/y;
const KINDS = /\\(?:[dDwWsSbBAzCnrtfva]|[pP](?:\{\^?\w+\}|\w)|x(?:\{[\da-fA-F]+\}|[\da-fA-F]{2}))/y;
const MARK = /\\([^\w\s])/y;

function atomAt(place: Place): Atom | undefined {
  const { source } = place;
  const start = place.at;
  const mark = take(MARK, place);
  if (mark !== undefined) return { char: literal(mark.slice(1)) };
  for (const expression of [FLAGS, CLASS, KINDS]) if (take(expression, place) !== undefined) return ANYTHING;
  if (take(GROUP, place) !== undefined) {
    const rows = alternatives(place);
    if (rows === undefined || source[place.at++] !== ')') return undefined;
    const [only, another] = rows;
    return only === undefined || another !== undefined ? ANYTHING : { texts: only };
  }
  const char = source[start] ?? '';
  if ('([\\'.includes(char)) return undefined;
  place.at++;
  return '.^$'.includes(char) ? ANYTHING : { char: literal(char) };
}

function take(expression: RegExp, place: Place): string | undefined {
  expression.lastIndex = place.at;
  const [found] = expression.exec(place.source) ?? [];
  if (found !== undefined) place.at += found.length;
  return found;
}

/** '' where the character may stand for others. */
const literal = (char: string): string =>
  /^[\u0020-\u007e]$/.test(char) && !/[ks]/i.test(char) ? char.toLowerCase() : '';
