/** Rotation storms, of each writer's files, as long as the run lasts. */
import type { Random } from '../server/random.ts';
import { pause } from '../server/waiting.ts';
import type { World } from './world.ts';
import type { Writer } from './writer.ts';
import type { Rotation, WrittenFile } from './writer-orders.ts';

/** How long a file is held at most while it is waited for that all of it is read, ms. */
const PATIENCE = 6000;

export interface Rotations {
  readonly counts: ReadonlyMap<Rotation, number>;
  stop(): Promise<void>;
}

/** `most`: ms between two rotations of one writer's files. */
export function rotations(world: World, most: number): Rotations {
  const counts = new Map<Rotation, number>();
  let stopping = false;

  async function rotate(writer: Writer, file: WrittenFile, how: Rotation): Promise<void> {
    await writer.tell({ do: 'rotate', path: file.path, how });
    counts.set(how, (counts.get(how) ?? 0) + 1);
    world.say(`${how} behind ${lastIn(writer, file)}`);
  }

  async function storm(writer: Writer, file: WrittenFile, random: Random): Promise<void> {
    for (let left = random.chance(0.2) ? random.int(3, 6) : 1; left > 0 && !stopping && !world.over.aborted; left--) {
      const how = random.chance(0.6) ? 'rename' : 'gzip';
      await rotate(writer, file, how);
      await writer.tell({ do: 'burst', path: file.path, lines: random.int(1, 40) });
    }
  }

  /** These two lose by their nature what nobody has read, so everything is. */
  async function atRest(writer: Writer, file: WrittenFile, random: Random): Promise<void> {
    const how = random.pick<Rotation>(['copytruncate', 'recreate']);
    await writer.tell({ do: 'hold', path: file.path });
    if (await world.caughtUp(file, PATIENCE)) await rotate(writer, file, how);
    else world.say(`no ${how} behind ${lastIn(writer, file)}: not all of it was read`);
    await writer.tell({ do: 'release', path: file.path });
  }

  async function go(writer: Writer): Promise<void> {
    const random = world.randomOf(`rotations of ${writer.files[0]?.path ?? ''}`.replace(/\/.*\//, ''));
    while (!stopping && !world.over.aborted) {
      await pause(random.int(most / 10, most));
      if (stopping || world.over.aborted) return;
      const file = random.pick(writer.files as readonly [WrittenFile, ...WrittenFile[]]);
      const act = random.chance(0.75) ? storm : atRest;
      await writer.alone(file.path, () => act(writer, file, random));
      const last = writer.files
        .flatMap(({ writers }) => writers)
        .map((name) => [name, world.reading.lines.whole(name)] as const);
      await writer.tell({ do: 'stored', last });
    }
  }

  const running = Promise.all(world.writers.map(go));
  running.catch(() => undefined);
  return {
    counts,
    async stop() {
      stopping = true;
      await running;
    },
  };
}

/** The last lines in it so far: the diary is looked through for the numbers of lines that are missing. */
export function lastIn(writer: Writer, { writers }: WrittenFile): string {
  const written = writer.written();
  return writers.map((name) => `${name} ${written.get(name) ?? 0}`).join(', ');
}
