/**
 * Stands in for the three monitor routes and the stream's `snapshot` until the server has them. Nothing else is faked: every other
 * request goes to the real API behind it, byte for byte.
 *
 * To delete it: give `House` the store's own snapshots in `addSnapshots`, and drop `frontOf` from `openHouse`.
 */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AuthSummary, isoTime, type RouteResponse, type Score, type ScoredSnapshot } from '#contract';
import { routeOf } from '#contract/schema';

const NOT_SCORED = {
  type: 'about:blank',
  title: 'Not found',
  status: 404,
  detail: 'not scored yet',
  code: 'NOT_FOUND',
  next: 'Wait for the first check.',
};

export interface MonitorDouble {
  readonly port: number;
  /** Keeps them and tells whoever watches. */
  add(snapshots: readonly ScoredSnapshot[]): void;
  close(): Promise<void>;
}

type Kept = Map<string, ScoredSnapshot[]>;

const memoryPct = ({ snapshot: { memory } }: ScoredSnapshot): number => (100 * memory.used) / memory.total;

function scoreOf(kept: Kept, host: string): RouteResponse<'score'> | undefined {
  const all = kept.get(host) ?? [];
  const last = all.at(-1);
  if (last === undefined) return undefined;
  const dayAgo = all.findLast(({ snapshot }) => snapshot.at <= last.snapshot.at - 86_400_000);
  const { snapshot, auth, score }: { snapshot: ScoredSnapshot['snapshot']; auth: AuthSummary; score: Score } = last;
  const reply = { host, at: isoTime(snapshot.at), ...score, snapshot, auth, yesterday: dayAgo?.score.score ?? null };
  return reply as unknown as RouteResponse<'score'>;
}

function pointOf(scored: ScoredSnapshot) {
  const { snapshot, score } = scored;
  return {
    at: isoTime(snapshot.at),
    score: score.score,
    load: snapshot.load[0],
    cpus: snapshot.cpus,
    memory_pct: memoryPct(scored),
    connections: snapshot.connections?.established ?? null,
  };
}

function answer(kept: Kept, own: string, url: URL): unknown {
  const host = url.searchParams.get('host') ?? own;
  switch (url.pathname) {
    case '/api/score':
      return scoreOf(kept, host) ?? NOT_SCORED;
    case '/api/metrics': {
      const { from, limit } = routeOf('listMetrics').query.parse(Object.fromEntries(url.searchParams)) as {
        from?: string;
        limit: number;
      };
      const since = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from);
      const items = (kept.get(host) ?? []).filter(({ snapshot }) => snapshot.at >= since).slice(-limit);
      return { host, items: items.map(pointOf), next: null };
    }
    case '/api/hosts':
      return {
        items: [...kept.values()].flatMap((all) => {
          const last = all.at(-1);
          if (last === undefined) return [];
          const { snapshot, score } = last;
          return [{ host: snapshot.host, at: isoTime(snapshot.at), score: score.score, band: score.band }];
        }),
        next: null,
      };
    default:
      return undefined;
  }
}

/** A server before the real one on `behind`, on `port` (0: any). */
export async function frontOf(behind: () => number, own: string, port: number, kept: Kept): Promise<MonitorDouble> {
  const streams = new Set<ServerResponse>();
  let lastId = 0;

  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { method, url, headers } = incoming;
    const isStream = url?.startsWith('/api/stream') === true;
    const onward = request({ host: '127.0.0.1', port: behind(), method, path: url, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      if (isStream) {
        streams.add(outgoing);
        outgoing.on('close', () => streams.delete(outgoing));
        reply.on('data', (bytes: Buffer) => {
          lastId = Number(/id: (\d+)\n(?![^]*id: )/.exec(String(bytes))?.[1] ?? lastId);
        });
      }
      reply.pipe(outgoing);
      reply.on('error', () => outgoing.destroy());
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  };
  const server: Server = createServer((incoming, outgoing) => {
    const reply = answer(kept, own, new URL(incoming.url ?? '/', 'http://localhost'));
    if (reply === undefined) return pass(incoming, outgoing);
    outgoing.writeHead(reply === NOT_SCORED ? 404 : 200, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    add(snapshots) {
      for (const scored of snapshots) {
        const { host } = scored.snapshot;
        const all = kept.get(host) ?? [];
        all.push(scored);
        kept.set(host, all);
        const data = JSON.stringify({ host, ...pointOf(scored) });
        for (const stream of streams) stream.write(`id: ${lastId}\nevent: snapshot\ndata: ${data}\n\n`);
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
