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
 * match had. For temporal_ordered those are only the entries that are part of an ordered run. All of them are counted; of
 * many, the first and the newest are the evidence.
 *
 * Memory is bounded by groups, by entries in all and by entries a group, and by bytes for all correlations together; the
 * group that was longest without news goes first. Every eviction is counted.
 */
import { EVIDENCE, type Event, type EventId } from '#contract';
import type { Located, Match, RuleFace } from '../match.ts';
import type { Budget } from './budget.ts';
import { weigh } from './footprint.ts';
import { type Contribution, type Entry, Group, type Shape } from './group.ts';
import { type Finding, judge } from './judge.ts';
import { keyOf, nameOf, valueOf } from './lookup.ts';
import type { Plan } from './plan.ts';
import { Recency } from './recency.ts';
import type { GroupWindow } from './windows.ts';

export interface CorrelationLimits {
  /** A correlation. */
  readonly groups: number;
  readonly entries: number;
  readonly entriesPerGroup: number;
  /** All correlations together. */
  readonly bytes: number;
  /** A match tells all that led to it, however many. Without this, as many as an alert has room for. */
  readonly evidence?: 'all';
}

export type Drop = 'group_evicted' | 'entry_evicted' | 'late' | 'no_group' | 'no_value';

export interface Outcome {
  /** It was offered to a window: a restart must offer it again, for it may have made others late. */
  readonly hit: boolean;
  readonly match: Match | undefined;
}

const MISSED: Outcome = { hit: false, match: undefined };
const OFFERED: Outcome = { hit: true, match: undefined };
const MIN_PATIENCE = 600_000;

/** ms; how long after its receipt an entry can matter to the window. */
const patienceOf = ({ timespan }: Pick<Plan, 'timespan'>): number => Math.max(timespan.length, MIN_PATIENCE);

/** ms; how far back a window and its report marks reach. */
export const reachOf = (plan: Pick<Plan, 'timespan'>): number => 3 * patienceOf(plan);

/** The time that windows go by. */
const timeOf = (event: Event): number => Math.min(event['@timestamp'], event['event.ingested']);

export class Correlation {
  readonly #face: RuleFace;
  readonly #plan: Plan;
  readonly #patience: number;
  readonly #limits: CorrelationLimits;
  readonly #budget: Budget;
  readonly #drop: (reason: Drop) => void;
  readonly #groups = new Recency<Group>();
  readonly #shape: Shape;
  #entries = 0;
  #bytes = 0;

  constructor(face: RuleFace, plan: Plan, limits: CorrelationLimits, budget: Budget, drop: (reason: Drop) => void) {
    this.#face = face;
    this.#plan = plan;
    this.#patience = patienceOf(plan);
    this.#limits = limits;
    this.#budget = budget;
    this.#drop = drop;
    this.#shape = {
      lines: plan.temporal === undefined ? 1 : plan.rules,
      measure: plan.measure,
      kept: limits.evidence === 'all' ? { first: Infinity, last: Infinity } : EVIDENCE,
    };
    budget.join(this);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** `rule` is the place of the referred rule in the plan. */
  accept(rule: number, contribution: Contribution): Outcome {
    const key = keyOf(this.#plan, rule, contribution);
    if (key === undefined) return this.#miss('no_group');
    const value = valueOf(this.#plan, rule, contribution);
    if (value === undefined && this.#plan.fields.length > 0) return this.#miss('no_value');
    this.#sweep(contribution.received);
    const name = nameOf(key);
    const group = this.#groups.use(name) ?? this.#open(name, key);
    if (this.#plan.temporal === undefined && group.holds(contribution)) return OFFERED;
    const { event, evidence, weight, count, order, received } = contribution;
    const time = timeOf(event.event);
    const lag = received - time;
    return this.#enter(
      group,
      { time, order, rule, weight, value, lag, count, event, evidence, bytes: 0 },
      contribution,
    );
  }

  #enter(group: Group, entry: Entry, contribution: Contribution): Outcome {
    if (this.#offer(group, entry, contribution)) {
      this.#drop('late');
      this.#budget.settle();
      return OFFERED;
    }
    this.#bound(group);
    const { bytes } = group;
    const finding = judge(this.#plan, group, entry);
    const match = finding && this.#report(group, finding, contribution.event);
    if (finding !== undefined) group.release(finding.entries);
    // Most of what completes a match is told at once, and its events are never weighed.
    if (entry.event !== undefined) group.charge(entry, weigh(contribution));
    this.#count(0, group.bytes - bytes);
    this.#budget.settle();
    return match === undefined ? OFFERED : { hit: true, match };
  }

  handover(): readonly GroupWindow[] {
    return Array.from(this.#groups.values(), (group) => group.handover());
  }

  resume(windows: readonly GroupWindow[]): void {
    for (const window of windows) {
      const group = new Group(window.key, this.#shape, window);
      this.#groups.open(nameOf(window.key), group);
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

  /** True when the entry comes too late. */
  #offer(group: Group, entry: Entry, { received, chained }: Contribution): boolean {
    const { size, bytes } = group;
    group.forget(received, this.#patience);
    group.offer(received, entry.time);
    const until = group.newest - this.#plan.timespan.length;
    const late = entry.time <= until;
    if (!late) {
      group.add(entry, chained);
      group.expire(until);
    }
    this.#count(group.size - size, group.bytes - bytes);
    return late;
  }

  #open(name: string, key: readonly string[]): Group {
    const group = new Group(key, this.#shape);
    this.#groups.open(name, group);
    this.#count(0, group.bytes);
    return group;
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
    const { size, bytes } = group;
    group.dropOldest();
    this.#count(group.size - size, group.bytes - bytes);
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

  #report(group: Group, { told, entries }: Finding, arrived: Located): Match | undefined {
    const last = entries.at(-1);
    if (last === undefined) return undefined;
    let count = 0;
    for (const entry of entries) count += entry.count;
    return {
      rule: this.#face,
      // Only the end of an ordered run tells what it led to; elsewhere the newest arrival does.
      event: this.#plan.type === 'temporal_ordered' ? (last.event ?? arrived) : arrived,
      evidence: evidenceOf(entries, arrived),
      count,
      values: this.#values(group.key, told),
    };
  }

  #values(key: readonly string[], { count, value }: Finding['told']): Match['values'] {
    const values: [string, string][] = this.#plan.groupBy.map(({ name }, at) => [name, key[at] ?? '']);
    values.push(['count', String(count)], ['value', String(value)], ['timespan', this.#plan.timespan.words]);
    return Object.fromEntries(values);
  }
}

/** An event that two of the rules matched is one piece of evidence. */
function evidenceOf(entries: readonly Entry[], arrived: Located): readonly Located[] {
  const byId = new Map<EventId, Located>();
  for (const { event, evidence } of entries)
    if (evidence === undefined && event !== undefined) byId.set(event.id, event);
    else for (const each of evidence ?? []) byId.set(each.id, each);
  return byId.size === 0 ? [arrived] : [...byId.values()];
}
