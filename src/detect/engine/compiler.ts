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
import { caselessTest, endsCaseless } from './caseless.ts';
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

  /** First what the finders have answered, then what must be asked. */
  #several(wanted: boolean, parts: readonly Expression[]): Test {
    const ids: number[] = [];
    const tests: Test[] = [];
    for (const part of parts) {
      const id = part.kind === 'atom' ? this.#triggers.idOf(part) : undefined;
      if (id === undefined) tests.push(this.compile(part));
      else ids.push(id);
    }
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
    const ask = this.#question(atom);
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
          // Nearly always their ends differ, and that is all to know.
          if (endsAlike && typeof left === 'string' && typeof right === 'string' && endsCaseless(left, right) === false)
            return false;
          return fieldsCompare(left, right, question);
        };
      }
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
