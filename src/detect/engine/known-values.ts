/**
 * What the finders found in the short values of one field. An action, an outcome or the name of a program is one of a few, and
 * looking it up costs a quarter of looking through it. A field that brings ever new values is soon left alone.
 */
import type { Scalar } from '#contract';
import type { Marks } from './marks.ts';

const MOST = 512;
const LONGEST = 40;
/** So many times as often as they are new must values be known. */
const WORTH = 3;

const NOTHING: readonly number[] = [];

export class KnownValues {
  readonly #marks: Marks;
  readonly #found = new Map<string, readonly number[]>();
  #known = 0;
  #isWorthIt = true;

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  /** Marks what `find` finds in the value. `before`: how many triggers were reached before anything of this field was. */
  find(value: Scalar, before: number, find: (value: Scalar) => void): void {
    if (!this.#isWorthIt || typeof value !== 'string' || value.length > LONGEST) return find(value);
    const found = this.#found.get(value);
    if (found !== undefined) {
      this.#known++;
      for (let i = 0; i < found.length; i++) this.#marks.reach(found[i] ?? 0);
      return;
    }
    const { count } = this.#marks;
    find(value);
    // What another value of the field reached would not be told of this one.
    if (count === before) this.#learn(value, count);
  }

  #learn(value: string, from: number): void {
    const { hits, count } = this.#marks;
    if (this.#found.size >= MOST) {
      this.#isWorthIt = this.#known > MOST * WORTH;
      this.#known = 0;
      this.#found.clear();
    }
    // A part of a line would keep the line alive.
    const copy = Buffer.from(value).toString();
    this.#found.set(copy, count === from ? NOTHING : Array.from(hits.subarray(from, count)));
  }
}
