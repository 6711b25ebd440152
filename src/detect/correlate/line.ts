/**
 * Entries of a window in order of time and, at equal times, of arrival. Log lines come nearly sorted, so adding moves the end and
 * expiring moves the head; both are O(1) then, and in the same memory for as long as the window stays as large as it is. A late
 * entry is inserted by binary search.
 *
 * Under attack a line is entered for every line of the log, and what it holds lives for minutes. As an object with a box for
 * each of its times, an entry would be copied twice by the collector and walked over ever after; so it is a row of numbers and
 * a row of things.
 *
 *     numbers   … later │ free … │ time order received weight count rule │ time order …
 *                  end           head                                     a row each
 *     things    … later │ free … │ value story │ value story │ …
 *
 * The memory is a ring with room for a power of two of rows. Rows count up for ever: where one stands is its number modulo that.
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

/** Rows: what room is made for at least, and what is not worth taking back. */
const LEAST_ROOM = 4;
const SMALL_ROOM = 32;

export class Line {
  #numbers: number[] = [];
  #things: (Value | Story)[] = [];
  #room = 0;
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
    if (at < this.#end || (at > this.#head && received < this.lastReceived)) this.#steady = false;
    if (this.#room === 0) {
      // The first has a place made to measure: most lines hold one.
      this.#numbers = [time, order, received, weight, count, rule];
      this.#things = [value, story];
      this.#room = 1;
    } else {
      if (this.#end - this.#head === this.#room) this.#makeRoom();
      for (let row = this.#end; row > at; row--) this.#copy(row - 1, row);
      this.#write(at, time, order, received, weight, count, rule, value, story);
    }
    this.#end++;
    if (count === TOLD) return;
    if (this.#untold === 0 || at < this.#from) this.#from = at;
    this.#untold++;
  }

  #write(
    row: number,
    time: number,
    order: number,
    received: number,
    weight: number,
    count: number,
    rule: number,
    value: Value,
    story: Story | undefined,
  ): void {
    const at = this.#at(row);
    const numbers = this.#numbers;
    const first = at * NUMBERS;
    numbers[first] = time;
    numbers[first + ORDER] = order;
    numbers[first + RECEIVED] = received;
    numbers[first + WEIGHT] = weight;
    numbers[first + COUNT] = count;
    numbers[first + RULE] = rule;
    this.#setThings(at, value, story);
  }

  #copy(from: number, to: number): void {
    this.#write(
      to,
      this.#time(from),
      this.#number(from, ORDER),
      this.#number(from, RECEIVED),
      this.#number(from, WEIGHT),
      this.#number(from, COUNT),
      this.#number(from, RULE),
      this.#value(from),
      this.#story(from),
    );
  }

  /** Where a row stands. */
  #at(row: number): number {
    return row & (this.#room - 1);
  }

  #setThings(at: number, value: Value, story: Story | undefined): void {
    this.#things[at * THINGS] = value;
    this.#things[at * THINGS + 1] = story;
  }

  /** Of a full ring. Twice as much: every row then stands in both halves, and is found in one of them. */
  #makeRoom(): void {
    do {
      const half = this.#room;
      this.#numbers = this.#numbers.concat(this.#numbers);
      this.#things = this.#things.concat(this.#things);
      this.#room *= 2;
      // What stands in the other half too must not be kept alive by it.
      for (let row = this.#head; row < this.#end; row++) this.#setThings(this.#at(row) ^ half, undefined, undefined);
    } while (this.#room < LEAST_ROOM);
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
    this.#setThings(this.#at(at), undefined, undefined);
    if (this.#head === this.#end) this.#clear();
    else if (this.#room > SMALL_ROOM && this.length * 4 <= this.#room) this.#giveRoom();
  }

  #clear(): void {
    this.#numbers = [];
    this.#things = [];
    this.#room = this.#head = this.#end = this.#from = 0;
    this.#steady = true;
  }

  /** Half of it: the rows lie in one of the halves of a smaller ring. */
  #giveRoom(): void {
    const numbers = this.#numbers;
    const things = this.#things;
    const room = this.#room;
    this.#room /= 2;
    this.#numbers = numbers.slice(0, this.#room * NUMBERS);
    this.#things = Array.from<undefined>({ length: this.#room * THINGS });
    for (let row = this.#head; row < this.#end; row++) {
      const [from, to] = [row & (room - 1), this.#at(row)];
      for (let i = 0; i < NUMBERS; i++) this.#numbers[to * NUMBERS + i] = numbers[from * NUMBERS + i] ?? 0;
      for (let i = 0; i < THINGS; i++) this.#things[to * THINGS + i] = things[from * THINGS + i];
    }
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
    const place = this.#at(at);
    this.#numbers[place * NUMBERS + COUNT] = TOLD;
    this.#things[place * THINGS + 1] = undefined;
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
    this.#things[this.#at(at) * THINGS + 1] = undefined;
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
    return this.#numbers[this.#at(row) * NUMBERS] ?? 0;
  }

  #number(row: number, which: number): number {
    return this.#numbers[this.#at(row) * NUMBERS + which] ?? 0;
  }

  #value(row: number): Value {
    const value = this.#things[this.#at(row) * THINGS];
    return typeof value === 'object' ? undefined : value;
  }

  #story(row: number): Story | undefined {
    const story = this.#things[this.#at(row) * THINGS + 1];
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
