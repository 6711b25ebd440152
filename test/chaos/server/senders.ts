/**
 * Senders of POSTs and what they know. Each sends one body at a time and writes down what became of it:
 *
 *   201 ──▶ acked              503 ──▶ nothing was accepted: the same again, with or without a key
 *   nobody listens ──▶ the same again
 *   the reply was lost ──▶ with an Idempotency-Key the same again, without one it stays unknown
 */
import { Agent, request } from 'node:http';
import type { House } from './house.ts';
import type { Random } from './random.ts';
import { HUNG, pause, within } from './waiting.ts';

export interface Posted {
  readonly ids: readonly string[];
  readonly keyed: boolean;
  state: 'open' | 'acked' | 'unknown';
}

export interface Senders {
  readonly posted: readonly Posted[];
  /** Round trips of acknowledged posts, ms. */
  readonly times: readonly number[];
  readonly retries: number;
  readonly refused: ReadonlyMap<number, number>;
  /** Resolves after `count` further acknowledgements. */
  acknowledged(count: number): Promise<void>;
  /** Resolves after `count` further refusals with this status. */
  refusals(status: number, count: number): Promise<void>;
  /** Sends nothing new; resolves when every body with a key has its acknowledgement. */
  stop(): Promise<void>;
}

export interface SendersOptions {
  readonly house: House;
  readonly random: Random;
  readonly count: number;
  /** Most ms between two posts of one sender. */
  readonly think: number;
  readonly batch?: number;
  /** Characters added to each record. */
  readonly padding?: number;
  /** Tells the ids of these senders from those of others. */
  readonly name?: string;
}

type Outcome =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'lost' };

export function senders({ house, random, count, think, batch = 40, padding = 0, name = 'p' }: SendersOptions): Senders {
  const posted: Posted[] = [];
  const times: number[] = [];
  const refused = new Map<number, number>();
  const waiting = new Set<{ readonly status: number; left: number; readonly done: () => void }>();
  let retries = 0;
  let stopping = false;

  function tell(status: number): void {
    for (const one of waiting) {
      if (one.status === status && --one.left <= 0) {
        waiting.delete(one);
        one.done();
      }
    }
  }

  const heard = (status: number, left: number): Promise<void> =>
    within(`${left} replies with ${status}`, new Promise((done) => void waiting.add({ status, left, done })), 2 * HUNG);

  async function deliver(post: Posted, body: Buffer, headers: Record<string, string>, agent: Agent): Promise<void> {
    for (let attempt = 0; post.state === 'open'; attempt++) {
      if (attempt > 0) retries++;
      const began = performance.now();
      const outcome = await attemptPost(house.port, body, headers, agent);
      if (outcome.kind === 'refused') {
        await pause(5);
        await house.whenUp();
      } else if (outcome.kind === 'lost') {
        if (!post.keyed) post.state = 'unknown';
      } else if (outcome.status === 201) {
        post.state = 'acked';
        times.push(performance.now() - began);
        tell(201);
      } else {
        refused.set(outcome.status, (refused.get(outcome.status) ?? 0) + 1);
        tell(outcome.status);
        await pause(20);
      }
    }
  }

  async function send(sender: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; !stopping; i++) {
      const size = random.chance(0.5) ? 1 : random.int(1, batch);
      const ids = Array.from({ length: size }, (_, at) => `${name}${sender}x${i}x${at}`);
      const keyed = sender % 2 === 0;
      const post: Posted = { ids, keyed, state: 'open' };
      posted.push(post);
      const headers: Record<string, string> = keyed ? { 'idempotency-key': `key-${name}-${sender}-${i}` } : {};
      await deliver(post, bodyOf(ids, random, padding), headers, agent);
      await pause(random.int(0, think));
    }
    agent.destroy();
  }

  const running = Array.from({ length: count }, (_, sender) => send(sender));
  // Whoever stops them hears of it; a test that fails before does not.
  for (const one of running) one.catch(() => undefined);
  return {
    posted,
    times,
    get retries() {
      return retries;
    },
    refused,
    acknowledged: (left) => heard(201, left),
    refusals: heard,
    async stop() {
      stopping = true;
      await Promise.all(running);
    },
  };
}

/** One object, an array or lines of JSON. */
function bodyOf(ids: readonly string[], random: Random, padding: number): Buffer {
  // Letters that do not shrink: a disk must be filled by them.
  const noise = (): string =>
    Array.from({ length: Math.ceil(padding / 7) }, () => random.next().toString(36).slice(2, 9)).join('');
  const records = ids.map((id) => ({
    host: 'printer',
    message: `chaos ${id}`,
    chaos: id,
    ...(padding > 0 ? { noise: noise() } : {}),
  }));
  if (records.length === 1) return Buffer.from(JSON.stringify(records[0]));
  if (random.chance(0.3)) return Buffer.from(JSON.stringify(records));
  return Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

function attemptPost(port: number, body: Buffer, headers: Record<string, string>, agent: Agent): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { port, host: '127.0.0.1', method: 'POST', path: '/api/logs', agent, timeout: 60_000 };
    const sent = request({ ...options, headers: { ...headers, 'content-length': body.length } }, (response) => {
      response.resume();
      // The status line is the acknowledgement, also when the rest of the reply is lost.
      resolve({ kind: 'status', status: response.statusCode ?? 0 });
      response.on('error', () => undefined);
    });
    sent.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? { kind: 'refused' } : { kind: 'lost' }),
    );
    sent.on('timeout', () => sent.destroy(new Error('no reply')));
    sent.end(body);
  });
}
