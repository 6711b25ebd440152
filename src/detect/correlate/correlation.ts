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
import { EVIDENCE, type EventId } from '#contract';
import type { Located, Match, RuleFace } from '../match.ts';
import type { Budget } from './budget.ts';
import { weigh } from './footprint.ts';
import { type Contribution, Group, type Held, type Shape } from './group.ts';
import { type Finding, judge } from './judge.ts';
import type { Told, Value } from './line.ts';
import { nameAt, nameOf, textsAt, valueOf } from './lookup.ts';
import type { PlacedField, Plan } from './plan.ts';
import { Recency } from '#lib/recency';
import { lonely, Seed } from './seed.ts';
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

/**
 * Missed: no window wanted it. Offered to a window, though it came too late: a restart must offer it again, for it may have
 * made others late. Or offered, and with it a match was complete.
 */
export type Outcome = 'missed' | 'offered' | Match;

const MIN_PATIENCE = 600_000;

/** ms; how long after its receipt an entry can matter to the window. */
const patienceOf = ({ timespan }: Pick<Plan, 'timespan'>): number => Math.max(timespan.length, MIN_PATIENCE);

/** ms; how far back a window and its report marks reach. */
export const reachOf = (plan: Pick<Plan, 'timespan'>): number => 3 * patienceOf(plan);

export class Correlation {
  readonly #face: RuleFace;
  readonly #plan: Plan;
  readonly #patience: number;
  readonly #limits: CorrelationLimits;
  readonly #budget: Budget;
  readonly #drop: (reason: Drop) => void;
  readonly #groups = new Recency<Held>();
  /** The field that it groups by, where it is one. */
  readonly #groupBy: PlacedField | undefined;
  readonly #shape: Shape;
  /** An entry of this weight, in a group without another. */
  readonly #completesAlone: (weight: number) => boolean;
  /** What every match knows, in the order in which it is told. */
  readonly #values: Match['values'];
  #entries = 0;
  readonly #account: number;

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
    const [first, second] = plan.groupBy;
    this.#groupBy = second === undefined ? first : undefined;
    const names = [...plan.groupBy.map(({ name }) => name), 'count', 'value', 'timespan'];
    this.#values = Object.fromEntries(names.map((name) => [name, '']));
    this.#completesAlone = lonely(plan);
    this.#account = budget.join(this);
  }

  /** `rule` is the place of the referred rule in the plan. */
  accept(rule: number, contribution: Contribution): Outcome {
    const plan = this.#plan;
    const name = nameAt(plan.groupBy, rule, contribution);
    if (name === undefined) return this.#miss('no_group');
    const value = valueOf(plan, rule, contribution);
    if (value === undefined && plan.fields.length > 0) return this.#miss('no_value');
    this.#sweep(contribution.received);
    const found = this.#groups.use(name);
    if (found === undefined) {
      const key = this.#groupBy === undefined ? textsAt(plan.groupBy, rule, contribution) : undefined;
      if (this.#completesAlone(contribution.weight))
        return this.#enter(this.#open(new Group(name, key, this.#shape)), rule, contribution, value);
      this.#sow(new Seed(name, key, rule, contribution, value));
      return 'offered';
    }
    const group = this.#whole(found);
    if (plan.temporal === undefined && group.holds(contribution)) return 'offered';
    return this.#enter(group, rule, contribution, value);
  }

  #enter(group: Group, rule: number, contribution: Contribution, value: Value): Outcome {
    const { size, bytes } = group;
    const isLate = this.#offer(group, rule, contribution, value);
    this.#count(group.size - size, group.bytes - bytes);
    let match: Match | undefined;
    if (isLate) this.#drop('late');
    else {
      this.#bound(group);
      match = this.#judge(group, contribution, value);
    }
    this.#budget.settle();
    return match ?? 'offered';
  }

  /** True when it comes too late. */
  #offer(group: Group, rule: number, contribution: Contribution, value: Value): boolean {
    const { received, time } = contribution;
    group.forget(received, this.#patience);
    group.offer(received, time);
    const until = group.newest - this.#plan.timespan.length;
    if (time <= until) return true;
    group.add(rule, contribution, value);
    group.expire(until);
    return false;
  }

  #judge(group: Group, contribution: Contribution, value: Value): Match | undefined {
    const { bytes } = group;
    const finding = judge(this.#plan, group, value);
    // Most of what completes a match is told at once, and its events are never weighed.
    if (group.owes) group.charge(weigh(contribution));
    if (group.bytes !== bytes) this.#count(0, group.bytes - bytes);
    return finding && this.#report(group, finding, contribution.event);
  }

  handover(): readonly GroupWindow[] {
    return Array.from(this.#groups.values(), (held) => this.#grown(held).handover());
  }

  resume(windows: readonly GroupWindow[]): void {
    for (const window of windows) {
      const { key } = window;
      this.#open(new Group(nameOf(key), this.#groupBy === undefined ? key : undefined, this.#shape, window));
    }
  }

  /** The group that was longest without news, or what is oldest in the only one. */
  shed(): boolean {
    const quietest = this.#groups.oldest;
    if (quietest === undefined) return false;
    if (this.#groups.size > 1 || quietest.size === 0) this.#evict(quietest);
    else this.#evictOldest(this.#whole(quietest));
    return true;
  }

  #miss(reason: Drop): Outcome {
    this.#drop(reason);
    return 'missed';
  }

  #open<T extends Held>(group: T): T {
    this.#groups.open(group);
    this.#count(group.size, group.bytes);
    return group;
  }

  #sow(seed: Seed): void {
    this.#open(seed);
    this.#bound(seed);
    this.#budget.settle();
  }

  /** Of one that was used just now. */
  #whole(held: Held): Group {
    if (held instanceof Group) return held;
    this.#remove(held);
    return this.#open(this.#grown(held));
  }

  #grown(held: Held): Group {
    if (held instanceof Group) return held;
    if (held instanceof Seed) return held.grown(this.#shape);
    throw new TypeError('neither a group nor a seed');
  }

  #count(entries: number, bytes: number): void {
    this.#entries += entries;
    this.#budget.take(this.#account, bytes);
  }

  /** Removes groups in which nothing counts any more. */
  #sweep(received: number): void {
    for (;;) {
      const quietest = this.#groups.oldest;
      if (quietest === undefined || !quietest.isForgotten(received, this.#patience)) return;
      this.#remove(quietest);
    }
  }

  #remove(group: Held): void {
    this.#groups.remove(group);
    this.#count(-group.size, -group.bytes);
  }

  #evict(group: Held): void {
    this.#remove(group);
    this.#drop('group_evicted');
  }

  #evictOldest(group: Group): void {
    const { size, bytes } = group;
    group.dropOldest();
    this.#count(group.size - size, group.bytes - bytes);
    this.#drop('entry_evicted');
  }

  #bound(current: Held): void {
    if (current.size > this.#limits.entriesPerGroup) this.#evictOldest(this.#whole(current));
    while (this.#groups.size > this.#limits.groups || this.#entries > this.#limits.entries) {
      const quietest = this.#groups.oldest;
      if (quietest === undefined || quietest === current) return;
      this.#evict(quietest);
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
      event: this.#plan.type === 'temporal_ordered' ? (last.story?.event ?? arrived) : arrived,
      evidence: evidenceOf(entries, arrived),
      count,
      values: this.#valuesOf(group, told),
    };
  }

  #valuesOf(group: Group, { count, value }: Finding['told']): Match['values'] {
    const values: Record<string, string> = { ...this.#values };
    if (this.#groupBy !== undefined) values[this.#groupBy.name] = group.name;
    else for (const [at, { name }] of this.#plan.groupBy.entries()) values[name] = group.key[at] ?? '';
    // A field of that name would not be told, and the order stays.
    const text = String(count);
    values['count'] = text;
    values['value'] = value === count ? text : String(value);
    values['timespan'] = this.#plan.timespan.words;
    return values;
  }
}

/** An event that two of the rules matched is one piece of evidence. */
function evidenceOf(entries: readonly Told[], arrived: Located): readonly Located[] {
  const story = entries.length === 1 ? entries[0]?.story : undefined;
  if (story !== undefined && story.evidence === undefined) return [story.event];
  const byId = new Map<EventId, Located>();
  for (const { story: { event, evidence } = NO_STORY } of entries)
    if (evidence !== undefined) for (const each of evidence) byId.set(each.id, each);
    else if (event !== undefined) byId.set(event.id, event);
  return byId.size === 0 ? [arrived] : [...byId.values()];
}

const NO_STORY = { event: undefined, evidence: undefined };
