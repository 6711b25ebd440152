/**
 * The latest time that a group was offered in the last `patience`. It decides what is too late, and it goes by everything
 * that was offered, late or not: so what a window holds follows from what was received recently and from nothing else,
 * whenever one begins to look. That is what makes a window the same after a restart.
 *
 * Kept are only marks that can still become the latest: an offer that came earlier and tells an earlier time never will.
 * In a log that is read forwards that is one mark.
 *
 *     time   │ ●            a mark leaves `patience` after its receipt;
 *            │      ●       the next lower one decides then
 *            │         ●
 *            └──────────── received
 */
export type Mark = readonly [received: number, time: number];

/** A log that is read backwards makes a mark a line. Over this many, the oldest two become one. */
const MAX_MARKS = 64;

export class Watermark {
  /** The only mark, in two numbers; while there are several, they are in `#marks`. */
  #received = -Infinity;
  #time = -Infinity;
  #marks: readonly Mark[] | undefined;

  constructor(marks: readonly Mark[] = []) {
    this.#set(marks);
  }

  get marks(): readonly Mark[] {
    if (this.#marks !== undefined) return this.#marks;
    return this.#time === -Infinity ? [] : [[this.#received, this.#time]];
  }

  /** The latest time, or -Infinity. */
  get time(): number {
    return this.#marks === undefined ? this.#time : Math.max(...this.#marks.map(([, time]) => time));
  }

  /** Drops what was received `patience` or more before, or after, this moment. */
  forget(received: number, patience: number): void {
    this.#set(this.marks.filter(([moment]) => Math.abs(received - moment) < patience));
  }

  offer(received: number, time: number): void {
    if (this.#marks !== undefined) return this.#offerAmong(this.#marks, received, time);
    if (this.#received >= received && this.#time >= time) return undefined;
    if (this.#received > received || this.#time > time) return this.#offerAmong(this.marks, received, time);
    this.#received = received;
    this.#time = time;
    return undefined;
  }

  #offerAmong(marks: readonly Mark[], received: number, time: number): void {
    if (marks.some(([moment, mark]) => moment >= received && mark >= time)) return;
    const kept: Mark[] = marks.filter(([moment, mark]) => moment > received || mark > time);
    kept.push([received, time]);
    const [first, second] = kept;
    if (kept.length > MAX_MARKS && first !== undefined && second !== undefined)
      kept.splice(0, 2, [Math.max(first[0], second[0]), Math.max(first[1], second[1])]);
    this.#set(kept);
  }

  #set(marks: readonly Mark[]): void {
    const [only = [-Infinity, -Infinity]] = marks;
    this.#marks = marks.length > 1 ? marks : undefined;
    this.#received = marks.length > 1 ? -Infinity : only[0];
    this.#time = marks.length > 1 ? -Infinity : only[1];
  }
}
