/**
 * The condition language (specification 2.1, "condition"), by precedence:
 *
 *     or    = and { "or" and }
 *     and   = not { "and" not }
 *     not   = "not" not | "(" or ")" | quantity | name
 *     quantity = ("1" | "any" | "all") "of" ("them" | name-with-stars)
 *
 * `them` is every identifier that does not begin with an underscore.
 */
import { type Expression, join, negation } from './expression.ts';
import { isPlain, parsePattern, textTest } from './pattern.ts';
import { Refusal, shown } from './refusal.ts';

const MAX_DEPTH = 32;
const MAX_TOKENS = 1000;

const QUANTITIES: Readonly<Record<string, 'and' | 'or'>> = { 1: 'or', any: 'or', all: 'and' };

const TOKEN = /\s*([()]|[^\s()|]+|\|)/y;

function tokens(text: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    if (match[1] === '|') throw new Refusal('aggregations after | were replaced by correlation rules');
    found.push(match[1] ?? '');
    if (found.length > MAX_TOKENS) throw new Refusal(`the condition has more than ${MAX_TOKENS} words`);
  }
  return found;
}

class Parser {
  readonly #words: readonly string[];
  readonly #names: ReadonlyMap<string, Expression>;
  #at = 0;
  #depth = 0;

  constructor(words: readonly string[], names: ReadonlyMap<string, Expression>) {
    this.#words = words;
    this.#names = names;
  }

  parse(): Expression {
    const test = this.#or();
    const rest = this.#words[this.#at];
    if (rest !== undefined) throw new Refusal(`the condition goes on unexpectedly at ${shown(rest)}`);
    return test;
  }

  #take(word: string): boolean {
    if (this.#words[this.#at]?.toLowerCase() !== word) return false;
    this.#at++;
    return true;
  }

  #or(): Expression {
    if (++this.#depth > MAX_DEPTH) throw new Refusal(`the condition is nested deeper than ${MAX_DEPTH} levels`);
    const tests = [this.#and()];
    while (this.#take('or')) tests.push(this.#and());
    this.#depth--;
    return join('or', tests);
  }

  #and(): Expression {
    const tests = [this.#not()];
    while (this.#take('and')) tests.push(this.#not());
    return join('and', tests);
  }

  #not(): Expression {
    let negated = false;
    while (this.#take('not')) negated = !negated;
    const test = this.#primary();
    return negated ? negation(test) : test;
  }

  #primary(): Expression {
    if (this.#take('(')) {
      const test = this.#or();
      if (!this.#take(')')) throw new Refusal('the condition lacks a closing parenthesis');
      return test;
    }
    const word = this.#words[this.#at++];
    if (word === undefined) throw new Refusal('the condition ends too early');
    if (this.#take('of')) return this.#quantity(word);
    const test = this.#names.get(word);
    if (test === undefined) throw new Refusal(`the condition names ${shown(word)}, which detection does not have`);
    return test;
  }

  #quantity(word: string): Expression {
    const how = QUANTITIES[word.toLowerCase()];
    if (how === undefined) throw new Refusal(`the condition says ${shown(word)} of; only 1, any and all are known`);
    const target = this.#words[this.#at++] ?? '';
    const tests = this.#named(target);
    if (tests.length === 0) throw new Refusal(`no identifier fits ${shown(target)}`);
    return join(how, tests);
  }

  #named(target: string): readonly Expression[] {
    const all = [...this.#names];
    if (target.toLowerCase() === 'them') return all.filter(([name]) => !name.startsWith('_')).map(([, test]) => test);
    if (!target.includes('*') && !target.includes('?')) {
      const named = this.#names.get(target);
      return named === undefined ? [] : [named];
    }
    const parts = parsePattern(target);
    const fits = textTest(parts);
    return all.filter(([name]) => (isPlain(parts) ? name === target : fits(name))).map(([, test]) => test);
  }
}

/** Several conditions are alternatives. */
export function condition(conditions: readonly string[], names: ReadonlyMap<string, Expression>): Expression {
  return join(
    'or',
    conditions.map((words) => new Parser(tokens(words), names).parse()),
  );
}
