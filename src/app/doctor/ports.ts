/** Whether our server answers, and if not, whether it could listen. */
import { createServer } from 'node:net';
import { type Client, type Config, ERRORS, type RouteResponse } from '#contract';
import { broken, codeOf, type Finding, fine, look } from './finding.ts';

export type Health = RouteResponse<'health'>;

/** ms: it is on this machine. */
const PATIENCE = 3000;

/** undefined where no Porchlight answers. */
export async function askServer(client: Client): Promise<Health | undefined> {
  try {
    return await client.call('health', { signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return undefined;
  }
}

export async function checkServer(
  health: Health | undefined,
  inUse: boolean,
  { host, port }: Config['http'],
  base: string,
): Promise<Finding> {
  const name = 'Server';
  if (health !== undefined) {
    const text = `Porchlight ${health.version} runs at ${base}/ since ${health.started}, with ${health.events} events`;
    if (health.status === 'ok') return fine(name, text);
    return look(name, `${text}, but not everything in it is well.`, 'See what is named here, and the page.');
  }
  if (inUse) {
    const next = 'Perhaps it was started with another --port; otherwise stop that process and start again.';
    return look(name, `One has the data folder, but none answers at port ${port}.`, next);
  }
  const taken = await cannotListen(host, port);
  if (taken === undefined) return fine(name, `does not run; port ${port} is free for it`);
  return broken(name, `does not run, and cannot at port ${port}: ${taken}.`, ERRORS.PORT_IN_USE.next);
}

export async function checkHoneypot(health: Health | undefined, config: Config['honeypot']): Promise<Finding> {
  const name = 'Honeypot';
  const row = health?.sources.find(({ id }) => id === 'honeypot');
  if (row?.state === 'failed') return broken(name, row.reason, ERRORS.HONEYPOT_PORT_IN_USE.next);
  if (row !== undefined) return fine(name, row.reason);
  if (!config.enabled) return fine(name, 'switched off');
  const taken = await cannotListen(config.host, config.port);
  if (taken === undefined) return fine(name, `port ${config.port} is free for it`);
  return broken(name, `cannot listen at port ${config.port}: ${taken}.`, ERRORS.HONEYPOT_PORT_IN_USE.next);
}

/** Why not, by trying. */
async function cannotListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host, port }, resolve);
    });
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EADDRINUSE') return 'another program listens there';
    if (code === 'EACCES') return 'ports under 1024 are for root';
    if (code === 'EADDRNOTAVAIL') return `${host} is no address of this machine`;
    return (error as Error).message;
  } finally {
    server.close();
  }
}
