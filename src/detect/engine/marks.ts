/**
 * Which triggers the event at hand has reached. Nothing is cleared between events: a trigger carries the number of the last
 * event that reached it, and any other number is no.
 */
export class Marks {
  /** The number of the event at hand, from 1. */
  round = 0;
  /** By trigger. */
  readonly reached: Int32Array;
  /** The triggers that were reached, the first `count` of them, without repeats. */
  readonly hits: Int32Array;
  count = 0;

  constructor(triggers: number) {
    this.reached = new Int32Array(triggers);
    this.hits = new Int32Array(triggers);
  }

  begin(round: number): void {
    if (round === 1) this.reached.fill(0);
    this.round = round;
    this.count = 0;
  }

  reach(id: number): void {
    if (this.reached[id] === this.round) return;
    this.reached[id] = this.round;
    this.hits[this.count++] = id;
  }
}
