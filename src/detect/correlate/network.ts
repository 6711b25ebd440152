/**
 * Correlations, wired to what they refer to: what a rule matched goes up along its links, and whatever a correlation makes of
 * it goes on up.
 */
import { hash } from 'node:crypto';
import type { Located, Match } from '../match.ts';
import { Budget } from './budget.ts';
import { Correlation, type CorrelationLimits, type Drop } from './correlation.ts';
import { type Contribution, timeOf } from './group.ts';
import { type AnyMember, type Attempt, correlates, reach, resolve, type Resolved } from './references.ts';
import { handedOver, type Resumed, resumeIn, type Windowed, type Windows } from './windows.ts';

/** One way from a rule to a correlation that refers to it. */
export interface Link {
  readonly correlation: Correlation;
  /** The rule's place in that correlation. */
  readonly rule: number;
  readonly alerts: boolean;
  /** Where the correlation's own matches go. */
  readonly next: readonly Link[];
}

export interface Network<M> {
  /** Loaded: a detection, or a correlation whose rules can all be found. */
  usable(member: M): boolean;
  /** It alerts on its own. */
  speaks(member: M): boolean;
  links(member: M): readonly Link[];
  /**
   * Takes what a rule matched up its links, adds what came of it to `matches`, and says whether any window wanted it. `weight`:
   * what it counts for in a window; `count`: what it adds to an alert's count.
   */
  feed(links: readonly Link[], located: Located, weight: number, count: number, matches: Match[]): boolean;
  readonly horizonSeconds: number;
  dropped(): Readonly<Record<string, number>>;
  handover(): Windows;
  resume(windows: Windows): Resumed;
}

const NO_VALUES: Readonly<Record<string, string>> = {};

/** Feeds correlations, and the ones they feed. Ends because correlations refer to each other without a cycle. */
function follow(links: readonly Link[], contribution: Contribution, matches: Match[]): boolean {
  let hit = false;
  for (let at = 0; at < links.length; at++) {
    const link = links[at];
    if (link === undefined) continue;
    const outcome = link.correlation.accept(link.rule, contribution);
    if (outcome === 'missed') continue;
    hit = true;
    if (outcome === 'offered') continue;
    if (link.alerts) matches.push(outcome);
    if (link.next.length > 0) follow(link.next, chained(outcome, contribution), matches);
  }
  return hit;
}

function chained({ event, evidence, count, values }: Match, completed: Contribution): Contribution {
  const { order, received } = completed;
  const time = event === completed.event ? completed.time : timeOf(event.event);
  return { event, evidence, weight: 1, count, values, chained: true, order, received, time, bytes: undefined };
}

/** Where events enter, one after the other. */
class Entrance {
  /** How many did. */
  order = 0;
  #last: Contribution | undefined;

  /** Windows keep what they are given: several rules that match an event mostly say the same of it. */
  feed(links: readonly Link[], located: Located, weight: number, count: number, matches: Match[]): boolean {
    let contribution = this.#last;
    if (contribution?.event !== located || contribution.weight !== weight || contribution.count !== count)
      this.#last = contribution = this.#contribution(located, weight, count);
    return follow(links, contribution, matches);
  }

  #contribution(located: Located, weight: number, count: number): Contribution {
    if (located !== this.#last?.event) this.order++;
    return {
      event: located,
      evidence: undefined,
      weight,
      count,
      values: NO_VALUES,
      chained: false,
      order: this.order,
      received: located.event['event.ingested'],
      time: timeOf(located.event),
      bytes: undefined,
    };
  }
}

/**
 * A rule that correlations refer to alerts by itself only when one of them says `generate`: then somebody wants to see it,
 * and a rule that a user adds cannot silence one of ours that does.
 */
function voices<M extends AnyMember>(resolved: readonly Resolved<M>[]): (member: M) => boolean {
  const wanted = new Map<M, boolean>();
  for (const { member, children } of resolved)
    for (const child of children) wanted.set(child, (wanted.get(child) ?? false) || member.draft.generate);
  return (member) => member.text.alerts && (wanted.get(member) ?? true);
}

interface Wired<M> {
  readonly links: ReadonlyMap<M, readonly Link[]>;
  readonly nodes: ReadonlyMap<M, Windowed>;
  /** ms */
  readonly reach: number;
}

function wire<M extends AnyMember>(
  resolved: readonly Resolved<M>[],
  speaks: (member: M) => boolean,
  make: (found: Resolved<M>) => Correlation,
): Wired<M> {
  const links = new Map<M, Link[]>();
  const linksOf = (member: M): Link[] => {
    const known = links.get(member) ?? [];
    links.set(member, known);
    return known;
  };
  const reaches = new Map<M, number>();
  const nodes = new Map<M, Windowed>();
  for (const found of resolved) {
    const { member, children } = found;
    reaches.set(member, reach(found, reaches));
    const below = children.map((child) => nodes.get(child)?.content ?? hash('sha256', child.said()));
    const content = hash('sha256', JSON.stringify([member.said(), below]));
    const correlation = make(found);
    nodes.set(member, { correlation, content });
    const way = { correlation, alerts: speaks(member), next: linksOf(member) };
    children.forEach((child, rule) => linksOf(child).push({ ...way, rule }));
  }
  return { links, nodes, reach: Math.max(0, ...reaches.values()) };
}

const NO_LINKS: readonly Link[] = [];

export function network<M extends AnyMember>(
  members: ReadonlyMap<string, M>,
  limits: CorrelationLimits,
  attempt: Attempt,
): Network<M> {
  const resolved = resolve(members, attempt);
  const speaks = voices(resolved);
  const dropped = new Map<string, number>();
  const drop = (reason: Drop): void => void dropped.set(reason, (dropped.get(reason) ?? 0) + 1);
  const budget = new Budget(limits.bytes);
  const {
    links,
    nodes,
    reach: furthest,
  } = wire(resolved, speaks, ({ member, plan }) => new Correlation(member.text.face, plan, limits, budget, drop));
  const way = new Entrance();
  return {
    feed: (given, located, weight, count, matches) => way.feed(given, located, weight, count, matches),
    usable: (member) => !correlates(member) || nodes.has(member),
    speaks,
    links: (member) => links.get(member) ?? NO_LINKS,
    horizonSeconds: Math.ceil(furthest / 2000),
    dropped: () => Object.fromEntries(dropped),
    handover: () => ({
      correlations: handedOver([...nodes.values()]),
      dropped: Object.fromEntries(dropped),
      order: way.order,
    }),
    resume(windows) {
      way.order = Math.max(way.order, windows.order);
      for (const [reason, count] of Object.entries(windows.dropped))
        dropped.set(reason, (dropped.get(reason) ?? 0) + count);
      const kept = resumeIn([...nodes.values()], windows);
      return { kept, fresh: nodes.size - kept };
    },
  };
}
