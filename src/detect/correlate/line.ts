/**
 * Entries of a window in order of time and, at equal times, of arrival. Log lines come nearly sorted, so adding is a push and
 * expiring moves the head; both are O(1) then. A late entry is inserted by binary search.
 *
 * Under attack a line is entered for every line of the log, and what it holds lives for minutes. As an object with a box for
 * each of its times, an entry would be copied twice by the collector and walked over ever after; so it is a row of numbers and
 * a row of things.
 *
 *     numbers   … gone … │ time order received weight count rule │ time order …
 *                        head                                     a row each
 *     things    … gone … │ value story │ value story │ …
 *
 * The story is what a match tells of an entry: its events. It goes when a match has told it, or when there are too many; the
 * window goes on with the numbers. What a match has told has no count: -1 stands there.
 */
import type { Located } from '../match.ts';

export interface Timed {
  /** ms; the time that windows go by. */
  readonly time: number;
  /** Counts up with arrival. Rules that one event matched share it: an event does not come after itself. */
  readonly order: number;
}

export const before = (left: Timed, right: Timed): boolean =>
  left.time < right.time || (left.time === right.time && left.order < right.order);

/** The events of an entry. */
export interface Story {
  readonly event: Located;
  /** Undefined: the event alone. */
  readonly evidence: readonly Located[] | undefined;
  /** Memory that they keep alive, about. Worked out when a window is the first to keep them. */
  bytes: number | undefined;
}

export type Value = string | number | undefined;

export interface Entry extends Timed {
  /** ms */
  readonly received: number;
  /** What it counts for in the window. */
  readonly weight: number;
  /** What it adds to the alert's count; undefined since a match told it. */
  readonly count: number | undefined;
  /** Place of the rule that matched, in the correlation's list. */
  readonly rule: number;
  /** What is counted or computed with; undefined for types that do neither. */
  readonly value: Value;
  readonly story: Story | undefined;
}

/** An entry that a match tells now. */
export interface Told extends Timed {
  readonly rule: number;
  readonly count: number;
  readonly story: Story | undefined;
}

/** Places in a row of numbers; the time comes first. */
const ORDER = 1;
const RECEIVED = 2;
const WEIGHT = 3;
const COUNT = 4;
const RULE = 5;
const NUMBERS = 6;
const THINGS = 2;
const TOLD = -1;

export class Line {
  #numbers: number[] = [];
  #things: (Value | Story)[] = [];
  /** Rows. What is before the head has left. */
  #head = 0;
  #end = 0;
  /** No untold row comes before this one. */
  #from = 0;
  #untold = 0;
  /** Receipts go up with the rows. */
  #steady = true;

  get length(): number {
    return this.#end - this.#head;
  }

  /** How many entries no match has told. */
  get untold(): number {
    return this.#untold;
  }

  /** Infinity where there is none. */
  get firstTime(): number {
    return this.#head === this.#end ? Infinity : this.#time(this.#head);
  }

  get first(): Timed | undefined {
    return this.#timed(this.#head);
  }

  get last(): Timed | undefined {
    return this.#timed(this.#end - 1);
  }

  get isSteady(): boolean {
    return this.#steady;
  }

  /** When the first entry was received, and the last: where receipts are steady, nothing was earlier or later. */
  get firstReceived(): number {
    return this.#number(this.#head, RECEIVED);
  }

  get lastReceived(): number {
    return this.#number(this.#end - 1, RECEIVED);
  }

  get firstWeight(): number {
    return this.#number(this.#head, WEIGHT);
  }

  get firstValue(): Value {
    return this.#value(this.#head);
  }

  get firstStory(): Story | undefined {
    return this.#story(this.#head);
  }

  add({ time, order, received, weight, count, rule, value, story }: Entry): void {
    this.put(time, order, received, weight, count ?? TOLD, rule, value, story);
  }

  /** The same of an entry that comes in, without an object for it: most of them are made for nothing else. */
  put(
    time: number,
    order: number,
    received: number,
    weight: number,
    count: number,
    rule: number,
    value: Value,
    story: Story | undefined,
  ): void {
    const at = this.#isLatest(time, order) ? this.#end : this.#row(time, order + 0.5);
    if (at === this.#end) {
      if (at > this.#head && received < this.lastReceived) this.#steady = false;
      if (at === 0) {
        // The first has a place made to measure: a push would make room for four, and most lines hold one.
        this.#numbers = [time, order, received, weight, count, rule];
        this.#things = [value, story];
      } else {
        this.#numbers.push(time, order, received, weight, count, rule);
        this.#things.push(value, story);
      }
    } else {
      this.#steady = false;
      this.#numbers.splice(at * NUMBERS, 0, time, order, received, weight, count, rule);
      this.#things.splice(at * THINGS, 0, value, story);
    }
    this.#end++;
    if (count === TOLD) return;
    if (this.#untold === 0 || at < this.#from) this.#from = at;
    this.#untold++;
  }

  #isLatest(time: number, order: number): boolean {
    const last = this.#end - 1;
    if (last < this.#head) return true;
    const latest = this.#time(last);
    return time > latest || (time === latest && order >= this.#number(last, ORDER));
  }

  /** Takes the first entry out; to be asked about before. */
  shift(): void {
    const at = this.#head++;
    if (this.#number(at, COUNT) !== TOLD) this.#untold--;
    if (this.#from < this.#head) this.#from = this.#head;
    // What has left must not be kept alive.
    this.#things[at * THINGS] = undefined;
    this.#things[at * THINGS + 1] = undefined;
    if (this.#head === this.#end) this.#clear();
    // Cutting off the passed part when it is half of the rows keeps shift O(1) on average.
    else if (this.#head > 16 && this.#head * 2 > this.#end) this.#cutOff();
  }

  #clear(): void {
    this.#numbers = [];
    this.#things = [];
    this.#head = this.#end = this.#from = 0;
    this.#steady = true;
  }

  #cutOff(): void {
    this.#numbers = this.#numbers.slice(this.#head * NUMBERS);
    this.#things = this.#things.slice(this.#head * THINGS);
    this.#from = Math.max(0, this.#from - this.#head);
    this.#end -= this.#head;
    this.#head = 0;
  }

  entries(): readonly Entry[] {
    return Array.from({ length: this.length }, (_, place) => this.#entry(this.#head + place));
  }

  /** Takes out what was received when `stays` says no, and returns it. */
  remove(stays: (received: number) => boolean): readonly Entry[] {
    const all = this.entries();
    const gone = all.filter(({ received }) => !stays(received));
    if (gone.length === 0) return gone;
    this.#clear();
    this.#untold = 0;
    for (const entry of all) if (stays(entry.received)) this.add(entry);
    return gone;
  }

  /** Tells everything that no match had, in order, from one place to another, both included. */
  tell(told: Told[], from?: Timed, to?: Timed): void {
    const begin = from === undefined ? this.#from : Math.max(this.#from, this.#notBefore(from));
    const end = to === undefined ? this.#end : this.#after(to);
    for (let at = begin; at < end && this.#untold > 0; at++) this.#tellOne(told, at);
    if (begin <= this.#from && end > this.#from) this.#from = end;
  }

  /** The same of entries with one value. */
  tellValue(told: Told[], value: Value): void {
    for (let at = this.#from; at < this.#end; at++) if (this.#value(at) === value) this.#tellOne(told, at);
  }

  /** The last entry, if it is the only one that no match had. */
  tellLast(): Told | undefined {
    const at = this.#end - 1;
    if (this.#untold !== 1 || this.#number(at, COUNT) === TOLD) return undefined;
    this.#from = this.#end;
    return this.#take(at);
  }

  #tellOne(told: Told[], at: number): void {
    if (this.#number(at, COUNT) !== TOLD) told.push(this.#take(at));
  }

  #take(at: number): Told {
    const told: Told = {
      time: this.#time(at),
      order: this.#number(at, ORDER),
      rule: this.#number(at, RULE),
      count: this.#number(at, COUNT),
      story: this.#story(at),
    };
    this.#numbers[at * NUMBERS + COUNT] = TOLD;
    this.#things[at * THINGS + 1] = undefined;
    this.#untold--;
    return told;
  }

  /** Of the untold ones, all but the first and the newest go without their story. That of the one which does so now. */
  thin(first: number, last: number): Story | undefined {
    const place = this.#untold - last - 1;
    if (place < first) return undefined;
    let at = this.#from + place;
    if (this.#end - this.#from !== this.#untold)
      for (let left = last + 1, back = this.#end - 1; left > 0; back--)
        if (this.#number(back, COUNT) !== TOLD) [at, left] = [back, left - 1];
    const story = this.#story(at);
    this.#things[at * THINGS + 1] = undefined;
    return story;
  }

  /** The first entry that comes after this one. */
  firstAfter(entry: Timed): Timed | undefined {
    return this.#timed(this.#after(entry));
  }

  /** The last entry that comes before this one. */
  lastBefore(entry: Timed): Timed | undefined {
    return this.#timed(this.#notBefore(entry) - 1);
  }

  /** Row of the first entry that does not come before `entry`. */
  #notBefore({ time, order }: Timed): number {
    return this.#row(time, order);
  }

  /** Row of the first entry that comes after `entry`. Orders are whole. */
  #after({ time, order }: Timed): number {
    return this.#row(time, order + 0.5);
  }

  /** The first row that is not before this; all after it are not either. */
  #row(time: number, order: number): number {
    let low = this.#head;
    let high = this.#end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#time(middle);
      if (there > time || (there === time && this.#number(middle, ORDER) >= order)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #time(row: number): number {
    return this.#numbers[row * NUMBERS] ?? 0;
  }

  #number(row: number, which: number): number {
    return this.#numbers[row * NUMBERS + which] ?? 0;
  }

  #value(row: number): Value {
    const value = this.#things[row * THINGS];
    return typeof value === 'object' ? undefined : value;
  }

  #story(row: number): Story | undefined {
    const story = this.#things[row * THINGS + 1];
    return typeof story === 'object' ? story : undefined;
  }

  #timed(row: number): Timed | undefined {
    if (row < this.#head || row >= this.#end) return undefined;
    return { time: this.#time(row), order: this.#number(row, ORDER) };
  }

  #entry(row: number): Entry {
    const count = this.#number(row, COUNT);
    return {
      time: this.#time(row),
      order: this.#number(row, ORDER),
      received: this.#number(row, RECEIVED),
      weight: this.#number(row, WEIGHT),
      count: count === TOLD ? undefined : count,
      rule: this.#number(row, RULE),
      value: this.#value(row),
      story: this.#story(row),
    };
  }
}
