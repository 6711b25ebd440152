/** The weather on each agent's network, as long as the run lasts. */
import type { Random } from '../server/random.ts';
import { pause } from '../server/waiting.ts';
import type { AgentHome } from './agent-home.ts';
import { FAIR, type Weather } from './proxy.ts';
import type { World } from './world.ts';

export interface Storms {
  readonly counts: ReadonlyMap<Weather['kind'], number>;
  stop(): Promise<void>;
}

export function storms(world: World): Storms {
  const counts = new Map<Weather['kind'], number>();
  let stopping = false;

  async function go({ name, network }: AgentHome): Promise<void> {
    const random = world.randomOf(`weather of ${name}`);
    while (!stopping && !world.over.aborted) {
      await pause(random.int(100, 2500));
      if (stopping || world.over.aborted) return;
      const weather = next(random);
      counts.set(weather.kind, (counts.get(weather.kind) ?? 0) + 1);
      network.set(weather);
      world.say(`${name}: ${weather.kind}`);
      await pause(random.int(200, 2000));
      network.set(FAIR);
    }
  }

  const running = Promise.all(world.agents.map(go));
  return {
    counts,
    async stop() {
      stopping = true;
      await running;
    },
  };
}

function next(random: Random): Weather {
  switch (random.int(0, 4)) {
    case 0:
      return { kind: 'slow', delay: random.int(5, 300) };
    case 1:
      return { kind: 'blackhole' };
    case 2:
      return { kind: 'refuse' };
    case 3:
      return { kind: 'cut', after: random.int(200, 60_000) };
    default:
      return { kind: 'deafen' };
  }
}
