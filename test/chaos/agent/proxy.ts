/**
 * The network between an agent and its server: a TCP proxy that can be told to misbehave. It does not look into what passes (that
 * is TLS), so it knows requests and replies by their direction alone.
 *
 *     agent ──▶ port ──▶ [weather] ──▶ target
 *
 * A new weather holds for open connections too.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

export type Weather =
  | { readonly kind: 'fair' }
  /** Every piece comes late, ms. */
  | { readonly kind: 'slow'; readonly delay: number }
  /** Taken, and never heard of again; no connection ends. */
  | { readonly kind: 'blackhole' }
  /** Open connections are reset, and new ones as soon as they are made. */
  | { readonly kind: 'refuse' }
  /** A connection is reset after so many bytes towards the server: in the middle of a body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** What the server answers to a body is thrown away with the connection: it has committed, and nobody heard. */
  | { readonly kind: 'deafen' };

export const FAIR: Weather = { kind: 'fair' };

export interface Proxy {
  readonly port: number;
  set(weather: Weather): void;
  /** Whatever is set meanwhile, this holds until it is undefined again. */
  pin(weather: Weather | undefined): void;
  /** ms from the last piece of a request to the first one of its reply, in fair weather. */
  readonly replies: readonly number[];
  /** Connections that were ended in the middle of something, by weather. */
  readonly harmed: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** More than the end of a TLS handshake has from the agent: a request was among it. */
const REQUEST = 300;
/** Pieces from the server that still belong to the handshake. */
const HANDSHAKE = 2;
/** ms that the server gets to commit before the connection goes. */
const COMMIT = 300;

export async function proxy(target: () => number): Promise<Proxy> {
  const replies: number[] = [];
  const harmed = new Map<string, number>();
  const open = new Set<Passage>();
  let weather: Weather = FAIR;
  let set: Weather = FAIR;
  let pinned: Weather | undefined;
  const harm = (): void => void harmed.set(weather.kind, (harmed.get(weather.kind) ?? 0) + 1);

  function turn(): void {
    const next = pinned ?? set;
    if (next === weather) return;
    weather = next;
    for (const one of open) one.turned();
  }

  const server: Server = createServer({ noDelay: true }, (agent) => {
    if (weather.kind === 'refuse') {
      harm();
      agent.on('error', () => undefined);
      agent.resetAndDestroy();
      return;
    }
    const one = passage({ agent, port: target(), weather: () => weather, harm, onReply: (ms) => replies.push(ms) });
    open.add(one);
    void one.ended.then(() => open.delete(one));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port was given.');

  return {
    port: address.port,
    replies,
    harmed,
    set(next) {
      set = next;
      turn();
    },
    pin(next) {
      pinned = next;
      turn();
    },
    async close() {
      server.close();
      for (const one of open) one.reset();
      await once(server, 'close');
    },
  };
}

interface Passage {
  readonly ended: Promise<void>;
  /** The weather became another one. */
  turned(): void;
  reset(): void;
}

interface PassageOptions {
  readonly agent: Socket;
  readonly port: number;
  readonly weather: () => Weather;
  readonly harm: () => void;
  readonly onReply: (ms: number) => void;
}

function passage({ agent, port, weather, harm, onReply }: PassageOptions): Passage {
  const server = connect({ port, host: '127.0.0.1', noDelay: true });
  const done = Promise.withResolvers<void>();
  /** Bytes towards the server since the weather turned, and of them behind its first piece; pieces from it in all. */
  let sent = 0;
  let requested = 0;
  let pieces = 0;
  let asked: number | undefined;
  /** What fell into the hole can never be made good: such a connection stays dead when the weather is fair again. */
  let dead = false;

  const upwards = lane(agent, server);
  const downwards = lane(server, agent);
  function lateness(): number {
    const now = weather();
    return now.kind === 'slow' ? now.delay : 0;
  }

  function reset(): void {
    agent.resetAndDestroy();
    server.resetAndDestroy();
    done.resolve();
  }

  function fallen({ kind }: Weather): boolean {
    if (kind === 'blackhole' && !dead) {
      dead = true;
      harm();
    }
    return dead;
  }

  function up(chunk: Buffer): void {
    const now = weather();
    if (fallen(now)) return;
    sent += chunk.length;
    if (pieces > 0) requested += chunk.length;
    asked = performance.now();
    if (now.kind === 'cut' && sent >= now.after) {
      server.write(chunk.subarray(0, Math.max(0, chunk.length - (sent - now.after))), reset);
      harm();
      return;
    }
    upwards(chunk, lateness());
  }

  function down(chunk: Buffer): void {
    const now = weather();
    if (fallen(now)) return;
    pieces++;
    if (asked !== undefined && pieces > HANDSHAKE && now.kind === 'fair') onReply(performance.now() - asked);
    asked = undefined;
    if (now.kind === 'deafen' && requested > REQUEST) {
      harm();
      dead = true;
      setTimeout(reset, COMMIT);
      return;
    }
    downwards(chunk, lateness());
  }

  agent.on('data', up);
  server.on('data', down);
  for (const [one, way, other] of [
    [agent, upwards, server],
    [server, downwards, agent],
  ] as const) {
    one.on('error', () => other.resetAndDestroy());
    one.on('end', () => {
      if (!dead) way('end', lateness());
    });
    one.on('close', () => {
      other.destroy();
      done.resolve();
    });
  }
  return {
    ended: done.promise,
    turned() {
      sent = 0;
      requested = 0;
      if (weather().kind !== 'refuse') return;
      harm();
      reset();
    },
    reset,
  };
}

/** One direction. Pieces keep their order even when the weather clears while some are still on their way. */
function lane(from: Socket, to: Socket): (piece: Buffer | 'end', delay: number) => void {
  const late: { readonly piece: Buffer | 'end'; readonly due: number }[] = [];

  function hand(piece: Buffer | 'end'): void {
    if (to.destroyed) return;
    if (piece === 'end') to.end();
    else if (!to.write(piece)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
  }

  function next(): void {
    const [first] = late;
    if (first === undefined) return;
    setTimeout(
      () => {
        late.shift();
        hand(first.piece);
        next();
      },
      Math.max(0, first.due - performance.now()),
    );
  }

  return (piece, delay) => {
    if (late.length === 0 && delay === 0) return hand(piece);
    late.push({ piece, due: performance.now() + delay });
    if (late.length === 1) next();
  };
}
