/**
 * Regular expressions as a tree, as far as that is needed to know what they cost and which texts they need: the flavour of
 * the specification (PCRE without its extras), read as RE2 reads it. What has no place here (look-around, named groups,
 * classes by name, flags in the middle) is undefined, not wrong: it only means that nothing is known.
 *
 * A few things engines read differently. There the tree matches at least what RE2 matches: enough to know what a text needs, but
 * not to run it elsewhere. Such a tree is not exact.
 */
import { unreachable } from '#lib/unreachable';
import { bothCases, type CharSet, complement, DIGIT, NEWLINE, one, SPACE, union, WORD } from './charset.ts';

export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence' | 'choice'; readonly of: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly min: number; readonly max: number }
  /** Takes no character. */
  | { readonly kind: 'assertion'; readonly sign: '^' | '$' | '\\b' | '\\B' };

export interface Parsed {
  readonly node: Node;
  readonly exact: boolean;
}

/** Inside: leaves the parser, nowhere else. */
class Unknown extends Error {}

const CLASSES: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  D: complement(DIGIT),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7 };
const ANY = complement([]);
const MAX_DEPTH = 32;
const MAX_REPEAT = 1000;
const LAST_CHARACTER = 0x10_ff_ff;

class Parser {
  readonly #source: string;
  readonly #caseless: boolean;
  readonly #dotAll: boolean;
  #at = 0;
  #depth = 0;
  #exact: boolean;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#caseless = flags.includes('i');
    this.#dotAll = flags.includes('s');
    // Where lines begin and end.
    this.#exact = !flags.includes('m');
  }

  parse(): Parsed {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw new Unknown();
    return { node, exact: this.#exact };
  }

  #peek(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): Node {
    if (++this.#depth > MAX_DEPTH) throw new Unknown();
    const of = [this.#sequence()];
    while (this.#take('|')) of.push(this.#sequence());
    this.#depth--;
    return { kind: 'choice', of };
  }

  #sequence(): Node {
    const of: Node[] = [];
    while (this.#at < this.#source.length && !this.#peek('|') && !this.#peek(')')) of.push(this.#repeated());
    return { kind: 'sequence', of };
  }

  #repeated(): Node {
    const of = this.#single();
    const count = this.#count();
    if (count === undefined) return of;
    // Reluctant or not, it matches the same texts.
    this.#take('?');
    if (of.kind === 'assertion' || this.#count() !== undefined) throw new Unknown();
    return { kind: 'repeat', of, ...count };
  }

  #count(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Infinity };
    if (this.#take('+')) return { min: 1, max: Infinity };
    if (this.#take('?')) return { min: 0, max: 1 };
    const found = /^\{(\d{1,4})(?:(,)(\d{0,4}))?\}/.exec(this.#source.slice(this.#at, this.#at + 12));
    if (found === null) return undefined;
    this.#at += found[0].length;
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === '' ? Infinity : Number(found[3]);
    if (min > max || min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) throw new Unknown();
    return { min, max };
  }

  #single(): Node {
    if (this.#take('(')) {
      if (this.#peek('?') && !this.#take('?:')) throw new Unknown();
      const node = this.#choice();
      if (!this.#take(')')) throw new Unknown();
      return node;
    }
    if (this.#take('[')) return { kind: 'set', set: this.#class() };
    if (this.#take('.')) return { kind: 'set', set: this.#dotAll ? complement([]) : complement(NEWLINE) };
    if (this.#take('^')) return { kind: 'assertion', sign: '^' };
    if (this.#take('$')) return { kind: 'assertion', sign: '$' };
    if (this.#take('\\b')) return this.#boundary('\\b');
    if (this.#take('\\B')) return this.#boundary('\\B');
    if (this.#take('\\')) return { kind: 'set', set: this.#cased(this.#escape()) };
    if (/^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(this.#source.slice(this.#at, this.#at + 12))) throw new Unknown();
    return { kind: 'set', set: this.#cased(one(this.#character())) };
  }

  /** Without case, K and S have relatives that are no ASCII letters. */
  #boundary(sign: '\\b' | '\\B'): Node {
    if (this.#caseless) this.#exact = false;
    return { kind: 'assertion', sign };
  }

  #character(): number {
    const code = this.#source.codePointAt(this.#at);
    if (code === undefined) throw new Unknown();
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #cased(set: CharSet): CharSet {
    if (!this.#caseless) return set;
    // Whether \w takes the long s, too, once case does not matter: engines differ.
    if (set === CLASSES['w'] || set === CLASSES['W']) {
      this.#exact = false;
      return ANY;
    }
    const both = Object.values(CLASSES).includes(set) ? set : bothCases(set);
    if (both === undefined) throw new Unknown();
    return both;
  }

  #escape(): CharSet {
    const code = this.#character();
    const letter = String.fromCodePoint(code);
    const known = Object.hasOwn(CLASSES, letter) ? CLASSES[letter] : undefined;
    if (known !== undefined) return known;
    if (Object.hasOwn(CONTROLS, letter)) return one(CONTROLS[letter] ?? 0);
    if (letter === 'x') {
      const found = /^(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/.exec(this.#source.slice(this.#at));
      if (found === null) throw new Unknown();
      this.#at += found[0].length;
      const named = Number.parseInt(found[1] ?? found[2] ?? '', 16);
      if (named > LAST_CHARACTER) throw new Unknown();
      return one(named);
    }
    if (/[A-Za-z0-9]/.test(letter) || code > 127) throw new Unknown();
    return one(code);
  }

  #class(): CharSet {
    const negated = this.#take('^');
    const sets: CharSet[] = [];
    for (let first = true; first || !this.#peek(']'); first = false) {
      if (this.#at >= this.#source.length || this.#peek('[:')) throw new Unknown();
      const start = this.#member();
      const from = start[0]?.[0] ?? 0;
      if (this.#peek('-') && !this.#peek('-]')) {
        this.#at++;
        const end = this.#member();
        const to = end[0]?.[0] ?? 0;
        if (!isOne(start) || !isOne(end) || to < from) throw new Unknown();
        sets.push([[from, to]]);
      } else sets.push(start);
    }
    this.#at++;
    if (!this.#caseless) return negated ? complement(union(sets)) : union(sets);
    const set = this.#casedAll(sets);
    if (!negated) return set;
    return sets.some((one_) => one_ === CLASSES['w'] || one_ === CLASSES['W']) ? ANY : complement(set);
  }

  #casedAll(sets: readonly CharSet[]): CharSet {
    return union(sets.map((set) => this.#cased(set)));
  }

  #member(): CharSet {
    if (this.#take('\\')) return this.#escape();
    return one(this.#character());
  }
}

const isOne = (set: CharSet): boolean => set.length === 1 && set[0]?.[0] === set[0]?.[1];

/** undefined where the expression has something that this parser does not know, broken ones among them. */
export function parseRegex(source: string, flags: string): Parsed | undefined {
  const inline = /^\(\?([is]+)\)/.exec(source);
  const all = flags + (inline?.[1] ?? '');
  try {
    return new Parser(source.slice(inline?.[0].length ?? 0), all).parse();
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

const codePoint = (code: number): string => `\\u{${code.toString(16)}}`;

/** The same expression for V8 with the flag `u` alone: case and dots are in the sets. */
export function sourceOf(node: Node): string {
  switch (node.kind) {
    case 'set':
      if (isOne(node.set)) return codePoint(node.set[0]?.[0] ?? 0);
      return `[${node.set.map(([from, to]) => (from === to ? codePoint(from) : `${codePoint(from)}-${codePoint(to)}`)).join('')}]`;
    case 'sequence':
      return node.of.map(sourceOf).join('');
    case 'choice':
      return `(?:${node.of.map(sourceOf).join('|')})`;
    case 'repeat':
      return `(?:${sourceOf(node.of)}){${node.min},${node.max === Infinity ? '' : node.max}}`;
    case 'assertion':
      return node.sign;
    default:
      return unreachable(node);
  }
}
