/**
 * The memory that all windows share. When it is over, whoever holds most gives: a flood that one correlation counts must not
 * take the windows of the others.
 */
export interface Holder {
  /** Lets something go, and says so where it is counted; false when nothing is left. */
  shed(): boolean;
}

export class Budget {
  readonly #limit: number;
  readonly #holders: Holder[] = [];
  /** What each of them holds, by account. */
  readonly #bytes: number[] = [];
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get held(): number {
    return this.#held;
  }

  /** Returns the holder's account. */
  join(holder: Holder): number {
    this.#bytes.push(0);
    return this.#holders.push(holder) - 1;
  }

  /** Takes bytes, or gives them back where they are negative. */
  take(account: number, bytes: number): void {
    this.#bytes[account] = (this.#bytes[account] ?? 0) + bytes;
    this.#held += bytes;
  }

  /** Sheds until all fits. */
  settle(): void {
    while (this.#held > this.#limit && this.#holders[this.#largest()]?.shed() === true);
  }

  #largest(): number {
    let [largest, most] = [0, -1];
    for (let account = 0; account < this.#bytes.length; account++) {
      const held = this.#bytes[account] ?? 0;
      if (held > most) [largest, most] = [account, held];
    }
    return largest;
  }
}
