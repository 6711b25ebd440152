/**
 * A correlation: what its rules matched, in one sliding window a group.
 *
 * Time. Windows go by the time of the event, but never by a time after the event was received: a stamp from the future
 * counts as received. The window of a group is (newest - timespan, newest], where newest is the latest time that the group
 * was offered. A line that comes late is put in its place while it is inside the window; an older one is dropped and counted
 * as `late`. So a stamp years off, in either direction, harms nobody but itself.
 *
 * Patience. An entry is also dropped when it was received more than `patience` before or after the one that arrives, and
 * newest goes by what was offered within it. What a window holds therefore follows from what was received recently, and
 * from nothing else: that is what makes it possible to rebuild it after a restart, lets idle groups be swept without anyone
 * noticing, and heals after the server's own clock jumped ahead and came back.
 *
 *      patience ├──────────────────────────────────────┤ received
 *      timespan                       ├────────────────┤ time of the event
 *                 dropped   dropped     x   x  x x    newest
 *
 * How far back is recently? Whether an entry is in the window depends on newest since it came, and that on one patience
 * before: two of them. Whether it was reported depends on all windows that it was in: three (`reach`).
 *
 * Report. Whenever an arriving entry leaves the condition true, a match is reported with the entries that no earlier
 * match had. For temporal_ordered those are only the entries that are part of an ordered run.
 *
 * Memory is bounded by groups, by entries in all and by entries a group, and by bytes for all correlations together; the
 * group that was longest without news goes first. Every eviction is counted.
 */
import { hash } from 'node:crypto';
import type { Event } from '#contract';
import type { Located, Match, RuleFace } from '../match.ts';
import { numberOf } from '../sigma/number.ts';
import type { Budget } from './budget.ts';
import { type Contribution, type Entry, Group } from './group.ts';
import { type Finding, judge } from './judge.ts';
import type { PlacedField, Plan } from './plan.ts';
import { Recency } from './recency.ts';
import type { GroupWindow } from './windows.ts';

export interface CorrelationLimits {
  /** A correlation. */
  readonly groups: number;
  readonly entries: number;
  readonly entriesPerGroup: number;
  /** All correlations together. */
  readonly bytes: number;
}

export type Drop = 'group_evicted' | 'entry_evicted' | 'late' | 'no_group' | 'no_value';

export interface Outcome {
  /** It was offered to a window: a restart must offer it again, for it may have made others late. */
  readonly hit: boolean;
  /** `bytes`: what its evidence keeps alive. */
  readonly match: (Match & { readonly bytes: number }) | undefined;
}

const MISSED: Outcome = { hit: false, match: undefined };
const OFFERED: Outcome = { hit: true, match: undefined };
const MIN_PATIENCE = 600_000;
const MAX_VALUE = 256;

/** ms; how long after its receipt an entry can matter to the window. */
const patienceOf = ({ timespan }: Pick<Plan, 'timespan'>): number => Math.max(timespan.length, MIN_PATIENCE);

/** ms; how far back a window and its report marks reach. */
export const reachOf = (plan: Pick<Plan, 'timespan'>): number => 3 * patienceOf(plan);

const nameOf = (key: readonly string[]): string => (key.length === 1 ? (key[0] ?? '') : JSON.stringify(key));

/** The time that windows go by. */
const timeOf = (event: Event): number => Math.min(event['@timestamp'], event['event.ingested']);

/** As a rule that was matched knows a field: what the match says, else its event. */
function lookUp(field: PlacedField, rule: number, { event, values }: Contribution): unknown {
  const place = field.reads[rule];
  if (place === undefined) return undefined;
  return Object.hasOwn(values, place.field) ? values[place.field] : place.read(event.event);
}

/** Several fields are one value together; a long one is told by its hash. */
function textOf(found: readonly unknown[]): string | undefined {
  if (found.some((value) => value === undefined || value === null)) return undefined;
  const text = found.length === 1 ? String(found[0]) : JSON.stringify(found.map(String));
  return text.length > MAX_VALUE ? hash('sha256', text) : text;
}

function finite(found: unknown): number | undefined {
  const number = numberOf(found);
  return Number.isFinite(number) ? number : undefined;
}

export class Correlation {
  readonly #face: RuleFace;
  readonly #plan: Plan;
  readonly #patience: number;
  readonly #limits: CorrelationLimits;
  readonly #budget: Budget;
  readonly #drop: (reason: Drop) => void;
  readonly #groups = new Recency<Group>();
  #entries = 0;
  #bytes = 0;

  constructor(face: RuleFace, plan: Plan, limits: CorrelationLimits, budget: Budget, drop: (reason: Drop) => void) {
    this.#face = face;
    this.#plan = plan;
    this.#patience = patienceOf(plan);
    this.#limits = limits;
    this.#budget = budget;
    this.#drop = drop;
    budget.join(this);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** `rule` is the place of the referred rule in the plan. */
  accept(rule: number, contribution: Contribution): Outcome {
    const key = this.#keyOf(rule, contribution);
    if (key === undefined) return this.#miss('no_group');
    const value = this.#valueOf(rule, contribution);
    if (value === undefined && this.#plan.fields.length > 0) return this.#miss('no_value');
    this.#sweep(contribution.received);
    const name = nameOf(key);
    const group = this.#groups.get(name) ?? this.#open(name, key);
    if (this.#plan.temporal === undefined && group.holds(contribution)) return OFFERED;
    const entry = { ...contribution, time: timeOf(contribution.event.event), rule, value };
    const late = this.#change(group, () => this.#offer(group, entry));
    this.#groups.use(name, group);
    if (late) this.#drop('late');
    else this.#bound(group);
    const finding = late ? undefined : judge(this.#plan, group, entry);
    this.#budget.settle();
    return finding === undefined ? OFFERED : { hit: true, match: this.#report(group, finding, contribution.event) };
  }

  handover(): readonly GroupWindow[] {
    return Array.from(this.#groups.values(), (group) => group.handover());
  }

  resume(windows: readonly GroupWindow[]): void {
    for (const window of windows) {
      const group = new Group(window.key, this.#plan.rules, this.#plan.measure, window);
      this.#groups.use(nameOf(window.key), group);
      this.#count(group.size, group.bytes);
    }
  }

  /** The group that was longest without news, or what is oldest in the only one. */
  shed(): boolean {
    const quietest = this.#groups.oldest;
    if (quietest === undefined) return false;
    if (this.#groups.size > 1 || quietest.value.size === 0) this.#evict(quietest.name, quietest.value);
    else this.#evictOldest(quietest.value);
    return true;
  }

  #miss(reason: Drop): Outcome {
    this.#drop(reason);
    return MISSED;
  }

  #keyOf(rule: number, contribution: Contribution): readonly string[] | undefined {
    const key: string[] = [];
    for (const field of this.#plan.groupBy) {
      const value = lookUp(field, rule, contribution);
      if (value === undefined || value === null) return undefined;
      key.push(String(value));
    }
    return key;
  }

  #valueOf(rule: number, contribution: Contribution): Entry['value'] {
    const { fields, measure } = this.#plan;
    if (fields.length === 0) return undefined;
    const found = fields.map((field) => lookUp(field, rule, contribution));
    return measure.kind === 'distinct' || measure.kind === 'share' ? textOf(found) : finite(found[0]);
  }

  /** True when the entry comes too late. */
  #offer(group: Group, entry: Entry): boolean {
    group.forget(entry.received, this.#patience);
    group.offer(entry.received, entry.time);
    const until = group.newest - this.#plan.timespan.length;
    if (entry.time <= until) return true;
    group.add(entry);
    group.expire(until);
    return false;
  }

  #open(name: string, key: readonly string[]): Group {
    const group = new Group(key, this.#plan.rules, this.#plan.measure);
    this.#groups.use(name, group);
    this.#count(0, group.bytes);
    return group;
  }

  #change<T>(group: Group, step: () => T): T {
    const { size, bytes } = group;
    const result = step();
    this.#count(group.size - size, group.bytes - bytes);
    return result;
  }

  #count(entries: number, bytes: number): void {
    this.#entries += entries;
    this.#bytes += bytes;
    this.#budget.take(bytes);
  }

  /** Removes groups in which nothing counts any more. */
  #sweep(received: number): void {
    for (;;) {
      const quietest = this.#groups.oldest;
      if (quietest === undefined || !quietest.value.isForgotten(received, this.#patience)) return;
      this.#remove(quietest.name, quietest.value);
    }
  }

  #remove(name: string, group: Group): void {
    this.#groups.remove(name);
    this.#count(-group.size, -group.bytes);
  }

  #evict(name: string, group: Group): void {
    this.#remove(name, group);
    this.#drop('group_evicted');
  }

  #evictOldest(group: Group): void {
    this.#change(group, () => group.dropOldest());
    this.#drop('entry_evicted');
  }

  #bound(current: Group): void {
    if (current.size > this.#limits.entriesPerGroup) this.#evictOldest(current);
    while (this.#groups.size > this.#limits.groups || this.#entries > this.#limits.entries) {
      const quietest = this.#groups.oldest;
      if (quietest === undefined || quietest.value === current) return;
      this.#evict(quietest.name, quietest.value);
    }
  }

  #report(group: Group, { told, entries }: Finding, arrived: Located): Outcome['match'] {
    const last = entries.at(-1);
    if (last === undefined) return undefined;
    const names = this.#plan.groupBy.map(({ name }, at) => [name, group.key[at] ?? ''] as const);
    return {
      rule: this.#face,
      // Only the end of an ordered run tells what it led to; elsewhere the newest arrival does.
      event: this.#plan.type === 'temporal_ordered' ? last.event : arrived,
      evidence: distinct(entries.flatMap((entry) => entry.evidence)),
      count: entries.reduce((sum, entry) => sum + entry.count, 0),
      values: Object.fromEntries([
        ...names,
        ['count', String(told.count)],
        ['value', String(told.value)],
        ['timespan', this.#plan.timespan.words],
      ]),
      bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0),
    };
  }
}

/** An event that two of the rules matched is one piece of evidence. */
function distinct(events: readonly Located[]): readonly Located[] {
  const byId = new Map(events.map((located) => [located.id, located]));
  return byId.size === events.length ? events : [...byId.values()];
}
