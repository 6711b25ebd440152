/**
 * One run of the chaos: real processes, faults chosen by a seed, and at the end the account of every line.
 *
 *     writers ──▶ files ──▶ agents ──▶ spool ──▶ [network] ──▶ server ──▶ store
 *                 file  ───────────────────────────────────────▶ ┤
 *                 journal ──▶ journalctl ────────────────────────▶ ┘
 *
 * Three parties act by themselves until enough was killed and written: the faults, the rotations, the weather. Then it clears,
 * everybody lives, the last lines are written, and what is stored is compared with what was written.
 */
import type { AgentReport } from '#contract';
import { pause, until } from '../server/waiting.ts';
import { account, type Account } from './account.ts';
import { choose, FAULTS, shuffled } from './faults.ts';
import { killsOf } from './member.ts';
import { rotations } from './rotations.ts';
import { storms } from './storms.ts';
import { createWorld, type World } from './world.ts';

export interface Plan {
  readonly seed: number;
  readonly kills: number;
  readonly lines: number;
  /** ms: no new fault after that, however many there were. */
  readonly limit: number;
  readonly agents: readonly ('roomy' | 'small')[];
  /** ms at most between two rotations of one writer's files. */
  readonly rotation: number;
  readonly say: (text: string) => void;
}

/** Lines written and not yet stored beyond which the writers wait: a disk that is cut off too often never gets rid of them. */
const BACKLOG = 40_000;
/** ms without a new event until the rest is given up as lost. */
const HOPELESS = 120_000;

export async function chaos(wanted: Plan): Promise<Account> {
  const started = performance.now();
  const plan: Plan = {
    ...wanted,
    say: (text) => wanted.say(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} ${text}`),
  };
  const world = await createWorld(plan);
  try {
    const acting = { rotations: rotations(world, plan.rotation), storms: storms(world) };
    world.journal.run();
    await pace(world, plan);
    const faults = await strike(world, plan, started);
    await Promise.all([acting.rotations.stop(), acting.storms.stop(), world.journal.stop()]);
    await topUp(world, plan);
    await settle(world);
    const reports = await conclude(world);
    return await account(world, { seed: plan.seed, started, faults, reports, ...acting });
  } finally {
    await world.remove();
  }
}

/** So fast that the lines are written within the time that the kills take; not at all while too many are still on their way. */
async function pace({ writers, agents, reading, written }: World, { kills, lines, limit }: Plan): Promise<void> {
  const seconds = Math.min(limit / 1000, kills * 3);
  const backlog = sumOf(written()) - reading.found();
  for (const writer of writers) {
    const share = agents.length === 0 ? 1 : writer === writers[0] ? 0.1 : 0.9 / agents.length;
    await writer.tell({ do: 'rate', lines: backlog > BACKLOG ? 0 : (share * lines) / seconds });
  }
}

const sumOf = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);

/** Each fault once, then as their weights say. */
async function strike(world: World, plan: Plan, started: number): Promise<Map<string, number>> {
  const { kills, limit, say } = plan;
  const random = world.randomOf('faults');
  const counts = new Map<string, number>();
  const first = shuffled(FAULTS, random);
  while ((first.length > 0 || killsOf(world.members()) < kills) && performance.now() - started < limit) {
    const fault = first.pop() ?? choose(FAULTS, random);
    counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
    say(fault.name);
    await fault.apply(world, random);
    await pace(world, plan);
    say(`${killsOf(world.members())} kills, ${sumOf(world.written())} lines written, ${world.reading.found()} found`);
  }
  return counts;
}

/** What is missing of the lines, in one burst for each writer, and the end. */
async function topUp(world: World, { lines }: Plan): Promise<void> {
  for (const writer of world.writers) await writer.tell({ do: 'rate', lines: 0 });
  const missing = Math.max(0, lines - sumOf(world.written()));
  const files = world.writers.flatMap((writer) => writer.files.map((file) => ({ writer, file })));
  for (const { writer, file } of files)
    await writer.tell({ do: 'burst', path: file.path, lines: Math.ceil(missing / files.length) + 20 });
  for (const writer of world.writers) await writer.tell({ do: 'end' });
}

/** Until the last line of each stream is there. Order is kept, so all that came before it was there, or never will be. */
async function settle(world: World): Promise<void> {
  let quietSince = performance.now();
  for (let before = -1; performance.now() - quietSince < HOPELESS;) {
    await world.reading.catchUp();
    const { lines, events } = world.reading;
    if ([...world.written()].every(([stream, written]) => lines.last(stream) >= written)) return;
    if (events() !== before) quietSince = performance.now();
    before = events();
    await pause(100);
  }
}

/**
 * Each agent begins once more, in order: nothing may come twice by that. Its last account, which is that of an agent that has
 * nothing left to send unless it is stuck.
 */
async function conclude({ agents, reading }: World): Promise<ReadonlyMap<string, AgentReport>> {
  const reports = new Map<string, AgentReport>();
  for (const { agent, name, report } of agents) {
    await agent.terminate();
    await agent.begin();
    const idle = async (): Promise<true | undefined> => {
      const said = await report();
      if (said !== undefined) reports.set(name, said);
      return said?.spool.records === 0 ? true : undefined;
    };
    // One that never gets there is in the account.
    await until(`${name} is rid of everything`, idle, HOPELESS).catch(() => undefined);
  }
  await reading.catchUp();
  return reports;
}
