/**
 * Compiled expressions. A rule is looked at when it is a candidate, which any of a thousand may be: as closures its parts would lie
 * all over the heap, and fetching them takes longer than asking. So a rule is a run of numbers, and only what the finders do not
 * answer is a closure.
 *
 *     atom     ASK    yes  no  atom            the question is asked, once an event
 *     or       SOME   yes  no  n  trigger × n  some of the triggers are reached
 *     and      EVERY  yes  no  n  trigger × n  all of them are
 *
 * `yes` and `no` are where to go on, or the answer. What comes after is written first: its place is known when it is needed.
 */
import type { Marks } from './marks.ts';
import type { Ask } from './questions.ts';

/** Where an expression begins, or its answer. */
export type Place = number;
export const YES: Place = -1;
export const NO: Place = -2;

const [ASK, SOME, EVERY] = [0, 1, 2];
const HEAD = 4;

export class Code {
  readonly #marks: Marks;
  #numbers = new Int32Array(4096);
  #size = 0;
  readonly #asks: Ask[] = [];
  /** Twice the round of the event that an atom was asked about, and one more if it said yes. */
  #kept = new Int32Array(64);

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  /** When rounds begin again. */
  restart(): void {
    this.#kept.fill(0);
  }

  /** Returns the number of the atom. */
  addAtom(ask: Ask): number {
    const atom = this.#asks.push(ask) - 1;
    this.#kept = withRoom(this.#kept, this.#asks.length);
    return atom;
  }

  ask(atom: number, yes: Place, no: Place): Place {
    return this.#write(ASK, yes, no, [atom], atom);
  }

  some(triggers: readonly number[], yes: Place, no: Place): Place {
    return triggers.length === 0 ? no : this.#write(SOME, yes, no, triggers, triggers.length);
  }

  every(triggers: readonly number[], yes: Place, no: Place): Place {
    return triggers.length === 0 ? yes : this.#write(EVERY, yes, no, triggers, triggers.length);
  }

  #write(kind: number, yes: Place, no: Place, triggers: readonly number[], count: number): Place {
    const place = this.#size;
    const list = kind === ASK ? [] : triggers;
    this.#size += HEAD + list.length;
    this.#numbers = withRoom(this.#numbers, this.#size);
    this.#numbers.set([kind, yes, no, count, ...list], place);
    return place;
  }

  /** Whether what begins there holds for the event at hand. */
  holds(place: Place): boolean {
    const numbers = this.#numbers;
    let at = place;
    while (at >= 0) {
      const kind = numbers[at];
      const count = numbers[at + 3] ?? 0;
      const answer = kind === ASK ? this.#asked(count) : this.#found(kind === SOME, at + HEAD, at + HEAD + count);
      at = numbers[at + (answer ? 1 : 2)] ?? NO;
    }
    return at === YES;
  }

  #found(some: boolean, from: number, to: number): boolean {
    const numbers = this.#numbers;
    const { reached, round } = this.#marks;
    for (let i = from; i < to; i++) if ((reached[numbers[i] ?? 0] === round) === some) return some;
    return !some;
  }

  #asked(atom: number): boolean {
    const kept = this.#kept[atom] ?? 0;
    const now = this.#marks.round * 2;
    if (kept >= now) return kept > now;
    const answer = this.#asks[atom]?.() === true;
    this.#kept[atom] = answer ? now + 1 : now;
    return answer;
  }
}

function withRoom(numbers: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  if (size <= numbers.length) return numbers;
  const more = new Int32Array(Math.max(size, numbers.length * 2));
  more.set(numbers);
  return more;
}
