/**
 * Correlations and what they refer to: a graph without a cycle, from detections at the bottom to correlations that nothing
 * refers to. What a rule matched goes up along its links.
 */
import { hash } from 'node:crypto';
import { newFields } from '#contract';
import type { RuleText } from '../rule.ts';
import { Refusal, shown } from '../sigma/refusal.ts';
import type { Located, Match } from '../match.ts';
import { Budget } from './budget.ts';
import { Correlation, type CorrelationLimits, type Drop, reachOf } from './correlation.ts';
import { footprint } from './footprint.ts';
import type { Contribution } from './group.ts';
import type { Draft, Plan } from './plan.ts';
import type { GroupWindow, Resumed, Windows } from './windows.ts';

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
  readonly draft: Draft;
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
  /** Takes what a rule matched up its links, adds what came of it to `matches`, and says whether any window wanted it. */
  feed(links: readonly Link[], located: Located, offer: Offer, matches: Match[]): boolean;
  readonly horizonSeconds: number;
  dropped(): Readonly<Record<string, number>>;
  handover(): Windows;
  resume(windows: Windows): Resumed;
}

interface Resolved<M> {
  readonly member: M & CorrelationMember;
  readonly children: readonly M[];
  readonly plan: Plan;
}

/** What a rule matched, before it is known who wants it. */
type Offer = Pick<Contribution, 'weight' | 'count'>;

const correlates = <M extends AnyMember>(member: M): member is M & CorrelationMember => 'draft' in member;

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
      const children = member.draft.rules.map((reference) => {
        const child = known.get(reference);
        if (child === undefined)
          throw new Refusal(`refers to rule ${shown(reference)}, which does not exist or was refused`);
        if (correlates(child) && visit(child) === undefined)
          throw new Refusal(`refers to rule ${shown(reference)}, which was refused`);
        return child;
      });
      const names = children.map(({ text: { face, name } }) => [...(name === undefined ? [] : [name]), face.id]);
      return { member, children, plan: member.draft.bind(names) };
    });
    open.delete(member);
    done.set(member, resolved);
    return resolved;
  }
  for (const member of members.values()) if (correlates(member)) attempt(member.text.document, () => visit(member));
  return [...done.values()].filter((resolved) => resolved !== undefined);
}

/** How far back windows reach: its own, and behind them those of whatever feeds it. */
function reach<M extends AnyMember>({ plan, children }: Resolved<M>, reaches: ReadonlyMap<M, number>): number {
  return reachOf(plan) + Math.max(0, ...children.map((child) => reaches.get(child) ?? 0));
}

const NO_VALUES: Readonly<Record<string, string>> = {};

/** Feeds correlations, and the ones they feed. Ends because correlations refer to each other without a cycle. */
function follow(links: readonly Link[], contribution: Contribution, matches: Match[]): boolean {
  let hit = false;
  for (const { correlation, rule, alerts, next } of links) {
    const outcome = correlation.accept(rule, contribution);
    hit ||= outcome.hit;
    if (outcome.match === undefined) continue;
    const { bytes, ...match } = outcome.match;
    if (alerts) matches.push(match);
    if (next.length === 0) continue;
    const { event, evidence, count, values } = match;
    const { order, received } = contribution;
    follow(next, { event, evidence, count, values, order, received, bytes, weight: 1, chained: true }, matches);
  }
  return hit;
}

/** Between threads, records get the prototype of plain objects: then `constructor` is a field that every event has. */
function revived(group: GroupWindow, known: Map<string, Located>): GroupWindow {
  const revive = ({ id, event }: Located): Located => {
    const found = known.get(id) ?? { id, event: Object.assign(newFields(), event) };
    known.set(id, found);
    return found;
  };
  const entries = group.entries.map((entry) => ({
    ...entry,
    event: revive(entry.event),
    evidence: entry.evidence.map(revive),
  }));
  return { ...group, entries };
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
  const budget = new Budget(limits.bytes);
  let last: Located | undefined;
  let bytes = 0;
  let order = 0;

  /**
   * A rule that correlations refer to alerts by itself only when one of them says `generate`: then somebody wants to see it,
   * and a rule that a user adds cannot silence one of ours that does.
   */
  function speaks(member: M): boolean {
    const referrers = resolved.filter(({ children }) => children.includes(member));
    return (
      member.text.alerts &&
      (referrers.length === 0 || referrers.some(({ member: referrer }) => referrer.draft.generate))
    );
  }

  for (const found of resolved) {
    const { member, children, plan } = found;
    reaches.set(member, reach(found, reaches));
    const correlation = new Correlation(member.text.face, plan, limits, budget, drop);
    const below = children.map((child) => nodes.get(child)?.content ?? hash('sha256', child.said()));
    nodes.set(member, { correlation, content: hash('sha256', JSON.stringify([member.said(), below])) });
    const next = links.get(member) ?? [];
    const alerts = speaks(member);
    children.forEach((child, rule) => links.get(child)?.push({ correlation, rule, alerts, next }));
  }

  function feed(way: readonly Link[], located: Located, offer: Offer, matches: Match[]): boolean {
    if (located !== last) {
      last = located;
      bytes = footprint(located.event);
      order++;
    }
    const received = located.event['event.ingested'];
    const base = { event: located, evidence: [located], values: NO_VALUES, chained: false, order, received, bytes };
    return follow(way, { ...base, ...offer }, matches);
  }

  return {
    feed,
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
      order,
    }),
    resume(windows) {
      order = Math.max(order, windows.order);
      for (const [reason, count] of Object.entries(windows.dropped))
        dropped.set(reason, (dropped.get(reason) ?? 0) + count);
      const located = new Map<string, Located>();
      const left = Map.groupBy(windows.correlations, ({ content }) => content);
      let kept = 0;
      for (const { correlation, content } of nodes.values()) {
        const found = left.get(content)?.shift();
        if (found === undefined) continue;
        correlation.resume(found.groups.map((group) => revived(group, located)));
        kept++;
      }
      return { kept, fresh: nodes.size - kept };
    },
  };
}
