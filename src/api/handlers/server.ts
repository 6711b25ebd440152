/** Routes about the server itself. */
import { isoTime } from '#contract';
import type { Handlers, Means } from '../handler.ts';
import { describeRoutes } from '../openapi.ts';
import { exposition } from '../prometheus.ts';

/** Somebody who looks at the dashboard should know of these. A source that is missing or off is a choice, not a fault. */
const FAULTY: ReadonlySet<string> = new Set(['failed', 'denied']);

export function serverHandlers({ backend, live }: Means): Handlers<'health' | 'openapi' | 'metrics'> {
  let description: object | undefined;
  return {
    health: {
      kind: 'parsed',
      handle() {
        const sources = backend.sources();
        return {
          status: sources.some(({ state }) => FAULTY.has(state)) ? 'degraded' : 'ok',
          version: backend.version,
          started: isoTime(backend.started),
          host: backend.hostName,
          check_every: backend.checkEvery,
          batch: backend.lastBatch(),
          events: backend.eventCount(),
          sources,
          counters: backend.counters.entries(),
        };
      },
    },
    openapi: { kind: 'parsed', handle: () => (description ??= describeRoutes(backend.version)) },
    metrics: {
      kind: 'parsed',
      async handle() {
        const { items: agents } = await backend.agents.list();
        return exposition(backend, {
          streamClients: live.clients(),
          residentBytes: process.memoryUsage.rss(),
          agents,
        });
      },
    },
  };
}
