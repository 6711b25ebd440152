/** Does a window satisfy its correlation, now that an entry arrived, and which entries are to be reported? */
import type { Group } from './group.ts';
import type { Told, Value } from './line.ts';
import type { Plan } from './plan.ts';
import { longestRun, runThrough, type Stretch } from './runs.ts';
import { decisive, type Term } from './terms.ts';

export interface Finding {
  /** `value` is what the condition compares, `count` how many events (or values, or rules) there are. */
  readonly told: { readonly count: number; readonly value: number };
  /** In order of time; empty when all of it was reported before. From now on it was. */
  readonly entries: readonly Told[];
}

/** Millionths are all that anybody wants to read. */
const readable = (value: number): number => (Math.abs(value) < 1e9 ? Math.round(value * 1e6) / 1e6 : value);

function measured(plan: Plan, group: Group, arrived: Value): Finding | undefined {
  const value = group.read(arrived);
  if (!plan.holds(value)) return undefined;
  const counts = plan.measure.kind === 'none' || plan.measure.kind === 'distinct';
  return {
    told: { count: counts ? value : group.weight, value: readable(value) },
    // What is rare or common is one value; the others are no evidence for it.
    entries: plan.measure.kind === 'share' ? group.tellValue(arrived) : group.tellAll(),
  };
}

const BEGIN = { time: -Infinity, order: -Infinity };
const END = { time: Infinity, order: Infinity };

const NONE: readonly Term[] = [];

function holdingOf(group: Group, terms: readonly Term[]): readonly Term[] {
  let holding: Term[] | undefined;
  for (const term of terms) if (holds(group, term)) (holding ??= []).push(term);
  return holding ?? NONE;
}

/** Asked for whatever comes in, and mostly no. */
function holds(group: Group, { present, absent }: Term): boolean {
  for (let at = 0; at < present.length; at++) if (!group.has(present[at] ?? 0)) return false;
  for (let at = 0; at < absent.length; at++) if (group.has(absent[at] ?? 0)) return false;
  return true;
}

/** The parts of the window that satisfy a term. */
function parts(plan: Plan, group: Group, { present }: Term): readonly Stretch[] | undefined {
  if (plan.type === 'temporal_ordered') return runThrough(group.lines, present);
  return present.map((rule) => ({ rule, from: BEGIN, to: END }));
}

/** Where a smaller term has no run, a larger one has none either: so runs are looked for last. */
function inWords(plan: Plan, group: Group, terms: readonly Term[]): Finding | undefined {
  const all = holdingOf(group, terms);
  if (all === NONE) return undefined;
  const holding = decisive(all);
  const stretches = holding.flatMap((term) => parts(plan, group, term) ?? []);
  if (stretches.length === 0) return undefined;
  const value = group.rulesSeen;
  return { told: { count: value, value }, entries: group.tellStretches(stretches) };
}

function counted(plan: Plan, group: Group): Finding | undefined {
  if (plan.type === 'temporal') {
    const value = group.rulesSeen;
    return plan.holds(value) ? { told: { count: value, value }, entries: group.tellAll() } : undefined;
  }
  const { length: value, stretches } = longestRun(group.lines);
  return plan.holds(value) ? { told: { count: value, value }, entries: group.tellStretches(stretches) } : undefined;
}

/** `arrived`: the value of the entry that did. */
export function judge(plan: Plan, group: Group, arrived: Value): Finding | undefined {
  if (plan.temporal === undefined) return measured(plan, group, arrived);
  if (plan.temporal === 'counted') return counted(plan, group);
  return inWords(plan, group, plan.temporal);
}
