/**
 * The model that correlations are held against: every entry in one list, nothing but filters over it. Slow, and short enough
 * to be read against the specification.
 */
export interface Arrival {
  readonly id: string;
  /** Place of the rule that matches it. */
  readonly rule: number;
  readonly group: string;
  readonly value: string;
  /** ms */
  readonly stamp: number;
  readonly received: number;
}

export interface NaivePlan {
  readonly type: 'event_count' | 'value_count' | 'temporal' | 'temporal_ordered';
  readonly rules: number;
  readonly timespan: number;
  readonly patience: number;
  readonly holds: (count: number) => boolean;
}

export interface NaiveMatch {
  readonly at: string;
  readonly evidence: readonly string[];
  readonly counted: number;
}

interface Kept extends Arrival {
  readonly time: number;
  gone: boolean;
  reported: boolean;
}

/** Entries that are part of some run through all rules in order, found by walking every run. */
function inSomeRun(window: readonly Kept[], rules: number): ReadonlySet<Kept> {
  const found = new Set<Kept>();
  const walk = (run: readonly Kept[], from: number): void => {
    if (run.length === rules) for (const entry of run) found.add(entry);
    else window.forEach((entry, at) => at >= from && entry.rule === run.length && walk([...run, entry], at + 1));
  };
  walk([], 0);
  return found;
}

function counted(window: readonly Kept[], { type }: NaivePlan): number {
  if (type === 'event_count') return window.length;
  return new Set(window.map(({ value, rule }) => (type === 'value_count' ? value : rule))).size;
}

/** The match that each arrival completes, in order of arrival. */
export function naive(plan: NaivePlan, arrivals: readonly Arrival[]): readonly NaiveMatch[] {
  const all: Kept[] = [];
  const matches: NaiveMatch[] = [];
  for (const arrival of arrivals) {
    const arrived: Kept = { ...arrival, time: Math.min(arrival.stamp, arrival.received), gone: false, reported: false };
    const group = all.filter((entry) => entry.group === arrival.group && !entry.gone);
    for (const entry of group) entry.gone = Math.abs(arrival.received - entry.received) >= plan.patience;
    const near = group.filter((entry) => !entry.gone);
    const newest = Math.max(arrived.time, ...near.map(({ time }) => time));
    if (arrived.time <= newest - plan.timespan) continue;
    all.push(arrived);
    for (const entry of near) entry.gone = entry.time <= newest - plan.timespan;
    // Sorting is stable: at equal times the order of arrival stands.
    const window = [...near, arrived].filter((entry) => !entry.gone).toSorted((left, right) => left.time - right.time);
    const wanted = plan.type === 'temporal_ordered' ? inSomeRun(window, plan.rules) : new Set(window);
    const fresh = window.filter((entry) => wanted.has(entry) && !entry.reported);
    if (!plan.holds(counted(window, plan)) || fresh.length === 0) continue;
    for (const entry of fresh) entry.reported = true;
    const at = plan.type === 'temporal_ordered' ? fresh.at(-1)?.id : arrived.id;
    matches.push({ at: at ?? '', evidence: fresh.map(({ id }) => id), counted: counted(window, plan) });
  }
  return matches;
}
