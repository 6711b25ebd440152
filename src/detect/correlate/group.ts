/** The window of one group: its entries by rule and by time, and the sums over them. */
import type { Located } from '../match.ts';
import { before, type Timed, Timeline } from './timeline.ts';
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
}

export interface Entry extends Timed, Contribution {
  readonly received: number;
  /** Place of the rule that matched, in the correlation's list. */
  readonly rule: number;
  /** What value_count counts; undefined for the other types. */
  readonly value: string | undefined;
  /** Still in the window. */
  live: boolean;
}

const NEVER: Timed = { time: Infinity, order: Infinity };

export class Group {
  /** Values of the group-by fields. */
  readonly key: readonly string[];
  readonly #lines: readonly Timeline<Entry>[];
  readonly #values = new Map<string, number>();
  /** Not yet in a match. May hold entries that left the window; they are skipped, and cleaned out in passing. */
  #fresh: Entry[] = [];
  #size = 0;
  #weight = 0;
  /** No entry was received before the first or after the second. */
  #minReceived = Infinity;
  #maxReceived = -Infinity;

  constructor(key: readonly string[], rules: number) {
    this.key = key;
    this.#lines = Array.from({ length: rules }, () => new Timeline<Entry>());
  }

  get size(): number {
    return this.#size;
  }

  get weight(): number {
    return this.#weight;
  }

  get distinctValues(): number {
    return this.#values.size;
  }

  /** How many of the rules have an entry. */
  get rulesSeen(): number {
    return this.#lines.filter((line) => line.length > 0).length;
  }

  /** The latest time in it; -Infinity when empty. */
  get newest(): number {
    return this.#lines.reduce((newest, line) => Math.max(newest, line.last?.time ?? -Infinity), -Infinity);
  }

  /** `fresh`: no match had it yet. */
  add(entry: Entry, fresh = true): void {
    this.#lines[entry.rule]?.add(entry);
    if (fresh) this.#fresh.push(entry);
    this.#size++;
    this.#weight += entry.weight;
    if (entry.value !== undefined) this.#values.set(entry.value, (this.#values.get(entry.value) ?? 0) + 1);
    this.#stretch(entry.received);
  }

  handover(): GroupWindow {
    const all: Entry[] = [];
    for (const line of this.#lines) line.forEach((entry) => void all.push(entry));
    const entries = all.toSorted((one, other) => one.order - other.order);
    const places = new Map(entries.map((entry, at) => [entry, at]));
    return { key: this.key, entries, fresh: this.#fresh.flatMap((entry) => places.get(entry) ?? []) };
  }

  #stretch(received: number): void {
    this.#minReceived = Math.min(this.#minReceived, received);
    this.#maxReceived = Math.max(this.#maxReceived, received);
  }

  /** Drops entries whose time is at or before `until`. */
  expire(until: number): void {
    for (const line of this.#lines) while ((line.first?.time ?? Infinity) <= until) this.#leave(line.shift());
    if (this.#fresh.length > 32 && this.#fresh.length > 2 * this.#size) {
      this.#fresh = this.#fresh.filter((entry) => entry.live);
    }
  }

  /** Drops what was received `patience` or more before, or after, this moment. */
  forget(received: number, patience: number): void {
    const near = (moment: number): boolean => Math.abs(received - moment) < patience;
    if (this.size === 0 || (near(this.#minReceived) && near(this.#maxReceived))) return;
    for (const line of this.#lines) for (const entry of line.remove((kept) => near(kept.received))) this.#leave(entry);
    this.#minReceived = Infinity;
    this.#maxReceived = -Infinity;
    for (const line of this.#lines) line.forEach((entry) => this.#stretch(entry.received));
  }

  /** True when `forget` would leave nothing. */
  isForgotten(received: number, patience: number): boolean {
    return received - this.#maxReceived >= patience || this.#minReceived - received >= patience;
  }

  dropOldest(): void {
    const lines = this.#lines.filter((line) => line.length > 0);
    this.#leave(
      lines.reduce((left, right) => (before(left.first ?? NEVER, right.first ?? NEVER) ? left : right)).shift(),
    );
  }

  /** Entries that no match had yet, in order; from now on they count as reported. */
  takeFresh(wanted: (entry: Entry) => boolean): readonly Entry[] {
    const taken: Entry[] = [];
    const left: Entry[] = [];
    for (const entry of this.#fresh) if (entry.live) (wanted(entry) ? taken : left).push(entry);
    this.#fresh = left;
    return taken.toSorted((one, other) => (before(one, other) ? -1 : 1));
  }

  /**
   * Which entries are part of a run that goes through all rules in order; undefined when there is none. An entry of rule i
   * is part of one when it lies between the earliest place a run can reach it and the latest from which one can go on.
   */
  orderedRun(): ((entry: Entry) => boolean) | undefined {
    const earliest: Entry[] = [];
    for (const line of this.#lines) {
      const previous = earliest.at(-1);
      const next = previous === undefined ? line.first : line.firstAfter(previous);
      if (next === undefined) return undefined;
      earliest.push(next);
    }
    const latest: Entry[] = [];
    for (const line of this.#lines.toReversed()) {
      const following = latest[0];
      const previous = following === undefined ? line.last : line.lastBefore(following);
      if (previous === undefined) return undefined;
      latest.unshift(previous);
    }
    return (entry) => {
      const [from, to] = [earliest[entry.rule], latest[entry.rule]];
      return from !== undefined && to !== undefined && !before(entry, from) && !before(to, entry);
    };
  }

  /** Takes an entry, which has left its line, out of the sums. */
  #leave(entry: Entry | undefined): void {
    if (entry === undefined) return;
    entry.live = false;
    this.#size--;
    this.#weight -= entry.weight;
    if (entry.value === undefined) return;
    const same = (this.#values.get(entry.value) ?? 1) - 1;
    if (same === 0) this.#values.delete(entry.value);
    else this.#values.set(entry.value, same);
  }
}
