/** The account of a run: what was done, what was written, what is there, and what of that must not be. */
import type { AgentReport, AgentStatus } from '#contract';
import { killsOf } from './member.ts';
import type { Program } from './program.ts';
import type { Rotations } from './rotations.ts';
import type { Storms } from './storms.ts';
import { figure, grid, listed, milliseconds } from './table.ts';
import type { StreamTally } from './tally.ts';
import type { World } from './world.ts';

export interface Account {
  /** What must not be; empty is a pass. */
  readonly wrong: readonly string[];
  /** All of it, as Markdown. */
  readonly text: string;
}

export interface Acted {
  readonly seed: number;
  /** `performance.now()` at the beginning. */
  readonly started: number;
  readonly faults: ReadonlyMap<string, number>;
  /** What each agent said of itself at the end. */
  readonly reports: ReadonlyMap<string, AgentReport>;
  readonly rotations: Rotations;
  readonly storms: Storms;
}

/** Of a world that has come to rest. */
export async function account(world: World, acted: Acted): Promise<Account> {
  const written = world.written();
  const streams = [...written].map(([stream, lines]) => world.reading.lines.of(stream, lines));
  const { items } = await world.home.client.call('listAgents');
  const wrong = [
    ...streams.flatMap(wrongWith),
    ...missing(world, streams, items),
    ...items.flatMap((agent) => disagreement(world, agent, acted.reports.get(agent.name))),
    ...world.reading.lines.streams().flatMap((name) => (written.has(name) ? [] : [`nobody writes a stream ${name}`])),
    ...[...world.reading.counters()].flatMap(([name, times]) =>
      times > 0 && UNWANTED.test(name) ? [`${name}: ${times}`] : [],
    ),
    ...world.members().flatMap(({ complaints }) => complaints),
  ];
  // Not wrong by itself: it says why, where something is.
  const sayings =
    wrong.length === 0 ? [] : world.members().map((one) => `${one.name} said at last:\n${lastWords(one.program())}`);
  const parts = [
    streamTable(streams),
    ...(items.length === 0 ? [] : [agentTable(world, items, acted)]),
    grid([['what', 'figure'], ...deeds(acted), ...figures(world, acted)]),
    wrong.length === 0 ? 'Nothing is wrong.' : `WRONG:\n${wrong.map((one) => `- ${one}`).join('\n')}`,
    ...sayings,
  ];
  return { wrong, text: `${parts.join('\n\n')}\n` };
}

const lastWords = ({ said, complained }: Program): string => `${said().slice(-1000)}${complained().slice(-1000)}`;

/** Places of a file that were passed over or read twice, and faults of the server's own. */
const UNWANTED = / (?:gap|overlap|normalize_failed|detect_failed)$/;

function wrongWith({ stream, doubled, disordered, late, strange }: StreamTally): string[] {
  return [
    ...(doubled > 0 ? [`${doubled} lines of ${stream} are there twice`] : []),
    ...(disordered > 0 ? [`${disordered} lines of ${stream} came after a later one: ${late.join(', ')}`] : []),
    ...(strange > 0 ? [`${strange} lines of ${stream} were never written`] : []),
  ];
}

const declaredBy = ({ gaps }: AgentStatus): number => gaps.reduce((total, { from, to }) => total + to - from, 0);

const streamsOf = (world: World, name: string): ReadonlySet<string> =>
  new Set(world.agents.find((one) => one.name === name)?.files.flatMap(({ writers }) => writers));

/** Lines that are missing, and that no agent declared lost. What turned bits took from a spool is declared, to the record. */
function missing(world: World, streams: readonly StreamTally[], items: readonly AgentStatus[]): string[] {
  const groups = items.map((agent) => ({ mine: streamsOf(world, agent.name), declared: declaredBy(agent) }));
  const others = streams.filter(({ stream }) => !groups.some(({ mine }) => mine.has(stream)));
  return [...groups, { mine: new Set(others.map(({ stream }) => stream)), declared: 0 }].flatMap(
    ({ mine, declared }) => {
      const lost = streams.filter(({ stream, lost: count }) => mine.has(stream) && count > 0);
      const total = sum(lost, 'lost');
      const where = lost.map(({ stream, missing: ranges }) => `${stream} ${ranges.join(' ')}`).join('; ');
      return total > declared ? [`${total} lines are missing, of which ${declared} were declared lost: ${where}`] : [];
    },
  );
}

/** What the agent and the server say they did, against what is there. */
function disagreement({ reading }: World, agent: AgentStatus, report: AgentReport | undefined): string[] {
  const { name, totals, gaps } = agent;
  const stored = reading.of(name);
  // Of files: one more look at the machine may be on its way.
  const files = report?.sources.filter(({ source }) => source.startsWith('file:')) ?? [];
  const kept = new Map(agent.sources.map((one) => [one.source, one.stored] as const));
  // Of a damaged frame that was taken before nothing is lost, but how many lines of which file it held.
  const isWhole = gaps.length === 0 && report?.spool.quarantined === 0;
  const unequal = isWhole ? files.filter(({ source, spooled }) => spooled !== kept.get(source)) : [];
  const waiting = report?.spool.records ?? 0;
  return [
    ...(report === undefined ? [`${name} does not answer`] : []),
    ...(waiting === 0 ? [] : [`${name} does not get rid of ${waiting} records`]),
    ...(totals.stored === stored ? [] : [`${name}: ${totals.stored} stored by its account, ${stored} in the store`]),
    ...(totals.lost === declaredBy(agent) ? [] : [`${name}: ${totals.lost} lost, gaps of ${declaredBy(agent)}`]),
    ...unequal.map(
      ({ source, spooled }) => `${name}: ${spooled} of ${source} spooled, ${kept.get(source) ?? 0} stored, no gap`,
    ),
    ...(totals.dropped === 0 ? [] : [`${name}: ${totals.dropped} dropped: ${droppedBy(agent)}`]),
  ];
}

function droppedBy({ sources }: AgentStatus): string {
  const sums = new Map<string, number>();
  for (const { dropped } of sources)
    for (const [reason, times] of Object.entries(dropped)) sums.set(reason, (sums.get(reason) ?? 0) + times);
  return listed(sums);
}

type Counted = 'written' | 'stored' | 'lost' | 'doubled' | 'disordered';
const COUNTED: readonly Counted[] = ['written', 'stored', 'lost', 'doubled', 'disordered'];
const sum = (streams: readonly StreamTally[], key: Counted): number =>
  streams.reduce((total, stream) => total + stream[key], 0);

function streamTable(streams: readonly StreamTally[]): string {
  const rows = streams.map((one) => [one.stream, ...COUNTED.map((key) => figure(one[key]))]);
  const total = ['all', ...COUNTED.map((key) => figure(sum(streams, key)))];
  return grid([['lines', ...COUNTED.slice(0, 4), 'out of order'], ...rows, total]);
}

function agentTable({ agents }: World, items: readonly AgentStatus[], { reports }: Acted): string {
  const rows = items.map((agent) => {
    const { name, totals, gaps } = agent;
    const report = reports.get(name);
    const own = (key: 'read' | 'spooled' | 'sent'): number =>
      report?.sources.reduce((total, source) => total + source[key], 0) ?? 0;
    const home = agents.find((one) => one.name === name);
    const sizes = gaps.map(({ from, to, reason }) => `${reason} ${to - from}`).join(', ');
    const counts = [own('read'), own('spooled'), own('sent'), totals.stored].map(figure);
    const kilobytes = `${figure((home?.spoolMax() ?? 0) / 1024)} KB`;
    return [name, ...counts, sizes || 'none', droppedBy(agent), figure(report?.spool.quarantined ?? 0), kilobytes];
  });
  const head = ['records', 'read', 'spooled', 'sent', 'stored', 'declared gaps', 'dropped', 'quarantined', 'spool max'];
  return grid([head, ...rows]);
}

function deeds({ faults, rotations, storms }: Acted): (readonly [string, string])[] {
  const kinds = [
    ...faults,
    ...Array.from(rotations.counts, ([how, times]) => [`rotation: ${how}`, times] as const),
    ...Array.from(storms.counts, ([kind, times]) => [`network: ${kind}`, times] as const),
  ];
  return kinds.map(([name, times]) => [name, figure(times)]);
}

function figures(world: World, { started, seed }: Acted): (readonly [string, string])[] {
  const { agents, writers, journal, reading } = world;
  const members = world.members();
  const replies = agents.flatMap(({ network }) => network.replies);
  const harmed = agents.map(({ name, network }) => `${name}: ${listed(network.harmed)}`).join('; ');
  const limits = agents.filter(({ limit }) => limit !== '').map(({ name, limit }) => `${name}: ${limit}`);
  return [
    ['kills', `${killsOf(members)}: ${listed(members.map((one) => [one.name, one.kills()] as const))}`],
    ['connections harmed', harmed || 'none'],
    ['inodes used again', figure(writers.reduce((total, one) => total + one.reused(), 0))],
    ['rotations of the journal', figure(journal.rotations())],
    ['small disk', limits.join('; ') || 'none'],
    ['events besides the lines', listed(reading.others)],
    ['ack: reply after a request', milliseconds(replies, 0.5, 0.99)],
    ...members.map((one) => [`restart of ${one.name}`, milliseconds(one.restarts, 0.5, 1)] as const),
    ...members.map((one) => [`RSS max of ${one.name}`, `${one.peakMb()} MB`] as const),
    ['counted by the server', listed(reading.counters())],
    ['time', `${figure((performance.now() - started) / 1000)} s`],
    ['seed', String(seed)],
  ];
}
