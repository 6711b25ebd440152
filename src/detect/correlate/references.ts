/**
 * What correlations refer to: a graph without a cycle, from detections at the bottom to correlations that nothing refers to.
 * Its size is bounded, because rules come from the internet and every match goes up all the ways that there are.
 */
import type { RuleText } from '../rule.ts';
import { Refusal, shown } from '../sigma/refusal.ts';
import { reachOf } from './correlation.ts';
import type { Draft, Plan } from './plan.ts';

interface Member {
  readonly text: RuleText;
}

export interface DetectionMember extends Member {
  /** All that decides what it matches. */
  readonly said: () => string;
}

export interface CorrelationMember extends Member {
  readonly draft: Draft;
  readonly said: () => string;
}

export type AnyMember = DetectionMember | CorrelationMember;

/** Runs a step for a document; when it is refused, the result is undefined and the problem is on record. */
export type Attempt = <T>(document: RuleText['document'], step: () => T) => T | undefined;

export interface Resolved<M> {
  readonly member: M & CorrelationMember;
  readonly children: readonly M[];
  readonly plan: Plan;
  /** In how many ways a match of some detection can reach it: each costs, with every event. */
  readonly ways: number;
}

const MAX_DEPTH = 32;
const MAX_WAYS = 4096;

export const correlates = <M extends AnyMember>(member: M): member is M & CorrelationMember => 'draft' in member;

/** Rules by id and by name. A name that two rules share stands for neither. */
function directory<M extends AnyMember>(members: ReadonlyMap<string, M>): ReadonlyMap<string, M> {
  const found = new Map<string, M>(members);
  const names = Map.groupBy(members.values(), (member) => member.text.name);
  for (const [name, [member, twin]] of names)
    if (name !== undefined && member !== undefined && twin === undefined && !members.has(name)) found.set(name, member);
  return found;
}

/** Correlations whose rules can all be found, each after the ones it refers to. */
export function resolve<M extends AnyMember>(
  members: ReadonlyMap<string, M>,
  attempt: Attempt,
): readonly Resolved<M>[] {
  const known = directory(members);
  const done = new Map<M, Resolved<M> | undefined>();
  const open = new Set<M>();
  function visit(member: M & CorrelationMember): Resolved<M> | undefined {
    if (open.has(member)) throw new Refusal('the correlation refers to itself, directly or through others');
    if (done.has(member)) return done.get(member);
    if (open.size === MAX_DEPTH)
      throw new Refusal(`correlations refer to each other over more than ${MAX_DEPTH} levels`);
    open.add(member);
    const resolved = attempt(member.text.document, () => {
      const children = member.draft.rules.map((reference) => {
        const child = known.get(reference);
        if (child === undefined)
          throw new Refusal(`refers to rule ${shown(reference)}, which does not exist or was refused`);
        if (correlates(child) && visit(child) === undefined)
          throw new Refusal(`refers to rule ${shown(reference)}, which was refused`);
        return child;
      });
      const names = children.map(({ text: { face, name } }) => [...(name === undefined ? [] : [name]), face.id]);
      const ways = children.reduce((sum, child) => sum + (done.get(child)?.ways ?? 1), 0);
      if (ways > MAX_WAYS) throw new Refusal(`matches reach it in ${ways} ways, more than ${MAX_WAYS}`);
      return { member, children, ways, plan: member.draft.bind(names) };
    });
    open.delete(member);
    done.set(member, resolved);
    return resolved;
  }
  for (const member of members.values()) if (correlates(member)) attempt(member.text.document, () => visit(member));
  return [...done.values()].filter((resolved) => resolved !== undefined);
}

/** How far back windows reach: its own, and behind them those of whatever feeds it. */
export function reach<M extends AnyMember>({ plan, children }: Resolved<M>, reaches: ReadonlyMap<M, number>): number {
  return reachOf(plan) + Math.max(0, ...children.map((child) => reaches.get(child) ?? 0));
}
