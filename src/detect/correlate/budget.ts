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
      let largest: Holder | undefined;
      for (const holder of this.#holders) if (largest === undefined || holder.bytes > largest.bytes) largest = holder;
      if (!largest?.shed()) return;
    }
  }
}
