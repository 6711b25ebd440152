/**
 * The agents' listener: the one door that faces the network at home. TLS, three paths that take and none that gives. Every request meets,
 * in this order: connections and time (the server's own limits) → path → key → quota → the body's limits → the key once more, since it
 * may have been revoked while the body was on its way → the commit. What is refused early has cost little and written nothing.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { CodedError } from '#contract';
import type { Counters } from '#lib/counters';
import type { AgentIntake } from './agents.ts';
import { type AgentMeans, answer, refusalOf } from './agents-answers.ts';
import { agentsServer } from './agents-connections.ts';
import { AGENTS_LIMITS, type AgentsLimits } from './agents-limits.ts';
import { letGo, SenderGone } from './body.ts';
import { budget } from './budget.ts';
import { owedHeaders, problemOf } from './problem.ts';
import { refusals } from './refusals.ts';

export interface AgentsListenerOptions {
  readonly intake: AgentIntake;
  readonly counters: Counters;
  /** PEM; `cert` with its chain. */
  readonly credentials: { readonly key: string; readonly cert: string };
  readonly host: string;
  readonly port: number;
  readonly limits?: Partial<AgentsLimits>;
  /** Told of faults that are our own. */
  readonly onFault: (fault: unknown, where: string) => void;
}

export interface AgentsListener {
  readonly port: number;
  /** New connections see the new certificate. */
  renew(credentials: AgentsListenerOptions['credentials']): void;
  /** Ends the connections that an agent's keys came over. */
  cut(agent: string): void;
  close(): Promise<void>;
}

/** Throws CodedError AGENTS_LISTEN. */
export async function listenForAgents(options: AgentsListenerOptions): Promise<AgentsListener> {
  const limits: AgentsLimits = { ...AGENTS_LIMITS, ...options.limits };
  const { intake, counters } = options;
  const means: AgentMeans = {
    intake,
    limits,
    budget: budget(limits),
    refusals: refusals(limits.refusalsPerSecond, () => performance.now()),
  };
  const connections = new Map<Socket, string | undefined>();
  const sockets = new Set<Socket>();
  const server = agentsServer({ credentials: options.credentials, counters, limits, connections, sockets });
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(request, response, means, (agent) => connections.set(request.socket, agent)).then(
      ({ status, body }) => send(response, status, 'application/json', body),
      (error: unknown) => refuse(request, response, error, options, limits),
    );
  };
  server.on('request', handle);
  // Without a listener Node invites every body; we do it once the sender is known to be welcome.
  server.on('checkContinue', handle);
  await bind(server, options);
  server.on('error', (error) => options.onFault(error, "agents' listener"));
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : options.port,
    renew: ({ key, cert }) => server.setSecureContext({ key, cert, minVersion: 'TLSv1.2' }),
    cut(agent) {
      for (const [socket, owner] of connections) if (owner === agent) socket.destroy();
    },
    close: () => closed(server, sockets, limits.shutdown),
  };

  function refuse(
    request: IncomingMessage,
    response: ServerResponse,
    error: unknown,
    to: AgentsListenerOptions,
    most: AgentsLimits,
  ) {
    if (error instanceof SenderGone || request.socket.destroyed) {
      counters.add('agent_senders_gone', request.method ?? '');
      response.destroy();
      return;
    }
    const { coded, headers, members } = refusalOf(error, () =>
      to.onFault(error, `agents' listener ${request.url ?? ''}`),
    );
    counters.add('agent_refused', coded.code);
    const problem = problemOf(coded);
    if (letGo(request, most.linger)) response.setHeader('connection', 'close');
    for (const [name, value] of Object.entries({ ...owedHeaders(coded.code), ...headers }))
      response.setHeader(name, value);
    send(response, problem.status, 'application/problem+json', { ...problem, ...members });
  }
}

function send(response: ServerResponse, status: number, type: string, body: object): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

async function bind(server: Server, { host, port }: AgentsListenerOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, host, resolve);
  try {
    await promise;
  } catch (cause) {
    throw new CodedError('AGENTS_LISTEN', `${host} port ${port}: ${(cause as Error).message}.`, { cause });
  }
  server.off('error', reject);
}

/** The sockets themselves: one that has not finished its handshake is no connection to the server yet. */
async function closed(server: Server, sockets: ReadonlySet<Socket>, ms: number): Promise<void> {
  const cut = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, ms);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  await promise;
  clearTimeout(cut);
}
