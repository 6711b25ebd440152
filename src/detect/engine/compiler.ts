/**
 * Makes expressions into tests of the event at hand. An atom that several rules ask for is one test, answered once an event;
 * what the finders have answered is not asked again.
 */
import type { FieldValue, Scalar } from '#contract';
import {
  type Atom,
  type Expression,
  fieldsCompare,
  keyOf,
  type Question,
  scalarTest,
  type ScalarTest,
} from '../sigma/expression.ts';
import { fold } from '../sigma/fold.ts';
import { isNull } from '../sigma/straight.ts';
import { caselessTest, endsCaseless, isCaseless } from './caseless.ts';
import type { Evaluator, Slot } from './evaluator.ts';
import type { Marks } from './marks.ts';
import type { Triggers } from './triggers.ts';

export type Test = () => boolean;

export class Compiler {
  readonly #event: Evaluator;
  readonly #triggers: Triggers;
  readonly #marks: Marks;
  readonly #atoms = new Map<string, Test>();
  /** Twice the round of the event that an atom was asked about, and one more if it said yes. */
  #kept = new Int32Array(64);
  #atomCount = 0;

  constructor(event: Evaluator, triggers: Triggers, marks: Marks) {
    this.#event = event;
    this.#triggers = triggers;
    this.#marks = marks;
  }

  /** When rounds begin again. */
  restart(): void {
    this.#kept.fill(0);
  }

  compile(expression: Expression): Test {
    if (expression.kind === 'atom') return this.#atom(expression);
    if (expression.kind === 'not') {
      const test = this.compile(expression.of);
      return () => !test();
    }
    return this.#several(expression.kind === 'or', expression.of);
  }

  /** First what the finders have answered, then what must be asked, what is dear to answer last. */
  #several(wanted: boolean, parts: readonly Expression[]): Test {
    const ids: number[] = [];
    const asked: Expression[] = [];
    for (const part of parts) {
      const id = part.kind === 'atom' ? this.#triggers.idOf(part) : undefined;
      if (id === undefined) asked.push(part);
      else ids.push(id);
    }
    const tests = asked
      .map((part) => ({ part, cost: this.#cost(part) }))
      .toSorted((one, other) => one.cost - other.cost)
      .map(({ part }) => this.compile(part));
    const [first, second] = tests;
    const found = this.#found(wanted, Int32Array.from(ids));
    if (first === undefined) return found;
    if (ids.length === 0 && second !== undefined && tests.length === 2)
      return wanted ? () => first() || second() : () => first() && second();
    if (tests.length === 1) return wanted ? () => found() || first() : () => found() && first();
    return () => {
      if (found() === wanted) return wanted;
      for (const test of tests) if (test() === wanted) return wanted;
      return !wanted;
    };
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

  /** Some of the triggers are reached, or all of them. */
  #found(some: boolean, ids: Int32Array): Test {
    const marks = this.#marks;
    const { reached } = marks;
    return () => {
      const { round } = marks;
      for (let i = 0; i < ids.length; i++) if ((reached[ids[i] ?? 0] === round) === some) return some;
      return !some;
    };
  }

  #atom(atom: Atom): Test {
    const key = keyOf(atom);
    const known = this.#atoms.get(key) ?? this.#trigger(atom);
    if (known !== undefined) return known;
    const id = this.#atomCount++;
    if (id >= this.#kept.length) {
      const more = new Int32Array(this.#kept.length * 2);
      more.set(this.#kept);
      this.#kept = more;
    }
    const ask = this.#guarded(atom, this.#question(atom));
    const test = (): boolean => {
      const kept = this.#kept[id] ?? 0;
      const now = this.#marks.round * 2;
      if (kept >= now) return kept > now;
      const answer = ask();
      this.#kept[id] = answer ? now + 1 : now;
      return answer;
    };
    this.#atoms.set(key, test);
    return test;
  }

  /** A regular expression whose brace is not in the event, or a text that lacks one of its parts, need not be asked. */
  #guarded(atom: Atom, ask: Test): Test {
    const [first, ...others] = this.#triggers.needsOf(atom).map((ids) => this.#found(true, ids));
    if (first === undefined) return ask;
    if (others.length === 0) return () => first() && ask();
    return () => first() && others.every((test) => test()) && ask();
  }

  /** An atom that is one of the texts which the automata look for has its answer before it is asked. */
  #trigger(atom: Atom): Test | undefined {
    const id = this.#triggers.idOf(atom);
    const marks = this.#marks;
    return id === undefined ? undefined : () => marks.reached[id] === marks.round;
  }

  #question({ field, question }: Atom): Test {
    const test = scalarTest(question);
    const folds = question.kind === 'text' && !question.cased;
    if (field === undefined) return this.#keyword(test, folds);
    const slot = this.#event.slot(field);
    switch (question.kind) {
      case 'null':
        return () => isNull(this.#event.value(slot));
      case 'exists':
        return () => this.#event.value(slot) !== undefined;
      case 'field': {
        const other = this.#event.slot(question.other);
        const endsAlike = !question.cased && (question.how === 'equals' || question.how === 'endswith');
        return () => {
          const [left, right] = [this.#event.value(slot), this.#event.value(other)];
          if (typeof left === 'string' && left === right) return true;
          // Nearly always their ends differ, and that is all to know.
          if (endsAlike && typeof left === 'string' && typeof right === 'string' && endsCaseless(left, right) === false)
            return false;
          return fieldsCompare(left, right, question);
        };
      }
      case 'regex':
        return this.#expression(slot, test, question.regex.needs);
      default:
        return folds ? this.#caseless(slot, test, question) : () => some(this.#event.value(slot), test);
    }
  }

  #caseless(slot: Slot, test: ScalarTest, { pattern }: Extract<Question, { kind: 'text' }>): Test {
    const unfolded = caselessTest(pattern);
    if (unfolded === undefined) return () => this.#folded(slot, test);
    return () => {
      const value = this.#event.value(slot);
      const answer = typeof value === 'string' ? unfolded(value) : undefined;
      return answer ?? this.#folded(slot, test);
    };
  }

  /** Looking for its signs (`^`, `{`) costs little beside an expression that is full of them. */
  #expression(slot: Slot, test: ScalarTest, needs: readonly (readonly string[])[]): Test {
    const signs = new Map(needs.filter((texts) => texts.every(isCaseless)).map((texts) => [texts.join('\n'), texts]));
    const lists = Array.from(signs.values());
    return () => {
      const value = this.#event.value(slot);
      if (typeof value === 'string')
        for (const texts of lists) if (!texts.some((text) => value.includes(text))) return false;
      return some(value, test);
    };
  }

  /** A field's text is folded once, whoever asks. */
  #folded(slot: Slot, test: ScalarTest): boolean {
    const value = this.#event.value(slot);
    if (typeof value !== 'string') return some(value, (part, text) => test(part, fold(text)));
    if (slot.foldRound !== this.#marks.round) {
      slot.foldRound = this.#marks.round;
      slot.folded = fold(value);
    }
    return test(value, slot.folded);
  }

  #keyword(test: ScalarTest, folds: boolean): Test {
    return () => {
      let found = false;
      this.#event.forKeywords((value) => {
        found ||= test(value, folds ? fold(String(value)) : '');
      });
      return found;
    };
  }
}

const one = (value: Scalar, test: ScalarTest): boolean =>
  value !== null && test(value, typeof value === 'string' ? value : String(value));

const some = (value: FieldValue | undefined, test: ScalarTest): boolean =>
  typeof value === 'object' && value !== null
    ? value.some((part) => one(part, test))
    : value !== undefined && one(value, test);
