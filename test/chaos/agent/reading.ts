/**
 * Reads everything the server stored, as anyone would: over its API, in stored order, on and on while the run lasts. A server
 * that is away is asked again.
 */
import { type Client, createClient, type WireEvent } from '#contract';
import { pause } from '../server/waiting.ts';
import { type Tally, tally } from './tally.ts';

export interface Reading {
  readonly lines: Tally;
  /** Different lines found so far. */
  found(): number;
  /** Events that are none of the writer's lines, by dataset. */
  readonly others: ReadonlyMap<string, number>;
  readonly events: () => number;
  /** Events that came from an agent. */
  of(agent: string): number;
  /** `records gap` → how many, over all lives of the server, as far as they were seen. */
  counters(): ReadonlyMap<string, number>;
  /** Reads to the end; false where the server does not answer. */
  catchUp(): Promise<boolean>;
  stop(): Promise<void>;
}

/** How a line says which it is; whatever else became of it. */
const LINE = /\bchaos (\w+) (\d+)\b/;
const PAGE = 1000;

export function reading(base: string): Reading {
  const client: Client = createClient({ base });
  const lines = tally();
  const others = new Map<string, number>();
  const perAgent = new Map<string, number>();
  /** By the start of the life that counted. */
  const lives = new Map<string, ReadonlyMap<string, number>>();
  let after = '0-0';
  let events = 0;
  let stopping = false;
  let turn: Promise<unknown> = Promise.resolve();

  function take(event: WireEvent): void {
    events++;
    count(perAgent, String(event['agent.id'] ?? ''));
    const [, stream, number] = LINE.exec(String(event['message'] ?? '')) ?? [];
    if (stream !== undefined) lines.found(stream, Number(number));
    else count(others, String(event['event.dataset'] ?? event['process.name'] ?? 'other'));
  }

  async function look(): Promise<void> {
    const health = await client.call('health').catch(() => undefined);
    if (health === undefined) return;
    lives.set(health.started, new Map(health.counters.map(({ name, label, value }) => [`${name} ${label}`, value])));
  }

  async function read(): Promise<boolean> {
    while (!stopping) {
      const page = await client.call('listEvents', { query: { after, limit: PAGE } }).catch(() => undefined);
      if (page === undefined) return false;
      for (const event of page.items) take(event);
      const last = page.items.at(-1);
      if (last === undefined) return true;
      after = String(last['event.id']);
    }
    return false;
  }

  /** One at a time, or both would take the same page. */
  function catchUp(): Promise<boolean> {
    const done = turn.then(read);
    turn = done;
    return done;
  }

  const running = (async () => {
    while (!stopping) {
      await catchUp();
      await look();
      await pause(500);
    }
  })();

  return {
    lines,
    found: () => lines.streams().reduce((total, stream) => total + lines.distinct(stream), 0),
    others,
    events: () => events,
    of: (agent) => perAgent.get(agent) ?? 0,
    counters() {
      const sums = new Map<string, number>();
      for (const life of lives.values()) for (const [name, value] of life) count(sums, name, value);
      return sums;
    },
    catchUp,
    async stop() {
      stopping = true;
      await running;
    },
  };
}

function count(counts: Map<string, number>, name: string, more = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + more);
}
