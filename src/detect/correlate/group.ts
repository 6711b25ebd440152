/**
 * The window of one group: its entries by time, and what is computed over them.
 *
 * Most groups hold one entry and never come to anything, and a flood makes thousands of them a second: so a group is few
 * objects, and whatever only a second entry needs is made when that comes.
 */
import type { Event } from '#contract';
import type { Located } from '../match.ts';
import { before, type Entry, Line, type Story, type Timed, type Told, type Value } from './line.ts';
import { type Measure, measure, type MeasureKind } from './measure.ts';
import type { Linked } from '#lib/recency';
import type { Stretch } from './runs.ts';
import { Watermark } from './watermark.ts';
import type { GroupWindow } from './windows.ts';

/** What a referred rule matched. */
export interface Contribution extends Story {
  /** What it counts for in a window. */
  readonly weight: number;
  /** What it adds to an alert's count. */
  readonly count: number;
  readonly values: Readonly<Record<string, string>>;
  /** It is the match of a correlation, not of an event. */
  readonly chained: boolean;
  /** Counts up with the events that are detected, and when this one was received, ms: of the one that completed a match. */
  readonly order: number;
  readonly received: number;
  /** The time of its event, for windows. */
  readonly time: number;
}

/** The time that windows go by. */
export const timeOf = (event: Event): number => Math.min(event['@timestamp'], event['event.ingested']);

const inOrder = (left: Told, right: Told): number =>
  left.time - right.time || left.order - right.order || left.rule - right.rule;

/** What one line tells always is. */
function isInOrder(told: readonly Told[]): boolean {
  let previous: Told | undefined;
  for (const one of told) {
    if (previous !== undefined && inOrder(previous, one) > 0) return false;
    previous = one;
  }
  return true;
}

/** A few are put in order where they stand: a sorted copy costs more than all else of a match of several lines. */
function ordered(told: Told[]): readonly Told[] {
  if (isInOrder(told)) return told;
  if (told.length > FEW) return told.toSorted(inOrder);
  for (let end = 1; end < told.length; end++) {
    for (let at = end; at > 0; at--) {
      const [left, right] = [told[at - 1], told[at]];
      if (left === undefined || right === undefined || inOrder(left, right) <= 0) break;
      [told[at - 1], told[at]] = [right, left];
    }
  }
  return told;
}

const FEW = 8;

const NEVER: Timed = { time: Infinity, order: Infinity };

/** Stands where no entry came yet; nothing is ever added to it. */
const EMPTY = new Line();

/** What the groups of one correlation have in common. */
export interface Shape {
  /** One for all rules, or as many as there are rules. */
  readonly lines: number;
  readonly measure: MeasureKind;
  /**
   * Of the entries of a line that no match had, so many keep their events: those that came first, and the newest. An alert
   * has no room for more, and a window of thousands would otherwise be thousands of events that nobody sees.
   */
  readonly kept: { readonly first: number; readonly last: number };
}

/** Bytes of an entry besides its events, and of a group besides its entries; measured. */
const ENTRY_BYTES = 130;
const GROUP_BYTES = 500;
const LINE_BYTES = 160;

/** Places in a group's times. */
const FIRST_RECEIVED = 0;
const LAST_RECEIVED = 1;
const MARK_RECEIVED = 2;
const MARK_TIME = 3;

/** A group, whatever it is made of. */
export interface Held extends Linked<Held> {
  /** Entries. */
  readonly size: number;
  readonly bytes: number;
  /** True when nothing in it counts any more. */
  isForgotten(received: number, patience: number): boolean;
}

export class Group implements Held {
  /** Its key as one text. */
  readonly name: string;
  older: Held | undefined;
  newer: Held | undefined;
  /** Values of the group-by fields; undefined where the one value is the name. */
  readonly #key: readonly string[] | undefined;
  /** One for all rules, or one a rule where their order matters. */
  readonly #lines: Line[];
  #measure: Measure | undefined;
  readonly #shape: Shape;
  /**
   * Nothing was received before the first or after the second; then the only mark, as long as there are not several. One list
   * of numbers, because each would otherwise be in a box of its own.
   */
  readonly #times: number[] = [Infinity, -Infinity, -Infinity, -Infinity];
  #marks: Watermark | undefined;
  #bytes: number;
  #size = 0;
  #weight = 0;
  /** The order of the last event that came, if that was no other correlation's match. */
  #lastOrder = -1;
  /** What comes in now, until it is known whether it keeps its events: not charged for yet. */
  #arriving: Story | undefined;

  constructor(name: string, key: readonly string[] | undefined, shape: Shape, window?: GroupWindow) {
    this.name = name;
    this.#key = key;
    this.#shape = shape;
    this.#lines = shape.lines === 1 ? [EMPTY] : Array.from({ length: shape.lines }, () => EMPTY);
    this.#bytes = GROUP_BYTES + 16 * shape.lines + 2 * name.length;
    if (window === undefined) return;
    for (const entry of window.entries) this.#keep(entry);
    if (window.marks.length > 0) this.#marks = new Watermark(window.marks);
    this.#measureReceipts();
  }

  get key(): readonly string[] {
    return this.#key ?? [this.name];
  }

  get size(): number {
    return this.#size;
  }

  get weight(): number {
    return this.#weight;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get lines(): readonly Line[] {
    return this.#lines;
  }

  has(rule: number): boolean {
    return (this.#lines[rule]?.length ?? 0) > 0;
  }

  /** How many of the rules have an entry. */
  get rulesSeen(): number {
    return this.#lines.filter((line) => line.length > 0).length;
  }

  /** The latest time that was offered; -Infinity at the beginning. */
  get newest(): number {
    return this.#marks === undefined ? this.#at(MARK_TIME) : this.#marks.time;
  }

  #at(place: number): number {
    return this.#times[place] ?? 0;
  }

  read(value: Value): number {
    return this.#measure === undefined ? this.#weight : this.#measure.read(value, this.#weight);
  }

  /** Two rules matched the same event: it is there already. */
  holds({ order, chained }: Contribution): boolean {
    return !chained && this.#lastOrder === order;
  }

  /** Takes note of a time, whether or not the entry comes too late. */
  offer(received: number, time: number): void {
    this.#mark(received, time);
    this.#stretch(received);
  }

  #mark(received: number, time: number): void {
    const moment = this.#at(MARK_RECEIVED);
    const mark = this.#at(MARK_TIME);
    if (this.#marks === undefined && moment <= received && mark <= time) {
      this.#times[MARK_RECEIVED] = received;
      this.#times[MARK_TIME] = time;
    } else if (this.#marks !== undefined || moment < received || mark < time) {
      this.#marks ??= new Watermark([[moment, mark]]);
      this.#marks.offer(received, time);
    }
  }

  /** `value`: of the contribution, as the correlation sees it. To be charged for. */
  add(rule: number, contribution: Contribution, value: Value): void {
    const { time, order, received, weight, count, chained } = contribution;
    this.#arriving = contribution;
    const line = this.#lineOf(rule);
    line.put(time, order, received, weight, count, rule, value, contribution);
    this.#enter(line, weight, value, 0);
    if (!chained) this.#lastOrder = order;
  }

  #keep(entry: Entry): void {
    const line = this.#lineOf(entry.rule);
    line.add(entry);
    this.#enter(line, entry.weight, entry.value, entry.story?.bytes ?? 0);
  }

  #lineOf(rule: number): Line {
    const place = this.#lines.length === 1 ? 0 : rule;
    const line = this.#lines[place];
    if (line !== undefined && line !== EMPTY) return line;
    this.#bytes += LINE_BYTES;
    return (this.#lines[place] = new Line());
  }

  /** Takes an entry, which came to its line, into the sums. */
  #enter(line: Line, weight: number, value: Value, bytes: number): void {
    this.#size++;
    this.#weight += weight;
    this.#bytes += ENTRY_BYTES + bytes;
    if (this.#shape.measure.kind !== 'none') (this.#measure ??= measure(this.#shape.measure)).add(value, weight);
    // The one that was among the newest until now goes without its events.
    const { first, last } = this.#shape.kept;
    if (line.untold > first + last) this.#forgo(line.thin(first, last));
  }

  /** What arrived still has its events: somebody must weigh them. */
  get owes(): boolean {
    return this.#arriving !== undefined;
  }

  charge(bytes: number): void {
    this.#bytes += bytes;
    this.#arriving = undefined;
  }

  #forgo(story: Story | undefined): void {
    if (story === undefined) return;
    if (story === this.#arriving) this.#arriving = undefined;
    else this.#bytes -= story.bytes ?? 0;
  }

  #stretch(received: number): void {
    if (received < this.#at(FIRST_RECEIVED)) this.#times[FIRST_RECEIVED] = received;
    if (received > this.#at(LAST_RECEIVED)) this.#times[LAST_RECEIVED] = received;
  }

  #measureReceipts(): void {
    this.#times[FIRST_RECEIVED] = Infinity;
    this.#times[LAST_RECEIVED] = -Infinity;
    for (const line of this.#lines) {
      if (line.length === 0) continue;
      if (line.isSteady) {
        this.#stretch(line.firstReceived);
        this.#stretch(line.lastReceived);
      } else for (const { received } of line.entries()) this.#stretch(received);
    }
    if (this.#marks !== undefined) for (const [received] of this.#marks.marks) this.#stretch(received);
    else if (this.#at(MARK_TIME) !== -Infinity) this.#stretch(this.#at(MARK_RECEIVED));
  }

  /** Drops entries whose time is at or before `until`. */
  expire(until: number): void {
    for (const line of this.#lines) while (line.firstTime <= until) this.#shift(line);
  }

  #shift(line: Line): void {
    this.#leave(line.firstWeight, line.firstValue, line.firstStory);
    line.shift();
  }

  /** Drops what was received `patience` or more before, or after, this moment. */
  forget(received: number, patience: number): void {
    const first = this.#at(FIRST_RECEIVED);
    const last = this.#at(LAST_RECEIVED);
    if (first > last || (received - first < patience && last - received < patience)) return;
    this.#forgetFar(received, patience, last);
  }

  /** Apart, because its closure would otherwise be made for every entry. */
  #forgetFar(received: number, patience: number, last: number): void {
    const near = (moment: number): boolean => Math.abs(received - moment) < patience;
    for (const line of this.#lines) {
      // In a log that is read forwards, what was received long ago comes first.
      if (line.isSteady && received >= last) while (line.length > 0 && !near(line.firstReceived)) this.#shift(line);
      else for (const { weight, value, story } of line.remove(near)) this.#leave(weight, value, story);
    }
    if (this.#marks !== undefined) this.#marks.forget(received, patience);
    else if (!near(this.#at(MARK_RECEIVED))) this.#times[MARK_RECEIVED] = this.#times[MARK_TIME] = -Infinity;
    this.#measureReceipts();
  }

  /** True when `forget` would leave nothing. */
  isForgotten(received: number, patience: number): boolean {
    return received - this.#at(LAST_RECEIVED) >= patience || this.#at(FIRST_RECEIVED) - received >= patience;
  }

  dropOldest(): void {
    this.#shift(
      this.#lines.reduce((left, right) => (before(right.first ?? NEVER, left.first ?? NEVER) ? right : left)),
    );
  }

  /** Everything that no match had yet, in order. From now on a match had it: the events need not stay. */
  tellAll(): readonly Told[] {
    // Once a window has completed a match, each that comes in is told alone.
    const only = this.#lines.length === 1 ? this.#lines[0]?.tellLast() : undefined;
    if (only !== undefined) {
      this.#forgo(only.story);
      return [only];
    }
    return this.#tell((told) => {
      for (const line of this.#lines) line.tell(told);
    });
  }

  /** The same of parts of the window. */
  tellStretches(stretches: readonly Stretch[]): readonly Told[] {
    return this.#tell((told) => {
      for (const { rule, from, to } of stretches) this.#lines[rule]?.tell(told, from, to);
    });
  }

  /** The same of entries with one value. */
  tellValue(value: Value): readonly Told[] {
    return this.#tell((told) => {
      for (const line of this.#lines) line.tellValue(told, value);
    });
  }

  #tell(tell: (told: Told[]) => void): readonly Told[] {
    const told: Told[] = [];
    tell(told);
    for (const { story } of told) this.#forgo(story);
    return ordered(told);
  }

  handover(): GroupWindow {
    const mark = this.#at(MARK_TIME);
    return {
      key: this.key,
      entries: this.#lines
        .flatMap((line) => line.entries())
        .map((entry) => ({ ...entry, story: entry.story && plain(entry.story) }))
        .toSorted((one, other) => one.order - other.order),
      marks: this.#marks?.marks ?? (mark === -Infinity ? [] : [[this.#at(MARK_RECEIVED), mark]]),
    };
  }

  /** Takes an entry, which leaves its line, out of the sums. */
  #leave(weight: number, value: Value, story: Story | undefined): void {
    this.#size--;
    this.#weight -= weight;
    this.#bytes -= ENTRY_BYTES;
    this.#forgo(story);
    this.#measure?.remove(value, weight);
  }
}

/** Whoever detects may say where an event is by something that no other thread can be given. */
const plainly = ({ id, event }: Located): Located => ({ id, event });

const plain = ({ event, evidence, bytes }: Story): Story => ({
  event: plainly(event),
  evidence: evidence?.map(plainly),
  bytes,
});
