/** How agents stand, in words: the same in the browser and in the terminal. */
import type { AgentState, AgentStatus } from '#contract';
import { capital, numberWord, plural, thousands } from './text.ts';
import { duration } from './time.ts';

/** `asleep`: not heard, and its machine may sleep. */
export type AgentStanding = AgentState | 'asleep';

/** In the order in which they are listed: what wants a hand comes first. */
const STANDINGS: readonly AgentStanding[] = ['silent', 'stuck', 'live', 'asleep', 'invited', 'revoked'];

export const agentStanding = ({ state, always_on }: Pick<AgentStatus, 'state' | 'always_on'>): AgentStanding =>
  state === 'silent' && !always_on ? 'asleep' : state;

export const wantsHand = (stand: AgentStanding): boolean => stand === 'silent' || stand === 'stuck';

export const orderAgents = (agents: readonly AgentStatus[]): readonly AgentStatus[] =>
  agents.toSorted(
    (a, b) => STANDINGS.indexOf(agentStanding(a)) - STANDINGS.indexOf(agentStanding(b)) || (a.name < b.name ? -1 : 1),
  );

type Counted = Pick<AgentStatus, 'name' | 'state' | 'always_on'>;

const SAYS: Record<AgentStanding, { readonly one: string; readonly many: string }> = {
  silent: { one: 'is silent', many: 'are silent' },
  stuck: { one: 'forwards nothing', many: 'forward nothing' },
  live: { one: 'reports', many: 'report' },
  asleep: { one: 'is asleep', many: 'are asleep' },
  invited: { one: 'is invited', many: 'are invited' },
  revoked: { one: 'is revoked', many: 'are revoked' },
};
/** Names are told where they are few. */
const NAMED = 2;

function said(agents: readonly Counted[], stand: AgentStanding): string {
  const names = agents.filter((agent) => agentStanding(agent) === stand).map(({ name }) => name);
  if (names.length === 0) return '';
  const words = SAYS[stand];
  if (names.length > NAMED) return `${capital(numberWord(names.length))} machines ${words.many}.`;
  return `${names.toSorted().join(' and ')} ${names.length === 1 ? words.one : words.many}.`;
}

const joined = (sentences: readonly string[]): string => sentences.filter((each) => each !== '').join(' ');

function reporting(agents: readonly Counted[]): string {
  const live = agents.filter((agent) => agentStanding(agent) === 'live').length;
  return `${capital(numberWord(live))} ${live === 1 ? 'machine reports' : 'machines report'}.`;
}

/** What is true now: 'attic is silent. Three machines report.'; where nothing wants a hand: 'Three machines report. laptop is asleep.' */
export function agentsSentence(agents: readonly Counted[]): string {
  const trouble = joined([said(agents, 'silent'), said(agents, 'stuck')]);
  return joined([trouble, reporting(agents), trouble === '' ? said(agents, 'asleep') : '']);
}

/** The rest of it: who else there is, and whether anything is missing. */
export function agentsRest(agents: readonly AgentStatus[]): string {
  const trouble = agents.some((agent) => wantsHand(agentStanding(agent)));
  const others = [trouble ? said(agents, 'asleep') : '', said(agents, 'invited'), said(agents, 'revoked')];
  const stored = agents.reduce((sum, { totals }) => sum + totals.stored, 0);
  if (stored === 0) return joined(others);
  const lost = agents.reduce((sum, agent) => sum + lossOf(agent), 0);
  const missing = lost === 0 ? 'none is missing' : `${thousands(lost)} ${lost === 1 ? 'is' : 'are'} lost`;
  return joined([...others, `${plural(stored, 'record')} stored, ${missing}.`]);
}

/** 'agents 3 live, 1 silent'; '' where there are none. For a line that has no room for names. */
export function agentsPhrase(agents: readonly Counted[]): string {
  const parts = STANDINGS.toSorted((a, b) => Number(b === 'live') - Number(a === 'live')).flatMap((stand) => {
    const count = agents.filter((agent) => agentStanding(agent) === stand).length;
    return count === 0 ? [] : [`${thousands(count)} ${stand}`];
  });
  return parts.length === 0 ? '' : `agents ${parts.join(', ')}`;
}

/** Left out on purpose: nothing is missing. */
const ON_PURPOSE = new Set(['blank', 'older_than_backfill', 'repeat']);
/** Had a number when they were given up: the server counts them as lost by their numbers already. */
const NUMBERED = new Set(['evicted', 'too_old', 'parked']);

/** Records that should be here and are not, each counted once. */
export function lossOf({ sources, totals }: Pick<AgentStatus, 'sources' | 'totals'>): number {
  const dropped = sources.flatMap((source) => Object.entries(source.dropped));
  const unnumbered = dropped.filter(([reason]) => !ON_PURPOSE.has(reason) && !NUMBERED.has(reason));
  return unnumbered.reduce((sum, [, count]) => sum + count, totals.lost);
}

/** '40 lost', or that nothing is. */
export const lossWords = (lost: number): string => (lost === 0 ? 'nothing lost' : `${thousands(lost)} lost`);

const REASONS: Readonly<Record<string, string>> = {
  blank: 'blank',
  older_than_backfill: 'older than the backfill',
  repeat: 'came twice',
  evicted: 'given up to make room',
  too_old: 'too old to be sent',
  parked: 'refused, and kept on its disk',
  refused: 'refused',
  spool_full: 'its spool was full',
  queue_full: 'came faster than it could write',
  not_allowed: 'from a sender that is not allowed',
  empty: 'empty',
  damaged: 'damaged on its disk',
  missing: 'its spool is gone',
};

/** Why records were dropped or numbers never came. A reason that is not known here is shown as the agent named it. */
export const lossReason = (reason: string): string =>
  Object.hasOwn(REASONS, reason) ? (REASONS[reason] ?? reason) : reason.replaceAll('_', ' ');

/** A source that an agent cannot read. */
export const brokenSources = ({ sources }: Pick<AgentStatus, 'sources'>): AgentStatus['sources'] =>
  sources.filter(({ state }) => state === 'denied' || state === 'failed');

/** Why it stands so, as far as its own account tells; '' where the state says it all. */
export function standingReason(agent: AgentStatus, now: number): string {
  const stand = agentStanding(agent);
  if (stand === 'stuck') return stuckReason(agent);
  if (stand === 'silent' || stand === 'asleep')
    return agent.last_seen === null ? '' : `for ${duration(now - Date.parse(agent.last_seen))}`;
  const token = tokenWords(agent, now);
  if (stand === 'invited') return token;
  const broken = stand === 'live' ? brokenSources(agent).length : 0;
  const parts = [
    broken === 0 ? '' : `${plural(broken, 'source')} cannot be read`,
    stand === 'live' && agent.rotating ? 'changes its key' : '',
    token === '' ? '' : `invited again, ${token}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function stuckReason(agent: AgentStatus): string {
  const followed = agent.sources.filter(({ source, state }) => source !== 'monitor' && state !== 'off');
  if (followed.length > 0 && followed.every(({ state }) => state === 'denied' || state === 'failed'))
    return 'none of its sources can be read';
  const waiting = agent.spool?.records ?? 0;
  if (waiting > 0) return `${plural(waiting, 'record')} ${waiting === 1 ? 'waits' : 'wait'} on its disk`;
  return 'it reads nothing';
}

/** 'token good for 28 min'; '' where there is none. */
export function tokenWords({ invitation }: Pick<AgentStatus, 'invitation'>, now: number): string {
  if (invitation === null) return '';
  const left = Date.parse(invitation) - now;
  return left > 0 ? `token good for ${duration(left)}` : 'token ended';
}

/** A clock that is off by less says nothing: a batch is on its way for as long. ms. */
const SKEW = 5000;

/** 'clock 42 s ahead'; '' where it is right or not known. */
export function clockWords({ clock_skew: skew }: Pick<AgentStatus, 'clock_skew'>): string {
  if (skew === null || Math.abs(skew) <= SKEW) return '';
  return `clock ${duration(Math.abs(skew))} ${skew > 0 ? 'ahead' : 'behind'}`;
}

/** How full the spool is, 0 … 1; undefined where the agent does not say how much it may hold. */
export function spoolPart({ spool }: Pick<AgentStatus, 'spool'>): number | undefined {
  if (spool === null || spool.limit === undefined || spool.limit === 0) return undefined;
  return Math.min(1, spool.bytes / spool.limit);
}
