/**
 * Who is silent, who is stuck, who is back. Pure: it is told of every batch and of time that passed.
 *
 * Time that passed is time the server was awake: `tick` gets what a timer saw, at most two of its steps. So an agent is not silent because
 * the server slept, was restarted, or had its clock set.
 *
 *   heard ── SILENT_AFTER without a word ──▶ silent ── a word ──▶ heard (news: back)
 *   heard ── forwards nothing though it should, for STUCK_AFTER ──▶ stuck ── it forwards, or has no reason to ──▶ heard (news: back)
 */
import { type AgentAction, type AgentReport, HEARTBEAT } from '#contract';

export interface Heard {
  /** New records that came with it. */
  readonly accepted: number;
  readonly report: AgentReport | undefined;
}

export interface News {
  readonly agent: string;
  readonly action: AgentAction;
  /** In words: 'was not heard for 2 minutes'. */
  readonly says: string;
}

export type Standing = 'live' | 'silent' | 'stuck';

export interface Watch {
  /** Begins to watch, or to watch anew; `alarm`: what people were told of it before a restart. */
  add(
    agent: string,
    before?: { readonly alarm?: Exclude<Standing, 'live'>; readonly report?: AgentReport | undefined },
  ): void;
  drop(agent: string): void;
  heard(agent: string, heard: Heard): readonly News[];
  /** `ms`: since the last tick. */
  tick(ms: number): readonly News[];
  names(): Iterable<string>;
  standing(agent: string): Standing;
  /** Its machine may sleep: silence is no alert. */
  sleeps(agent: string): boolean;
}

/** ms. */
export const TICK = 10_000;
export const SILENT_AFTER = Math.max(3 * HEARTBEAT, 120_000);
export const STUCK_AFTER = 10 * 60_000;
/** A machine that wrote lines before and writes none for so long is not quiet: something is broken. */
const NOTHING_READ = 24 * 3_600_000;
/** The source of looks at the machine: it always has something to say. */
const MONITOR = 'monitor';

/**
 * ms for which something has held; each is set back by what a batch says. quiet: it was not heard. idle: records wait and none came.
 * behind: a file has more than is read of it. broken: no source can be read. unread: nothing was read.
 */
const CLOCKS = ['quiet', 'idle', 'behind', 'broken', 'unread', 'since'] as const;

interface Watched extends Record<(typeof CLOCKS)[number], number> {
  alarm: Standing;
  report: AgentReport | undefined;
  /** Records its sources had read at last, without the monitor. */
  read: number;
}

export function createWatch(): Watch {
  const agents = new Map<string, Watched>();

  function back(agent: string, one: Watched): News {
    const words =
      one.alarm === 'silent' ? `is back after ${span(one.since + SILENT_AFTER)}` : 'forwards its logs again';
    one.alarm = 'live';
    one.since = 0;
    return { agent, action: 'agent-back', says: words };
  }

  function raise(agent: string, one: Watched, alarm: 'silent' | 'stuck', says: string): News {
    one.alarm = alarm;
    one.since = 0;
    return { agent, action: `agent-${alarm}`, says };
  }

  function passed(agent: string, one: Watched, ms: number): readonly News[] {
    for (const clock of CLOCKS) one[clock] += ms;
    if (one.quiet >= SILENT_AFTER) {
      if (one.alarm === 'silent') return [];
      // A machine that sleeps is silent, and that is no news. One that was stuck before it fell asleep is not mended.
      if (one.report?.always_on === false) return [];
      return [raise(agent, one, 'silent', `was not heard for ${span(one.quiet)}`)];
    }
    const reason = whyStuck(one);
    if (one.alarm === 'stuck') return reason === undefined ? [back(agent, one)] : [];
    return reason === undefined ? [] : [raise(agent, one, 'stuck', reason)];
  }

  return {
    add(agent, before = {}) {
      const known = agents.get(agent);
      const report = before.report ?? known?.report;
      const alarm = before.alarm ?? known?.alarm ?? 'live';
      const read = report === undefined ? 0 : readBy(report);
      const clocks = { quiet: 0, idle: 0, behind: 0, broken: 0, unread: 0, since: 0 };
      agents.set(agent, { alarm, report, read, ...clocks });
    },
    drop: (agent) => void agents.delete(agent),
    heard(agent, { accepted, report }) {
      const one = agents.get(agent);
      if (one === undefined) return [];
      one.quiet = 0;
      if (accepted > 0) one.idle = 0;
      if (report !== undefined) learn(one, report);
      return one.alarm === 'silent' ? [back(agent, one)] : [];
    },
    tick: (ms) => [...agents].flatMap(([agent, one]) => passed(agent, one, Math.max(0, Math.min(ms, 2 * TICK)))),
    names: () => agents.keys(),
    sleeps: (agent) => agents.get(agent)?.report?.always_on === false,
    standing(agent) {
      const one = agents.get(agent);
      if (one === undefined) return 'live';
      return one.quiet >= SILENT_AFTER ? 'silent' : one.alarm;
    },
  };
}

function learn(one: Watched, report: AgentReport): void {
  const read = readBy(report);
  if (read !== one.read) one.unread = one.behind = 0;
  if (report.spool.records === 0) one.idle = 0;
  if (behindOf(report) === undefined) one.behind = 0;
  if (brokenOf(report) === undefined) one.broken = 0;
  one.read = read;
  one.report = report;
}

type Account = AgentReport['sources'][number];

const logsOf = ({ sources }: AgentReport): Account[] =>
  sources.filter(({ source, state }) => source !== MONITOR && state !== 'off');

const readBy = (report: AgentReport): number => logsOf(report).reduce((sum, { read }) => sum + read, 0);

const behindOf = (report: AgentReport): Account | undefined =>
  logsOf(report).find(({ state, lag }) => state === 'following' && lag > 0);

/** The first of its sources, where none can be read. */
function brokenOf(report: AgentReport): Account | undefined {
  const logs = logsOf(report);
  return logs.every(({ state }) => state === 'failed' || state === 'denied') ? logs[0] : undefined;
}

/** Why an agent that runs should be forwarding and is not; undefined where nothing says so. */
function whyStuck({ report, idle, behind, broken, unread, read }: Watched): string | undefined {
  if (report === undefined) return undefined;
  const denied = brokenOf(report);
  if (denied !== undefined && broken >= STUCK_AFTER)
    return `runs, but none of its sources can be read: ${denied.source}: ${denied.reason}`;
  if (report.spool.records > 0 && idle >= STUCK_AFTER)
    return `runs, but forwards nothing: ${report.spool.records} records wait on its disk`;
  const late = behindOf(report);
  if (late !== undefined && behind >= STUCK_AFTER)
    return `runs, but reads nothing of ${late.source}, where ${late.lag} bytes wait`;
  if (read > 0 && unread >= NOTHING_READ) return `runs, but its sources have read nothing for ${span(unread)}`;
  return undefined;
}

function span(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
