/**
 * A correlation: what its rules matched, in one sliding window a group.
 *
 * Time. Windows go by the time of the event, but never by a time after the event was received: a stamp from the future
 * counts as received. The window of a group is (newest - timespan, newest], where newest is the latest time in it. A line
 * that comes late is put in its place while it is inside the window; an older one is dropped and counted as `late`.
 * So a stamp years off, in either direction, harms nobody but itself.
 *
 * Patience. An entry is also dropped when it was received more than `patience` before or after the one that arrives. What a
 * window holds therefore follows from what was received in the last `patience`: that is what makes it possible to rebuild
 * it after a restart, lets idle groups be swept without anyone noticing, and heals after the server's own clock
 * jumped ahead and came back.
 *
 *      patience ├──────────────────────────────────────┤ received
 *      timespan                       ├────────────────┤ time of the event
 *                 dropped   dropped     x   x  x x    newest
 *
 * Report. Whenever an arriving entry leaves the condition true, a match is reported with the entries that no earlier
 * match had (`fresh`). For temporal_ordered those are only the entries that are part of an ordered run through all rules.
 *
 * Memory is bounded by groups, by entries in all and by entries a group; the group that was longest without news goes first.
 * Every eviction is counted.
 */
import type { Event } from '#contract';
import { unreachable } from '#lib/unreachable';
import type { Located, Match, RuleFace } from '../match.ts';
import { type Contribution, Group } from './group.ts';
import type { Plan } from './plan.ts';
import { Recency } from './recency.ts';
import type { GroupWindow } from './windows.ts';

export interface CorrelationLimits {
  readonly groups: number;
  readonly entries: number;
  readonly entriesPerGroup: number;
}

export type Drop = 'group_evicted' | 'entry_evicted' | 'late' | 'no_group' | 'no_value';

export interface Outcome {
  /** It took part in a window. */
  readonly hit: boolean;
  readonly match: Match | undefined;
}

const MISSED: Outcome = { hit: false, match: undefined };
const MIN_PATIENCE = 600_000;
const MAX_VALUE = 256;

/** ms; how long after its receipt an entry can matter to the window. */
export const patienceOf = (plan: Plan): number => Math.max(plan.timespan, MIN_PATIENCE);

const nameOf = (key: readonly string[]): string => (key.length === 1 ? (key[0] ?? '') : JSON.stringify(key));

/** The time that windows go by. */
const timeOf = (event: Event): number => Math.min(event['@timestamp'], event['event.ingested']);

export class Correlation {
  readonly #face: RuleFace;
  readonly #plan: Plan;
  readonly #patience: number;
  readonly #limits: CorrelationLimits;
  readonly #drop: (reason: Drop) => void;
  readonly #groups = new Recency<Group>();
  #entries = 0;
  #order = 0;

  constructor(face: RuleFace, plan: Plan, limits: CorrelationLimits, drop: (reason: Drop) => void) {
    this.#face = face;
    this.#plan = plan;
    this.#patience = patienceOf(plan);
    this.#limits = limits;
    this.#drop = drop;
  }

  /** `rule` is the place of the referred rule in the plan. */
  accept(rule: number, contribution: Contribution): Outcome {
    const { event } = contribution.event;
    const key = this.#keyOf(rule, contribution);
    if (key === undefined) return this.#miss('no_group');
    const value = this.#valueOf(event);
    if (value === undefined && this.#plan.field !== undefined) return this.#miss('no_value');
    const received = event['event.ingested'];
    const time = timeOf(event);
    this.#sweep(received);
    const name = nameOf(key);
    const group = this.#groups.get(name) ?? new Group(key, this.#plan.rules.length);
    const size = group.size;
    group.forget(received, this.#patience);
    const until = Math.max(time, group.newest) - this.#plan.timespan;
    const late = time <= until;
    if (!late) {
      group.add({ ...contribution, time, received, rule, value, order: this.#order++, live: true });
      group.expire(until);
      this.#groups.use(name, group);
    }
    this.#entries += group.size - size;
    if (late) return this.#miss('late');
    this.#bound(group);
    return { hit: true, match: this.#report(group, contribution.event) };
  }

  handover(): readonly GroupWindow[] {
    return Array.from(this.#groups.values(), (group) => group.handover());
  }

  resume(groups: readonly GroupWindow[]): void {
    for (const { key, entries, fresh } of groups) {
      const group = new Group(key, this.#plan.rules.length);
      entries.forEach((entry, at) => {
        group.add({ ...entry, order: this.#order++ }, fresh.includes(at));
      });
      this.#groups.use(nameOf(key), group);
      this.#entries += group.size;
    }
  }

  #miss(reason: Drop): Outcome {
    this.#drop(reason);
    return MISSED;
  }

  #keyOf(rule: number, { event, values }: Contribution): readonly string[] | undefined {
    const key: string[] = [];
    for (const { reads } of this.#plan.groupBy) {
      const place = reads[rule];
      const value = place === undefined ? undefined : (values[place.field] ?? place.read(event.event));
      if (value === undefined || value === null) return undefined;
      key.push(String(value));
    }
    return key;
  }

  #valueOf(event: Event): string | undefined {
    const value = this.#plan.field?.(event);
    return value === undefined || value === null ? undefined : String(value).slice(0, MAX_VALUE);
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
    this.#entries -= group.size;
  }

  #bound(current: Group): void {
    if (current.size > this.#limits.entriesPerGroup) {
      current.dropOldest();
      this.#entries--;
      this.#drop('entry_evicted');
    }
    while (this.#groups.size > this.#limits.groups || this.#entries > this.#limits.entries) {
      const quietest = this.#groups.oldest;
      if (quietest === undefined || quietest.value === current) return;
      this.#remove(quietest.name, quietest.value);
      this.#drop('group_evicted');
    }
  }

  #report(group: Group, arrived: Located): Match | undefined {
    const ordered = this.#plan.type === 'temporal_ordered';
    const counted = this.#counted(group);
    if (!this.#plan.holds(counted)) return undefined;
    const inRun = ordered ? group.orderedRun() : () => true;
    const fresh = inRun === undefined ? [] : group.takeFresh(inRun);
    if (fresh.length === 0) return undefined;
    const names = this.#plan.groupBy.map(({ name }, at) => [name, group.key[at] ?? ''] as const);
    return {
      rule: this.#face,
      // Only the end of an ordered run tells what it led to; elsewhere the newest arrival does.
      event: ordered ? (fresh.at(-1)?.event ?? arrived) : arrived,
      evidence: distinct(fresh.flatMap((entry) => entry.evidence)),
      count: fresh.reduce((sum, entry) => sum + entry.count, 0),
      values: Object.fromEntries([...names, ['count', String(counted)]]),
    };
  }

  #counted(group: Group): number {
    switch (this.#plan.type) {
      case 'event_count':
        return group.weight;
      case 'value_count':
        return group.distinctValues;
      case 'temporal':
      case 'temporal_ordered':
        return group.rulesSeen;
      default:
        return unreachable(this.#plan.type);
    }
  }
}

/** An event that two of the rules matched is one piece of evidence. */
function distinct(events: readonly Located[]): readonly Located[] {
  const byId = new Map(events.map((located) => [located.id, located]));
  return byId.size === events.length ? events : [...byId.values()];
}
