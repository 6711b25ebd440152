/**
 * Entries of one rule within a window, in order of time and, at equal times, of arrival. Log lines come nearly sorted, so
 * adding is a push and expiring moves the head; both are O(1) then. A late entry is inserted by binary search.
 */
export interface Timed {
  /** ms; the time that windows go by. */
  readonly time: number;
  /** Counts up with arrival. Rules that one event matched share it: an event does not come after itself. */
  readonly order: number;
}

export const before = (left: Timed, right: Timed): boolean =>
  left.time < right.time || (left.time === right.time && left.order < right.order);

export class Timeline<T extends Timed> {
  /** Places before the head are empty: what has left must not be kept alive. */
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  get last(): T | undefined {
    return this.#items[this.#items.length - 1];
  }

  /** By place, from the first. */
  at(place: number): T | undefined {
    return this.#items[this.#head + place];
  }

  add(entry: T): void {
    const last = this.last;
    // The first has a place made to measure: a push would make room for seventeen, and most lines hold one.
    if (this.#items.length === 0) this.#items = [entry];
    else if (last === undefined || !before(entry, last)) this.#items.push(entry);
    else this.#items.splice(this.#after(entry), 0, entry);
  }

  shift(): T | undefined {
    const entry = this.first;
    if (entry === undefined) return undefined;
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) this.#clear();
    // Cutting off the passed part when it is half of the array keeps shift O(1) on average.
    if (this.#head > 16 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  forEach(visit: (entry: T) => void): void {
    for (let at = this.#head; at < this.#items.length; at++) {
      const entry = this.#items[at];
      if (entry !== undefined) visit(entry);
    }
  }

  /** Takes out what `keep` refuses and returns it. */
  remove(keep: (entry: T) => boolean): readonly T[] {
    if (this.length === 0) return [];
    const live = this.#live();
    const gone = live.filter((entry) => !keep(entry));
    if (gone.length > 0) {
      this.#items = live.filter(keep);
      this.#head = 0;
    }
    return gone;
  }

  /** Takes out everything from one entry to another, both included. */
  cut(from: Timed, to: Timed): readonly T[] {
    const start = this.#from(from);
    const count = this.#after(to) - start;
    return count > 0 ? this.#items.splice(start, count).filter((entry) => entry !== undefined) : [];
  }

  /** Takes out everything. */
  drain(): readonly T[] {
    if (this.length === 0) return [];
    const all = this.#live();
    this.#clear();
    return all;
  }

  copy(): Timeline<T> {
    const copy = new Timeline<T>();
    copy.#items = this.#items.slice(this.#head);
    return copy;
  }

  #clear(): void {
    this.#items = [];
    this.#head = 0;
  }

  #live(): T[] {
    const { first } = this;
    if (this.length === 1 && first !== undefined) return [first];
    return this.#items.slice(this.#head).filter((entry) => entry !== undefined);
  }

  /** The first entry that comes after this one. */
  firstAfter(entry: Timed): T | undefined {
    return this.#items[this.#after(entry)];
  }

  /** The last entry that comes before this one. */
  lastBefore(entry: Timed): T | undefined {
    const at = this.#from(entry) - 1;
    return at < this.#head ? undefined : this.#items[at];
  }

  /** Place of the first entry that does not come before `entry`. */
  #from(entry: Timed): number {
    return this.#place((there) => !before(there, entry));
  }

  /** Place of the first entry that comes after `entry`. */
  #after(entry: Timed): number {
    return this.#place((there) => before(entry, there));
  }

  /** Place of the first entry that fits; all after it fit as well. */
  #place(fits: (there: T) => boolean): number {
    let low = this.#head;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#items[middle];
      if (there !== undefined && fits(there)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
