/**
 * Makes expressions into code. An atom that several rules ask for is one question, asked once an event; what the finders have
 * answered is not asked at all.
 */
import { type Atom, type Expression, keyOf } from '../sigma/expression.ts';
import { caselessTest } from './caseless.ts';
import { type Code, NO, type Place, YES } from './code.ts';
import type { Questions } from './questions.ts';
import type { Triggers } from './triggers.ts';

export class Compiler {
  readonly #code: Code;
  readonly #questions: Questions;
  readonly #triggers: Triggers;
  readonly #atoms = new Map<string, number>();

  constructor(code: Code, questions: Questions, triggers: Triggers) {
    this.#code = code;
    this.#questions = questions;
    this.#triggers = triggers;
  }

  compile(expression: Expression): Place {
    return this.#write(expression, YES, NO);
  }

  #write(expression: Expression, yes: Place, no: Place): Place {
    if (expression.kind === 'atom') return this.#atom(expression, yes, no);
    if (expression.kind === 'not') return this.#write(expression.of, no, yes);
    return this.#several(expression.kind === 'or', expression.of, yes, no);
  }

  /** First what the finders have answered, then what must be asked, what is dear to answer last. */
  #several(some: boolean, parts: readonly Expression[], yes: Place, no: Place): Place {
    const ids: number[] = [];
    const asked: { readonly part: Expression; readonly cost: number }[] = [];
    for (const part of parts) {
      const id = part.kind === 'atom' ? this.#triggers.idOf(part) : undefined;
      if (id === undefined) asked.push({ part, cost: this.#cost(part) });
      else ids.push(id);
    }
    let next = some ? no : yes;
    for (const { part } of asked.toSorted((one, other) => one.cost - other.cost).toReversed())
      next = some ? this.#write(part, yes, next) : this.#write(part, next, no);
    return some ? this.#code.some(ids, yes, next) : this.#code.every(ids, next, no);
  }

  /**
   * Of the dearest question in it: little, a text folded or an expression run, all values gone over. What costs little stays
   * in the order of the rule, whose author puts first what decides.
   */
  #cost(expression: Expression): number {
    if (expression.kind === 'not') return this.#cost(expression.of);
    if (expression.kind !== 'atom') return expression.of.reduce((most, part) => Math.max(most, this.#cost(part)), 0);
    const { field, question } = expression;
    if (this.#triggers.idOf(expression) !== undefined) return 0;
    if (field === undefined) return 2;
    if (question.kind === 'text') return caselessTest(question.pattern) === undefined ? 1 : 0;
    return question.kind === 'regex' ? 1 : 0;
  }

  /**
   * An atom that is one of the texts which the finders look for has its answer before it is asked. A regular expression whose
   * brace is not in the event, or a text that lacks one of its parts, need not be asked.
   */
  #atom(atom: Atom, yes: Place, no: Place): Place {
    const id = this.#triggers.idOf(atom);
    if (id !== undefined) return this.#code.some([id], yes, no);
    let place = this.#code.ask(this.#numberOf(atom), yes, no);
    for (const ids of this.#triggers.needsOf(atom)) place = this.#code.some(ids, place, no);
    return place;
  }

  #numberOf(atom: Atom): number {
    const key = keyOf(atom);
    let number = this.#atoms.get(key);
    if (number === undefined) this.#atoms.set(key, (number = this.#code.addAtom(this.#questions.asked(atom))));
    return number;
  }
}
