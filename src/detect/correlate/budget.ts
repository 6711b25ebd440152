/**
 * The memory that all windows share. When it is over, whoever holds most gives: a flood that one correlation counts must not
 * take the windows of the others.
 */
export interface Holder {
  readonly bytes: number;
  /** Lets something go, and says so where it is counted; false when nothing is left. */
  shed(): boolean;
}

export class Budget {
  readonly #limit: number;
  readonly #holders: Holder[] = [];
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get held(): number {
    return this.#held;
  }

  join(holder: Holder): void {
    this.#holders.push(holder);
  }

  /** Takes bytes, or gives them back where they are negative. */
  take(bytes: number): void {
    this.#held += bytes;
  }

  /** Sheds until all fits. */
  settle(): void {
    while (this.#held > this.#limit) {
      const largest = this.#holders.reduce((left, right) => (right.bytes > left.bytes ? right : left));
      if (!largest.shed()) return;
    }
  }
}
