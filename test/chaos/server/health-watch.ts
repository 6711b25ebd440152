/** Looks at the server's health as long as there is one, and sums its counters over all its lives. */
import type { House, Running } from './house.ts';
import { pause } from './waiting.ts';

export interface HealthWatch {
  /** Call for each new life. */
  follow(server: Running): void;
  /** `records gap` → how many, over all lives, as far as they were seen. */
  counters(): ReadonlyMap<string, number>;
  /** MB. */
  readonly peak: number;
  stop(): Promise<void>;
}

export function healthWatch(house: House): HealthWatch {
  const ended = new Map<string, number>();
  let latest = new Map<string, number>();
  let server: Running | undefined;
  let peak = 0;
  let stopping = false;

  async function go(): Promise<void> {
    while (!stopping) {
      await pause(100);
      if (server === undefined) continue;
      peak = Math.max(peak, server.peakMb());
      const asked = server;
      const health = await house.client.call('health').catch(() => undefined);
      // The answer of a life that is over must not count for the next one.
      if (health === undefined || asked !== server) continue;
      latest = new Map(health.counters.map(({ name, label, value }) => [`${name} ${label}`, value]));
    }
  }

  const running = go();
  return {
    follow(next) {
      for (const [name, value] of latest) ended.set(name, (ended.get(name) ?? 0) + value);
      latest = new Map();
      server = next;
    },
    counters() {
      const sum = new Map(ended);
      for (const [name, value] of latest) sum.set(name, (sum.get(name) ?? 0) + value);
      return sum;
    },
    get peak() {
      return peak;
    },
    async stop() {
      stopping = true;
      await running;
    },
  };
}
