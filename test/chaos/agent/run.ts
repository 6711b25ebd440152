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
import { pause } from '../server/waiting.ts';
import { type Account, milliseconds, sum } from './account.ts';
import { choose, FAULTS } from './faults.ts';
import { type Rotations, rotations } from './rotations.ts';
import { type Storms, storms } from './storms.ts';
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

/** ms without a new event until the rest is given up as lost. */
const HOPELESS = 30_000;

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
    await paced(world, plan);
    const faults = await strike(world, plan, started);
    await Promise.all([acting.rotations.stop(), acting.storms.stop(), world.journal.stop()]);
    await topUp(world, plan);
    await settle(world);
    return await account(world, plan, { started, faults, ...acting });
  } finally {
    await world.remove();
  }
}

/** So fast that the lines are written within the time that the kills take. */
async function paced({ writers, agents }: World, { kills, lines, limit }: Plan): Promise<void> {
  const seconds = Math.min(limit / 1000, kills * 3);
  for (const writer of writers) {
    const share = agents.length > 0 && writer === writers[0] ? 0.1 : agents.length > 0 ? 0.9 / agents.length : 1;
    await writer.tell({ do: 'rate', lines: (share * lines) / seconds });
  }
}

const killsOf = (world: World): number => world.members().reduce((total, one) => total + one.kills(), 0);
const writtenIn = (world: World): number => [...world.written().values()].reduce((total, lines) => total + lines, 0);

async function strike(world: World, { kills, limit, say }: Plan, started: number): Promise<Map<string, number>> {
  const random = world.randomOf('faults');
  const counts = new Map<string, number>();
  while (killsOf(world) < kills && performance.now() - started < limit) {
    const fault = choose(FAULTS, random);
    counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
    say(fault.name);
    await fault.apply(world, random);
    const { lines } = world.reading;
    const found = lines.streams().reduce((total, stream) => total + lines.distinct(stream), 0);
    say(`${killsOf(world)} kills, ${writtenIn(world)} lines written, ${found} found`);
  }
  return counts;
}

/** What is missing of the lines, in one burst for each writer, and the end. */
async function topUp(world: World, { lines }: Plan): Promise<void> {
  for (const writer of world.writers) await writer.tell({ do: 'rate', lines: 0 });
  const missing = Math.max(0, lines - writtenIn(world));
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

interface Acted {
  readonly started: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly rotations: Rotations;
  readonly storms: Storms;
}

const listed = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, times]) => `${name} ${times}`).join(', ') || 'none';

async function account(world: World, plan: Plan, acted: Acted): Promise<Account> {
  const streams = [...world.written()].map(([stream, written]) => world.reading.lines.of(stream, written));
  const unknown = world.reading.lines.streams().filter((stream) => !world.written().has(stream));
  const members = world.members();
  const health = await world.home.client.call('health');
  const unwanted = health.counters.filter(({ name, label, value }) => value > 0 && UNWANTED.test(`${name} ${label}`));
  const wrong = [
    ...streams
      .filter(({ lost }) => lost !== 0)
      .map((one) => `${one.lost} lines of ${one.stream} are lost: ${one.missing.join(', ')}`),
    ...streams
      .filter(({ doubled }) => doubled > 0)
      .map((one) => `${one.doubled} lines of ${one.stream} are there twice`),
    ...streams
      .filter(({ disordered }) => disordered > 0)
      .map((one) => `${one.disordered} lines of ${one.stream} came after a later one: ${one.late.join(', ')}`),
    ...streams
      .filter(({ strange }) => strange > 0)
      .map((one) => `${one.strange} lines of ${one.stream} were never written`),
    ...unknown.map((stream) => `lines of a stream that nobody writes: ${stream}`),
    ...unwanted.map(({ name, label, value }) => `${name} ${label}: ${value}`),
    ...members.flatMap(({ complaints }) => complaints),
  ];
  const kills = members.map((one) => `${one.name} ${one.kills()}`).join(', ');
  return {
    seed: plan.seed,
    seconds: (performance.now() - acted.started) / 1000,
    streams,
    faults: new Map([
      ...acted.faults,
      ...[...acted.rotations.counts].map(([how, times]) => [`rotation: ${how}`, times] as const),
    ]),
    rows: [
      ['kills', `${killsOf(world)} (${kills})`],
      ['events besides the lines', listed(world.reading.others)],
      ['inodes used again', String(world.writers.reduce((total, one) => total + one.reused(), 0))],
      ['rotations of the journal', String(world.journal.rotations())],
      ['weather', listed(acted.storms.counts)],
      [
        'connections harmed',
        world.agents.map(({ name, network }) => `${name}: ${listed(network.harmed)}`).join('; ') || 'none',
      ],
      [
        'reply after a request',
        milliseconds(
          world.agents.flatMap(({ network }) => network.replies),
          0.5,
          0.99,
        ),
      ],
      ...members.map((one) => [`restart of ${one.name}`, milliseconds(one.restarts, 0.5, 1)] as const),
      ...members.map((one) => [`RSS max of ${one.name}`, `${one.peakMb()} MB`] as const),
      [
        'dropped by the server',
        listed(
          new Map(
            health.counters
              .filter(({ value }) => value > 0)
              .map(({ name, label, value }) => [`${name} ${label}`, value]),
          ),
        ),
      ],
      ['lost', String(sum(streams, 'lost'))],
    ],
    wrong,
  };
}

/** Places of a file that were passed over or read twice, and faults of the server's own. */
const UNWANTED = / (?:gap|overlap|normalize_failed|detect_failed)$/;
