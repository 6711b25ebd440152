/**
 * Correlations and what they refer to: a graph without a cycle, from detections at the bottom to correlations that nothing
 * refers to. What a rule matched goes up along its links.
 */
import { hash } from 'node:crypto';
import type { RuleText } from '../rule.ts';
import { Refusal, shown } from '../sigma/refusal.ts';
import { Correlation, type CorrelationLimits, type Drop, patienceOf } from './correlation.ts';
import type { Plan } from './plan.ts';
import type { Resumed, Windows } from './windows.ts';

/** One way from a rule to a correlation that refers to it. */
export interface Link {
  readonly correlation: Correlation;
  /** The rule's place in that correlation. */
  readonly rule: number;
  readonly alerts: boolean;
  /** Where the correlation's own matches go. */
  readonly next: readonly Link[];
}

interface Member {
  readonly text: RuleText;
}

export interface DetectionMember extends Member {
  /** All that decides what it matches. */
  readonly said: () => string;
}

export interface CorrelationMember extends Member {
  readonly plan: Plan;
  readonly said: () => string;
}

type AnyMember = DetectionMember | CorrelationMember;

/** Runs a step for a document; when it is refused, the result is undefined and the problem is on record. */
export type Attempt = <T>(document: RuleText['document'], step: () => T) => T | undefined;

export interface Network<M> {
  /** Loaded: a detection, or a correlation whose rules can all be found. */
  usable(member: M): boolean;
  /** It alerts on its own. */
  speaks(member: M): boolean;
  links(member: M): readonly Link[];
  readonly horizonSeconds: number;
  dropped(): Readonly<Record<string, number>>;
  handover(): Windows;
  resume(windows: Windows): Resumed;
}

interface Resolved<M> {
  readonly member: M & CorrelationMember;
  readonly children: readonly M[];
}

const correlates = <M extends AnyMember>(member: M): member is M & CorrelationMember => 'plan' in member;

/** Rules by id and by name. A name that two rules share stands for neither. */
function directory<M extends AnyMember>(members: ReadonlyMap<string, M>): ReadonlyMap<string, M> {
  const found = new Map<string, M>(members);
  const names = Map.groupBy(members.values(), (member) => member.text.name);
  for (const [name, [member, twin]] of names)
    if (name !== undefined && member !== undefined && twin === undefined && !members.has(name)) found.set(name, member);
  return found;
}

/** Correlations whose rules can all be found, each after the ones it refers to. */
function resolve<M extends AnyMember>(members: ReadonlyMap<string, M>, attempt: Attempt): readonly Resolved<M>[] {
  const known = directory(members);
  const done = new Map<M, Resolved<M> | undefined>();
  const open = new Set<M>();
  function visit(member: M & CorrelationMember): Resolved<M> | undefined {
    if (open.has(member)) throw new Refusal('the correlation refers to itself, directly or through others');
    if (done.has(member)) return done.get(member);
    open.add(member);
    const resolved = attempt(member.text.document, () => {
      const children = member.plan.rules.map((reference) => {
        const child = known.get(reference);
        if (child === undefined)
          throw new Refusal(`refers to rule ${shown(reference)}, which does not exist or was refused`);
        if (correlates(child) && visit(child) === undefined)
          throw new Refusal(`refers to rule ${shown(reference)}, which was refused`);
        return child;
      });
      return { member, children };
    });
    open.delete(member);
    done.set(member, resolved);
    return resolved;
  }
  for (const member of members.values()) if (correlates(member)) attempt(member.text.document, () => visit(member));
  return [...done.values()].filter((resolved) => resolved !== undefined);
}

/** How far back a window and its report marks reach: its own patience twice, and that of whatever feeds it. */
function reach<M extends AnyMember>({ member, children }: Resolved<M>, reaches: ReadonlyMap<M, number>): number {
  return 2 * patienceOf(member.plan) + Math.max(0, ...children.map((child) => reaches.get(child) ?? 0));
}

interface Node {
  readonly correlation: Correlation;
  /** The same content has the same windows. */
  readonly content: string;
}

export function network<M extends AnyMember>(
  members: ReadonlyMap<string, M>,
  limits: CorrelationLimits,
  attempt: Attempt,
): Network<M> {
  const resolved = resolve(members, attempt);
  const dropped = new Map<string, number>();
  const drop = (reason: Drop): void => void dropped.set(reason, (dropped.get(reason) ?? 0) + 1);
  const links = new Map<M, Link[]>([...members.values()].map((member) => [member, []]));
  const reaches = new Map<M, number>();
  const nodes = new Map<M, Node>();

  /**
   * A rule that correlations refer to alerts by itself only when one of them says `generate`: then somebody wants to see it,
   * and a rule that a user adds cannot silence one of ours that does.
   */
  function speaks(member: M): boolean {
    const referrers = resolved.filter(({ children }) => children.includes(member));
    return (
      member.text.alerts && (referrers.length === 0 || referrers.some(({ member: referrer }) => referrer.plan.generate))
    );
  }

  for (const found of resolved) {
    const { member, children } = found;
    reaches.set(member, reach(found, reaches));
    const correlation = new Correlation(member.text.face, member.plan, limits, drop);
    const below = children.map((child) => nodes.get(child)?.content ?? hash('sha256', child.said()));
    nodes.set(member, { correlation, content: hash('sha256', JSON.stringify([member.said(), below])) });
    const next = links.get(member) ?? [];
    const alerts = speaks(member);
    children.forEach((child, rule) => links.get(child)?.push({ correlation, rule, alerts, next }));
  }

  return {
    usable: (member) => !correlates(member) || nodes.has(member),
    speaks,
    links: (member) => links.get(member) ?? [],
    horizonSeconds: Math.ceil(Math.max(0, ...reaches.values()) / 2000),
    dropped: () => Object.fromEntries(dropped),
    handover: () => ({
      correlations: Array.from(nodes.values(), ({ correlation, content }) => ({
        content,
        groups: correlation.handover(),
      })),
      dropped: Object.fromEntries(dropped),
    }),
    resume(windows) {
      for (const [reason, count] of Object.entries(windows.dropped))
        dropped.set(reason, (dropped.get(reason) ?? 0) + count);
      const left = Map.groupBy(windows.correlations, ({ content }) => content);
      let kept = 0;
      for (const { correlation, content } of nodes.values()) {
        const found = left.get(content)?.shift();
        if (found === undefined) continue;
        correlation.resume(found.groups);
        kept++;
      }
      return { kept, fresh: nodes.size - kept };
    },
  };
}
