/** The window of one group: its entries by rule and by time, and what is computed over them. */
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
  readonly evidence: readonly Located[];
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
  /** Memory that it keeps alive, about. */
  readonly bytes: number;
}

export interface Entry extends Timed, Contribution {
  /** Place of the rule that matched, in the correlation's list. */
  readonly rule: number;
  /** What is counted or computed with; undefined for types that do neither. */
  readonly value: string | number | undefined;
}

const inOrder = (left: Entry, right: Entry): number =>
  left.time - right.time || left.order - right.order || left.rule - right.rule;

const NEVER: Timed = { time: Infinity, order: Infinity };

/** Bytes of an entry besides what it refers to, and of a group besides its entries; measured. */
const ENTRY_BYTES = 400;
const GROUP_BYTES = 900;
const LINE_BYTES = 350;

export class Group {
  /** Values of the group-by fields. */
  readonly key: readonly string[];
  readonly #lines: readonly Timeline<Entry>[];
  /** Those that no match had yet, a line a rule. */
  readonly #fresh: readonly Timeline<Entry>[];
  readonly #measure: Measure;
  readonly #watermark: Watermark;
  readonly #ownBytes: number;
  #entryBytes = 0;
  #size = 0;
  #weight = 0;
  /** Event of the last entry that was no other correlation's match. */
  #lastEvent: EventId | undefined;
  /** Nothing was received before the first or after the second. */
  #minReceived = Infinity;
  #maxReceived = -Infinity;

  constructor(key: readonly string[], rules: number, what: MeasureKind, window?: GroupWindow) {
    this.key = key;
    this.#lines = Array.from({ length: rules }, () => new Timeline<Entry>());
    this.#fresh = Array.from({ length: rules }, () => new Timeline<Entry>());
    this.#measure = measure(what);
    this.#watermark = new Watermark(window?.marks);
    this.#ownBytes = GROUP_BYTES + rules * LINE_BYTES + key.reduce((sum, value) => sum + 2 * value.length, 0);
    const fresh = new Set(window?.fresh);
    window?.entries.forEach((entry, at) => this.#keep(entry, fresh.has(at)));
    this.#measureReceipts();
  }

  get size(): number {
    return this.#size;
  }

  get weight(): number {
    return this.#weight;
  }

  get bytes(): number {
    return this.#ownBytes + this.#entryBytes;
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

  add(entry: Entry): void {
    this.#keep(entry, true);
    if (!entry.chained) this.#lastEvent = entry.event.id;
  }

  #keep(entry: Entry, fresh: boolean): void {
    this.#lines[entry.rule]?.add(entry);
    if (fresh) this.#fresh[entry.rule]?.add(entry);
    this.#size++;
    this.#weight += entry.weight;
    this.#entryBytes += ENTRY_BYTES + entry.bytes;
    this.#measure.add(entry);
  }

  #stretch(received: number): void {
    this.#minReceived = Math.min(this.#minReceived, received);
    this.#maxReceived = Math.max(this.#maxReceived, received);
  }

  #measureReceipts(): void {
    this.#minReceived = Infinity;
    this.#maxReceived = -Infinity;
    for (const line of this.#lines) line.forEach(({ received }) => this.#stretch(received));
    for (const [received] of this.#watermark.marks) this.#stretch(received);
  }

  /** Drops entries whose time is at or before `until`. */
  expire(until: number): void {
    for (const line of this.#lines) while ((line.first?.time ?? Infinity) <= until) this.#leave(line.shift());
    for (const line of this.#fresh) while ((line.first?.time ?? Infinity) <= until) line.shift();
  }

  /** Drops what was received `patience` or more before, or after, this moment. */
  forget(received: number, patience: number): void {
    const near = (moment: number): boolean => Math.abs(received - moment) < patience;
    if (near(this.#minReceived) && near(this.#maxReceived)) return;
    const stays = (entry: Entry): boolean => near(entry.received);
    for (const line of this.#lines) for (const entry of line.remove(stays)) this.#leave(entry);
    for (const line of this.#fresh) line.remove(stays);
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
    const fresh = entry === undefined ? undefined : this.#fresh[entry.rule];
    if (fresh !== undefined && fresh.first === entry) fresh.shift();
    this.#leave(entry);
  }

  /** Everything that no match had yet, in order; from now on it counts as reported. */
  takeAll(): readonly Entry[] {
    return this.#fresh.flatMap((line) => line.drain()).toSorted(inOrder);
  }

  /** The same of parts of the window. */
  takeStretches(stretches: readonly Stretch[]): readonly Entry[] {
    return stretches.flatMap(({ rule, from, to }) => this.#fresh[rule]?.cut(from, to) ?? []).toSorted(inOrder);
  }

  /** The same of entries with one value. */
  takeValue(value: Entry['value']): readonly Entry[] {
    return this.#fresh.flatMap((line) => line.remove((entry) => entry.value !== value)).toSorted(inOrder);
  }

  handover(): GroupWindow {
    const all: Entry[] = [];
    for (const line of this.#lines) line.forEach((entry) => void all.push(entry));
    const entries = all.toSorted((one, other) => one.order - other.order);
    const places = new Map(entries.map((entry, at) => [entry, at]));
    const fresh: number[] = [];
    for (const line of this.#fresh) line.forEach((entry) => void fresh.push(places.get(entry) ?? 0));
    return { key: this.key, entries, fresh, marks: this.#watermark.marks };
  }

  /** Takes an entry, which has left its line, out of the sums. */
  #leave(entry: Entry | undefined): void {
    if (entry === undefined) return;
    this.#size--;
    this.#weight -= entry.weight;
    this.#entryBytes -= ENTRY_BYTES + entry.bytes;
    this.#measure.remove(entry);
  }
}
