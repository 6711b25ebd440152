/** What is done to the processes, one after the other, chosen by the seed. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import type { Random } from '../server/random.ts';
import { pause } from '../server/waiting.ts';
import type { Clock } from './clock.ts';
import type { Member } from './member.ts';
import { lastIn } from './rotations.ts';
import type { World } from './world.ts';
import type { Writer } from './writer.ts';

export interface Fault {
  readonly name: string;
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  apply(world: World, random: Random): Promise<void>;
}

const HOUR = 3_600_000;

export const FAULTS: readonly Fault[] = [
  {
    name: 'kill -9 of the server',
    weight: 22,
    apply: (world, random) => killAndBegin(world, [world.home.server], random),
  },
  {
    name: 'kill -9 of an agent',
    weight: 36,
    apply: (world, random) => killAndBegin(world, [agentOf(world, random)], random),
  },
  {
    name: 'kill -9 of the server and an agent',
    weight: 10,
    apply: (world, random) => killAndBegin(world, [world.home.server, agentOf(world, random)], random),
  },
  {
    name: 'kill -9, and again while it starts',
    weight: 14,
    async apply(world, random) {
      const one = random.chance(0.5) ? world.home.server : agentOf(world, random);
      await one.kill();
      world.say(`${one.name} is dead`);
      one.spawn();
      await pause(random.next() * 1.1 * Math.max(...one.restarts));
      await killAndBegin(world, [one], random);
    },
  },
  {
    name: 'kill -9, and the log is made anew with the same inode',
    weight: 6,
    apply: anewWhileDead,
  },
  {
    name: 'SIGTERM under load',
    weight: 6,
    async apply(world, random) {
      const one = random.chance(0.5) ? world.home.server : agentOf(world, random);
      await one.terminate();
      world.say(`${one.name} has ended`);
      await one.begin();
    },
  },
  {
    name: 'kill -9 of journalctl',
    weight: 5,
    async apply({ home }) {
      killCalled(home.server.program().children(), 'journalctl');
      await pause(100);
    },
  },
  {
    name: 'clock jump',
    weight: 4,
    async apply(world, random) {
      const clocks: readonly [Clock, ...Clock[]] = [world.home.clock, ...world.agents.map(({ clock }) => clock)];
      const one = random.pick(clocks);
      one.set(random.int(-2 * HOUR, 2 * HOUR));
      await pause(random.int(300, 1500));
      one.set(0);
    },
  },
  {
    name: 'bits of the spool turn over while its agent is dead',
    weight: 4,
    apply: flipBits,
  },
  {
    name: 'the disk of the spool is full',
    weight: 3,
    apply: fillDisk,
  },
  {
    name: 'no more file descriptors',
    weight: 3,
    async apply(world, random) {
      const one = random.chance(0.5) ? world.home.server : agentOf(world, random);
      const { pid, isRunning } = one.program();
      limitFiles(pid, lowestFree(pid));
      await pause(random.int(500, 2000));
      // One that did not survive this is in the account; the run goes on.
      if (isRunning()) limitFiles(pid, USUAL_FILES);
      else await one.begin();
    },
  },
];

/** Damage on a disk: cut off so that there is something to damage, dead, some bits of one place turned over, and on. */
async function flipBits({ agents, writers, say }: World, random: Random): Promise<void> {
  const at = random.int(0, agents.length - 1);
  const [home, writer] = [agents[at], writers[at + 1]];
  if (home === undefined || writer === undefined) return;
  home.network.pin({ kind: 'refuse' });
  for (const { path } of home.files) await burst(writer, path, random.int(1, 400));
  await pause(random.int(0, 1500));
  await home.agent.kill();
  // Of one file: what the spool must know lies in two, so that one damaged place never takes it.
  const [first, ...rest] = home.spoolFiles();
  const path = first === undefined ? undefined : random.pick([first, ...rest]);
  for (let times = random.int(1, 3); path !== undefined && times > 0; times--) say(flipBit(path, random));
  home.network.pin(undefined);
  await home.agent.begin();
}

/** Says which. */
function flipBit(path: string, random: Random): string {
  const { size } = statSync(path);
  if (size === 0) return `${path} is empty`;
  const [fd, byte, at] = [openSync(path, 'r+'), Buffer.alloc(1), random.int(0, size - 1)];
  readSync(fd, byte, 0, 1, at);
  writeSync(fd, Buffer.from([(byte[0] ?? 0) ^ (1 << random.int(0, 7))]), 0, 1, at);
  closeSync(fd);
  return `a bit of byte ${at} of ${size} of ${path}`;
}

/** Cut off, and more lines than the disk takes; half of the time it is killed on the full disk. */
async function fillDisk(world: World, random: Random): Promise<void> {
  const { agents, writers, say } = world;
  const at = agents.findIndex(({ limit }) => limit !== '');
  const [home, writer] = [agents[at], writers[at + 1]];
  if (home === undefined || writer === undefined) return;
  home.network.pin({ kind: 'refuse' });
  for (const { path } of home.files) await burst(writer, path, 8000);
  for (let looks = 0; looks < 80 && !home.isFull(); looks++) await pause(100);
  say(`${home.name}: ${home.isFull() ? 'the disk is full' : 'the disk is not full yet'}`);
  if (random.chance(0.5)) await killAndBegin(world, [home.agent], random);
  home.network.pin(undefined);
}

/** Of a world without agents: its server. */
function agentOf({ agents, home }: World, random: Random): Member {
  const [first, ...rest] = agents.map(({ agent }) => agent);
  return first === undefined ? home.server : random.pick([first, ...rest]);
}

/** The writers go on while it is away, for a moment or longer. */
async function killAndBegin({ say }: World, victims: readonly Member[], random: Random): Promise<void> {
  // Without agents the server stands for them.
  const members = [...new Set(victims)];
  await pause(random.int(0, 800));
  await Promise.all(members.map((one) => one.kill()));
  say(`dead: ${members.map(({ name }) => name).join(' and ')}`);
  await pause(random.chance(0.3) ? random.int(0, 1000) : 0);
  await Promise.all(members.map((one) => one.begin()));
}

/**
 * An inode is free for the next file only once nobody has it open: so the reader is dead then. All of the old file was read, or
 * it would be lost by nature.
 */
async function anewWhileDead(world: World, random: Random): Promise<void> {
  const readers = [
    { reader: world.home.server, writer: world.writers[0] },
    ...world.agents.map(({ agent }, index) => ({ reader: agent, writer: world.writers[index + 1] })),
  ] as const;
  const { reader, writer } = random.pick(readers);
  const file = writer?.files[random.int(0, writer.files.length - 1)];
  if (writer === undefined || file === undefined) return;
  await writer.alone(file.path, async () => {
    await writer.tell({ do: 'hold', path: file.path });
    const isRead = await world.caughtUp(file, 5000);
    await reader.kill();
    if (isRead) await writer.tell({ do: 'rotate', path: file.path, how: 'recreate' });
    world.say(`${reader.name} is dead, ${isRead ? 'made anew' : 'not made anew'} behind ${lastIn(writer, file)}`);
    await writer.tell({ do: 'burst', path: file.path, lines: random.int(1, 300) });
    await writer.tell({ do: 'release', path: file.path });
  });
  await reader.begin();
}

/** As a party of its own: not while another has the file alone. */
const burst = (writer: Writer, path: string, lines: number): Promise<void> =>
  writer.alone(path, () => writer.tell({ do: 'burst', path, lines }));

/** Of the server's own, one may end by itself meanwhile. */
function killCalled(pids: readonly number[], name: string): void {
  for (const pid of pids) {
    try {
      if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === name) process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')))
        throw error;
    }
  }
}

/** The lowest number that is no open file's: with that as the limit none is left, however many holes there are. */
function lowestFree(pid: number): number {
  const used = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (used.has(free)) free++;
  return free;
}

const USUAL_FILES = 1024;

/** Only the soft limit, so that it can be lifted again. */
function limitFiles(pid: number, limit: number): void {
  const done = spawnSync('prlimit', ['--pid', String(pid), `--nofile=${limit}:`]);
  if (done.status !== 0) throw new Error(`The limit of ${pid} cannot be changed: ${done.stderr.toString()}`);
}

/** As often as their weights say. */
export function choose(faults: readonly Fault[], random: Random): Fault {
  const [first] = faults;
  if (first === undefined) throw new Error('There are no faults to choose from.');
  let at = random.next() * faults.reduce((sum, { weight }) => sum + weight, 0);
  return faults.find(({ weight }) => (at -= weight) < 0) ?? first;
}

export const shuffled = (faults: readonly Fault[], random: Random): Fault[] =>
  faults
    .map((fault) => ({ fault, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ fault }) => fault);
