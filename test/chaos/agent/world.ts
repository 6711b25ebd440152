/** Everybody there is in a run: one server with a journal of its own, agents behind bad networks, writers, and who reads it all. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, random } from '../server/random.ts';
import { HUNG, pause } from '../server/waiting.ts';
import { type AgentHome, agentHome } from './agent-home.ts';
import { type Journal, journal } from './journal.ts';
import type { Member } from './member.ts';
import { type Reading, reading } from './reading.ts';
import { type ServerHome, serverHome } from './server-home.ts';
import { type Writer, writer } from './writer.ts';
import type { WrittenFile } from './writer-orders.ts';

export interface WorldOptions {
  readonly seed: number;
  /** Agents on a disk with room, and on one of 2 MB. */
  readonly agents: readonly ('roomy' | 'small')[];
  readonly say: (text: string) => void;
}

export interface World {
  readonly seed: number;
  readonly home: ServerHome;
  readonly agents: readonly AgentHome[];
  readonly writers: readonly Writer[];
  readonly journal: Journal;
  readonly reading: Reading;
  readonly members: () => readonly Member[];
  /** Ends with the world: nobody acts in it any more. */
  readonly over: AbortSignal;
  /** Into the run's diary. */
  readonly say: (text: string) => void;
  /** Choices of one who acts by himself, so that how fast the others are changes nothing of what he does. */
  randomOf(name: string): Random;
  /** Lines by stream, entries of the journal among them. */
  written(): ReadonlyMap<string, number>;
  /** Resolves with true once all lines so far of the file are stored; with false after `limit` ms. The file should be held. */
  caughtUp(file: WrittenFile, limit: number): Promise<boolean>;
  remove(): Promise<void>;
}

/** The server is up and knows its agents; they run, and have read the first line of each file. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const undo: (() => unknown)[] = [];
  async function remove(): Promise<void> {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  }
  try {
    return await build(options, undo, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Each step puts what undoes it on `undo`. */
async function build(
  { seed, agents: disks, say }: WorldOptions,
  undo: (() => unknown)[],
  remove: () => Promise<void>,
): Promise<World> {
  const randomOf = (name: string): Random =>
    random(Buffer.from(name).reduce((mixed, byte) => Math.imul(mixed, 31) + byte, seed));
  const home = await serverHome([OWN_LOG]);
  undo.push(home.remove);
  const entries = await journal(home.root, randomOf('journal'));
  undo.push(entries.stop);
  const writers: Writer[] = [];
  const begin = (files: readonly WrittenFile[]): void => {
    const one = writer({ seed: seed + writers.length, files });
    undo.push(one.kill);
    writers.push(one);
  };
  begin([{ path: join(home.root, OWN_LOG), writers: ['local'] }]);
  await home.server.begin();
  undo.push(() => home.server.program().kill());
  const agents: AgentHome[] = [];
  for (const [index, disk] of disks.entries()) {
    const name = `agent${index + 1}`;
    const folder = join(home.folder, name);
    mkdirSync(join(folder, 'log'), { recursive: true });
    const files = filesOf(name, join(folder, 'log'));
    begin(files);
    const one = await agentHome({ name, folder, disk, home, files });
    undo.push(one.remove);
    agents.push(one);
  }
  const all = reading(home.base);
  undo.push(all.stop);
  const over = new AbortController();
  undo.push(() => over.abort());

  function written(): ReadonlyMap<string, number> {
    const counts = new Map(writers.flatMap((one) => [...one.written()]));
    return counts.set(entries.stream, entries.written());
  }

  /** But for what an agent declared lost, of whatever file: which lines those were nobody knows. */
  async function isWhole(file: WrittenFile): Promise<boolean> {
    const holes = file.writers.reduce((sum, name) => sum + all.lines.last(name) - all.lines.distinct(name), 0);
    if (holes === 0) return true;
    const name = agents.find(({ files }) => files.includes(file))?.name;
    const found = await home.client.call('listAgents').catch(() => undefined);
    const gaps = found?.items.find((one) => one.name === name)?.gaps ?? [];
    return holes <= gaps.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  async function caughtUp(file: WrittenFile, limit: number): Promise<boolean> {
    const end = performance.now() + limit;
    for (;;) {
      await all.catchUp();
      const wanted = written();
      const isLastThere = file.writers.every((name) => all.lines.last(name) >= (wanted.get(name) ?? 0));
      // Not the last alone: where lines come out of order, an earlier one would be taken away unread, and the finding with it.
      if (isLastThere && (await isWhole(file))) return true;
      if (performance.now() > end) return false;
      await pause(50);
    }
  }

  // What was rotated away before a log was first seen is not its reader's to read, so every log is seen first.
  for (const one of writers) {
    for (const file of one.files) {
      await one.tell({ do: 'burst', path: file.path, lines: 10 });
      await one.tell({ do: 'hold', path: file.path });
      if (!(await caughtUp(file, HUNG))) throw new Error(`${file.path} is not read even while nothing happens.`);
      await one.tell({ do: 'release', path: file.path });
    }
  }
  return {
    seed,
    home,
    agents,
    writers,
    journal: entries,
    reading: all,
    members: () => [home.server, ...agents.map(({ agent }) => agent)],
    over: over.signal,
    say,
    randomOf,
    written,
    caughtUp,
    remove,
  };
}

/** As the watched machine calls it. */
const OWN_LOG = '/var/log/chaos.log';

/** One of them has two writers. */
const filesOf = (name: string, folder: string): readonly WrittenFile[] => [
  { path: join(folder, 'auth.log'), writers: [`${name}auth`, `${name}cron`] },
  { path: join(folder, 'app.log'), writers: [`${name}app`] },
  { path: join(folder, 'web.log'), writers: [`${name}web`] },
];
