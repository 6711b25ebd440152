/**
 * The window of one group: its entries by time, and what is computed over them.
 *
 * Most groups hold one entry and never come to anything, and most entries of the others are told at once: so lines are made
 * when an entry comes, and an entry lets go of its event when a match has told it.
 */
import type { EventId } from '#contract';
import type { Located } from '../match.ts';
import { type Measure, measure, type MeasureKind } from './measure.ts';
import type { Stretch } from './runs.ts';
import { before, type Timed, Timeline } from './timeline.ts';
import { Watermark } from './watermark.ts';
import type { GroupWindow } from './windows.ts';

/** What a referred rule matched. */
export interface Contribution {
  readonly event: Located;
  /** Undefined: the event alone. */
  readonly evidence: readonly Located[] | undefined;
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
  /** Memory that its events keep alive, about. Worked out when a window is the first to keep it. */
  bytes: number | undefined;
}

export interface Entry extends Timed {
  /** Place of the rule that matched, in the correlation's list. */
  readonly rule: number;
  /** What it counts for in the window. */
  readonly weight: number;
  /** What is counted or computed with; undefined for types that do neither. */
  readonly value: string | number | undefined;
  /** ms from its time to its receipt. Stored for the receipt, which would be a number in a box of its own. */
  readonly lag: number;
  /** What it adds to the alert's count; none since a match told it. */
  count: number;
  /** Undefined since a match told it, or since it is one of too many: the window goes on with what stands above. */
  event: Located | undefined;
  /** Undefined: the event alone. */
  evidence: readonly Located[] | undefined;
  /** Memory that the two keep alive, about. */
  bytes: number;
}

const inOrder = (left: Entry, right: Entry): number =>
  left.time - right.time || left.order - right.order || left.rule - right.rule;

const NEVER: Timed = { time: Infinity, order: Infinity };

/** Stands where no entry came yet; nothing is ever added to it. */
const EMPTY: Timeline<Entry> = new Timeline();
const noLines = (count: number): Timeline<Entry>[] =>
  count === 1 ? [EMPTY] : Array.from({ length: count }, () => EMPTY);

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
const ENTRY_BYTES = 160;
const GROUP_BYTES = 500;
const LINE_BYTES = 160;

export class Group {
  /** Values of the group-by fields. */
  readonly key: readonly string[];
  /** One for all rules, or one a rule where their order matters. */
  readonly #lines: Timeline<Entry>[];
  /** Those that no match had yet, in the same lines. Undefined until there is a match: then it is all of them. */
  #fresh: Timeline<Entry>[] | undefined;
  readonly #measure: Measure;
  readonly #kept: Shape['kept'];
  readonly #watermark: Watermark;
  #bytes: number;
  #size = 0;
  #weight = 0;
  /** Event of the last entry that was no other correlation's match. */
  #lastEvent: EventId | undefined;
  /** Nothing was received before the first or after the second. */
  #minReceived = Infinity;
  #maxReceived = -Infinity;

  constructor(key: readonly string[], { lines, measure: what, kept }: Shape, window?: GroupWindow) {
    this.key = key;
    this.#kept = kept;
    this.#lines = noLines(lines);
    this.#measure = measure(what);
    this.#watermark = new Watermark(window?.marks);
    this.#bytes = GROUP_BYTES + 16 * lines;
    for (const value of key) this.#bytes += 2 * value.length;
    if (window === undefined) return;
    this.#fresh = noLines(lines);
    for (const entry of window.entries) this.#keep(entry);
    this.#measureReceipts();
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

  get lines(): readonly Timeline<Entry>[] {
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
    return this.#watermark.time;
  }

  read(arrived: Entry): number {
    return this.#measure.read(arrived, this.#weight);
  }

  /** Two rules matched the same event: it is there already. */
  holds({ event, chained }: Contribution): boolean {
    return !chained && this.#lastEvent === event.id;
  }

  /** Takes note of a time, whether or not the entry comes too late. */
  offer(received: number, time: number): void {
    this.#watermark.offer(received, time);
    this.#stretch(received);
  }

  add(entry: Entry, chained: boolean): void {
    this.#keep(entry);
    if (!chained) this.#lastEvent = entry.event?.id;
  }

  #keep(entry: Entry): void {
    const place = this.#lines.length === 1 ? 0 : entry.rule;
    const line = this.#into(this.#lines, place, entry);
    if (this.#fresh === undefined) this.#thin(line);
    else if (entry.event !== undefined || entry.count > 0) this.#thin(this.#into(this.#fresh, place, entry));
    this.#size++;
    this.#weight += entry.weight;
    this.#bytes += ENTRY_BYTES + entry.bytes;
    this.#measure.add(entry);
  }

  #into(lines: Timeline<Entry>[], place: number, entry: Entry): Timeline<Entry> {
    let line = lines[place];
    if (line === undefined || line === EMPTY) {
      line = new Timeline();
      lines[place] = line;
      this.#bytes += LINE_BYTES;
    }
    line.add(entry);
    return line;
  }

  /** The one that was among the newest until now goes without its events. */
  #thin(fresh: Timeline<Entry>): void {
    const at = fresh.length - this.#kept.last - 1;
    const entry = at < this.#kept.first ? undefined : fresh.at(at);
    if (entry !== undefined) this.#forgo(entry);
  }

  /** Charges an entry for its events. */
  charge(entry: Entry, bytes: number): void {
    entry.bytes = bytes;
    this.#bytes += bytes;
  }

  /** A match told these: their events need not stay. */
  release(told: readonly Entry[]): void {
    for (const entry of told) {
      this.#forgo(entry);
      entry.count = 0;
    }
  }

  #forgo(entry: Entry): void {
    this.#bytes -= entry.bytes;
    entry.bytes = 0;
    entry.event = undefined;
    entry.evidence = undefined;
  }

  #stretch(received: number): void {
    if (received < this.#minReceived) this.#minReceived = received;
    if (received > this.#maxReceived) this.#maxReceived = received;
  }

  #measureReceipts(): void {
    this.#minReceived = Infinity;
    this.#maxReceived = -Infinity;
    for (const line of this.#lines) line.forEach(({ time, lag }) => this.#stretch(time + lag));
    for (const [received] of this.#watermark.marks) this.#stretch(received);
  }

  /** Drops entries whose time is at or before `until`. */
  expire(until: number): void {
    for (let at = 0; at < this.#lines.length; at++) {
      const line = this.#lines[at];
      if (line === undefined || line === EMPTY || (line.first?.time ?? Infinity) > until) continue;
      const fresh = this.#fresh?.[at];
      while ((fresh?.first?.time ?? Infinity) <= until) fresh?.shift();
      while ((line.first?.time ?? Infinity) <= until) this.#leave(line.shift());
    }
  }

  /** Drops what was received `patience` or more before, or after, this moment. */
  forget(received: number, patience: number): void {
    const near = (moment: number): boolean => Math.abs(received - moment) < patience;
    if (near(this.#minReceived) && near(this.#maxReceived)) return;
    const stays = ({ time, lag }: Entry): boolean => near(time + lag);
    for (const line of this.#fresh ?? []) line.remove(stays);
    for (const line of this.#lines) for (const entry of line.remove(stays)) this.#leave(entry);
    this.#watermark.forget(received, patience);
    this.#measureReceipts();
  }

  /** True when `forget` would leave nothing. */
  isForgotten(received: number, patience: number): boolean {
    return received - this.#maxReceived >= patience || this.#minReceived - received >= patience;
  }

  dropOldest(): void {
    const oldest = this.#lines.reduce((left, right) =>
      before(right.first ?? NEVER, left.first ?? NEVER) ? right : left,
    );
    const entry = oldest.shift();
    const fresh = this.#fresh?.find((line) => line !== EMPTY && line.first === entry);
    if (entry !== undefined) fresh?.shift();
    this.#leave(entry);
  }

  /** Everything that no match had yet, in order; to be released when it is told. */
  takeAll(): readonly Entry[] {
    const [line] = this.#fresh ?? [];
    if (this.#lines.length === 1 && line !== undefined && line.length < 2) return line.drain();
    return this.#taken((each) => each.drain());
  }

  /** The same of parts of the window. */
  takeStretches(stretches: readonly Stretch[]): readonly Entry[] {
    const fresh = this.#untold();
    return stretches.flatMap(({ rule, from, to }) => fresh[rule]?.cut(from, to) ?? []).toSorted(inOrder);
  }

  /** The same of entries with one value. */
  takeValue(value: Entry['value']): readonly Entry[] {
    return this.#taken((line) => line.remove((entry) => entry.value !== value));
  }

  #taken(take: (line: Timeline<Entry>) => readonly Entry[]): readonly Entry[] {
    return this.#untold().flatMap(take).toSorted(inOrder);
  }

  /** With lines of their own, from which one can take. */
  #untold(): readonly Timeline<Entry>[] {
    if (this.#fresh !== undefined) return this.#fresh;
    this.#fresh = noLines(this.#lines.length);
    for (const [place, line] of this.#lines.entries()) {
      if (line === EMPTY) continue;
      this.#fresh[place] = line.copy();
      this.#bytes += LINE_BYTES;
    }
    return this.#fresh;
  }

  handover(): GroupWindow {
    const all: Entry[] = [];
    for (const line of this.#lines) line.forEach((entry) => void all.push(entry));
    const entries = all.toSorted((one, other) => one.order - other.order);
    return { key: this.key, entries, marks: this.#watermark.marks };
  }

  /** Takes an entry, which has left its line, out of the sums. */
  #leave(entry: Entry | undefined): void {
    if (entry === undefined) return;
    this.#size--;
    this.#weight -= entry.weight;
    this.#bytes -= ENTRY_BYTES;
    this.#forgo(entry);
    this.#measure.remove(entry);
  }
}
