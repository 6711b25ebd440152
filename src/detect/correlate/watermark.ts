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
  #marks: Mark[];

  constructor(marks: readonly Mark[] = []) {
    this.#marks = [...marks];
  }

  get marks(): readonly Mark[] {
    return this.#marks;
  }

  /** The latest time, or -Infinity. */
  get time(): number {
    return this.#marks.reduce((latest, [, time]) => Math.max(latest, time), -Infinity);
  }

  /** Drops what was received `patience` or more before, or after, this moment. */
  forget(received: number, patience: number): void {
    const near = ([moment]: Mark): boolean => Math.abs(received - moment) < patience;
    if (!this.#marks.every(near)) this.#marks = this.#marks.filter(near);
  }

  offer(received: number, time: number): void {
    if (this.#marks.some(([moment, mark]) => moment >= received && mark >= time)) return;
    this.#marks = this.#marks.filter(([moment, mark]) => moment > received || mark > time);
    this.#marks.push([received, time]);
    if (this.#marks.length <= MAX_MARKS) return;
    const [first, second] = this.#marks;
    if (first === undefined || second === undefined) return;
    this.#marks.splice(0, 2, [Math.max(first[0], second[0]), Math.max(first[1], second[1])]);
  }
}
