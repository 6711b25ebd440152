/**
 * Conditions of temporal correlations that are written in words (draft of specification 2.2): `a and (b or c) and not d`.
 * They become a list of terms, any of which suffices: rules that must have an event in the window, and rules that must
 * have none. Precedence: not, and, or. A rule is named by its id or its name.
 */
import { Refusal, shown } from '../sigma/refusal.ts';

/** Places of rules. */
export interface Term {
  readonly present: readonly number[];
  readonly absent: readonly number[];
}

const MAX_TERMS = 256;
const MAX_DEPTH = 32;
const WORDS = new Set(['and', 'or', 'not', '(', ')']);

const tokens = (text: string): readonly string[] => text.match(/[()]|[^\s()]+/g) ?? [];

const isWord = (token: string): boolean => WORDS.has(token.toLowerCase());

/** The rules that a condition names, in order, each once. */
export const namedIn = (text: string): readonly string[] => [
  ...new Set(tokens(text).filter((token) => !isWord(token))),
];

const sorted = (places: readonly number[]): readonly number[] => [...new Set(places)].toSorted((a, b) => a - b);

function both(left: readonly Term[], right: readonly Term[]): readonly Term[] {
  if (left.length * right.length > MAX_TERMS) throw new Refusal('the condition has too many alternatives');
  return left.flatMap((one) =>
    right.flatMap((other): readonly Term[] => {
      const present = sorted([...one.present, ...other.present]);
      const absent = sorted([...one.absent, ...other.absent]);
      return present.some((place) => absent.includes(place)) ? [] : [{ present, absent }];
    }),
  );
}

function either(left: readonly Term[], right: readonly Term[]): readonly Term[] {
  if (left.length + right.length > MAX_TERMS) throw new Refusal('the condition has too many alternatives');
  return [...left, ...right];
}

const within = (inner: readonly number[], outer: readonly number[]): boolean =>
  inner.every((place) => outer.includes(place));

/** Without terms that ask for more than another one does. */
function minimal(all: readonly Term[]): readonly Term[] {
  const asksMore = (term: Term, at: number): boolean =>
    all.some((other, place) => {
      if (place === at || !within(other.present, term.present) || !within(other.absent, term.absent)) return false;
      const same = other.present.length === term.present.length && other.absent.length === term.absent.length;
      return !same || place < at;
    });
  return all.filter((term, at) => !asksMore(term, at));
}

/** Of terms that hold now, those without which one of the others would do: their rules are why. */
export const decisive = (holding: readonly Term[]): readonly Term[] =>
  holding.filter(
    ({ present }) => !holding.some((other) => other.present.length < present.length && within(other.present, present)),
  );

/** Reads with the negation pushed down: `not (a and b)` is `not a or not b`. */
class Parser {
  readonly #tokens: readonly string[];
  readonly #place: (name: string) => number;
  #at = 0;
  #depth = 0;

  constructor(text: string, place: (name: string) => number) {
    this.#tokens = tokens(text);
    this.#place = place;
  }

  parse(): readonly Term[] {
    const terms = this.#or(false);
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new Refusal(`the condition goes on unexpectedly at ${shown(rest)}`);
    return terms;
  }

  #take(word: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== word) return false;
    this.#at++;
    return true;
  }

  #or(negated: boolean): readonly Term[] {
    if (++this.#depth > MAX_DEPTH) throw new Refusal(`the condition is nested deeper than ${MAX_DEPTH} levels`);
    let terms = this.#and(negated);
    while (this.#take('or')) terms = (negated ? both : either)(terms, this.#and(negated));
    this.#depth--;
    return terms;
  }

  #and(negated: boolean): readonly Term[] {
    let terms = this.#not(negated);
    while (this.#take('and')) terms = (negated ? either : both)(terms, this.#not(negated));
    return terms;
  }

  #not(outer: boolean): readonly Term[] {
    let negated = outer;
    while (this.#take('not')) negated = !negated;
    if (this.#take('(')) {
      const terms = this.#or(negated);
      if (!this.#take(')')) throw new Refusal('the condition lacks a closing parenthesis');
      return terms;
    }
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Refusal('the condition ends too early');
    if (isWord(token)) throw new Refusal(`the condition has ${shown(token)} where a rule should be`);
    const place = this.#place(token);
    return [negated ? { present: [], absent: [place] } : { present: [place], absent: [] }];
  }
}

/** `names`: what each of the rules may be called. Throws a Refusal with the reason. */
export function termsOf(text: string, names: readonly (readonly string[])[]): readonly Term[] {
  const used = new Set<number>();
  const place = (name: string): number => {
    const found = names.findIndex((all) => all.includes(name));
    if (found === -1) throw new Refusal(`the condition names ${shown(name)}, which is not among the rules`);
    used.add(found);
    return found;
  };
  const found = new Parser(text, place).parse();
  const idle = names.find((_, at) => !used.has(at));
  if (idle !== undefined) throw new Refusal(`rule ${shown(idle[0])} has no part in the condition`);
  if (found.length === 0) throw new Refusal('the condition can never hold');
  if (found.some(({ present }) => present.length === 0))
    throw new Refusal('the condition holds while nothing happens: name a rule that must match');
  return minimal(found);
}
