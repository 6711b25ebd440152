/** What is asked of the event at hand where the finders have no answer: an atom as a closure. */
import type { FieldValue, Scalar } from '#contract';
import { type Atom, fieldsCompare, type Question, scalarTest, type ScalarTest } from '../sigma/expression.ts';
import { fold } from '../sigma/fold.ts';
import { isNull } from '../sigma/straight.ts';
import { caselessTest, endsCaseless, isCaseless } from './caseless.ts';
import type { Evaluator, Slot } from './evaluator.ts';

export type Ask = () => boolean;

export class Questions {
  readonly #event: Evaluator;

  constructor(event: Evaluator) {
    this.#event = event;
  }

  asked({ field, question }: Atom): Ask {
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

  #caseless(slot: Slot, test: ScalarTest, { pattern }: Extract<Question, { kind: 'text' }>): Ask {
    const unfolded = caselessTest(pattern);
    if (unfolded === undefined) return () => this.#folded(slot, test);
    return () => {
      const value = this.#event.value(slot);
      const answer = typeof value === 'string' ? unfolded(value) : undefined;
      return answer ?? this.#folded(slot, test);
    };
  }

  /** Looking for its signs (`^`, `{`) costs little beside an expression that is full of them. */
  #expression(slot: Slot, test: ScalarTest, needs: readonly (readonly string[])[]): Ask {
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
    if (slot.foldRound !== this.#event.round) {
      slot.foldRound = this.#event.round;
      slot.folded = fold(value);
    }
    return test(value, slot.folded);
  }

  #keyword(test: ScalarTest, folds: boolean): Ask {
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
