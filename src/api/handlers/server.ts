/** Routes about the server itself. */
import { isoTime } from '#contract';
import type { Handlers, Means } from '../handler.ts';
import { describeRoutes } from '../openapi.ts';
import { exposition } from '../prometheus.ts';
import type { Backend } from '../backend.ts';
import type { Kept, StoreDamage } from '#store';

/** Somebody who looks at the dashboard should know of these. A source that is missing or off is a choice, not a fault. */
const FAULTY: ReadonlySet<string> = new Set(['failed', 'denied']);

export function serverHandlers({ backend, live }: Means): Handlers<'health' | 'openapi' | 'metrics'> {
  let description: object | undefined;
  return {
    health: {
      kind: 'parsed',
      handle() {
        const sources = backend.sources();
        const damages = backend.damages();
        const isWell = damages.length === 0 && !sources.some(({ state }) => FAULTY.has(state));
        return {
          status: isWell ? 'ok' : 'degraded',
          version: backend.version,
          started: isoTime(backend.started),
          host: backend.hostName,
          check_every: backend.checkEvery,
          batch: backend.lastBatch(),
          events: backend.eventCount(),
          ...keptOf(backend.kept()),
          ...damageOf(damages),
          ...backupOf(backend.lastBackup()),
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

const keptOf = (kept: Kept | undefined) =>
  kept === undefined
    ? {}
    : {
        kept: {
          days: kept.days,
          bytes: kept.bytes,
          free: kept.free,
          ...(kept.oldest === undefined ? {} : { oldest: kept.oldest }),
          ...(kept.per_day === undefined ? {} : { per_day: kept.per_day }),
          ...(kept.lasts === undefined ? {} : { lasts: kept.lasts }),
          ...(kept.ends_by === undefined ? {} : { ends_by: kept.ends_by }),
        },
      };

/** Places that are named; whoever wants all asks the doctor. */
const NAMED = 10;

const damageOf = (damages: readonly StoreDamage[]) =>
  damages.length === 0 ? {} : { damage: { places: damages.length, first: damages.slice(0, NAMED) } };

const backupOf = (last: ReturnType<Backend['lastBackup']>) =>
  last === undefined ? {} : { backup: { made: isoTime(last.made), days: last.days, old: last.isOld } };
