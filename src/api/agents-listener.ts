/**
 * The agents' listener: the one door that faces the network at home. TLS, three paths that take and none that gives. Every request meets,
 * in this order: connections and time (the server's own limits) → path → key → quota → the body's limits → the key once more, since it
 * may have been revoked while the body was on its way → the commit. What is refused early has cost little and written nothing.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { AGENT_PATHS, CodedError } from '#contract';
import type { Counters } from '#lib/counters';
import type { AgentIdentity, AgentIntake } from './agents.ts';
import { AGENTS_LIMITS, type AgentsLimits } from './agents-limits.ts';
import { invite, letGo, readBody, SenderGone } from './body.ts';
import { budget, type Budget } from './budget.ts';
import { owedHeaders, problemOf } from './problem.ts';
import { bearerOf } from './principal.ts';
import { type Refusals, refusals } from './refusals.ts';
import { answerUnparsed } from './unparsed.ts';

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

interface Answer {
  readonly status: number;
  readonly body: object;
}

interface Means {
  readonly intake: AgentIntake;
  readonly limits: AgentsLimits;
  readonly budget: Budget;
  readonly refusals: Refusals;
}

/** A refusal with what its code alone does not say. */
class Refused extends Error {
  readonly coded: CodedError;
  readonly headers: Readonly<Record<string, string>>;
  readonly members: object;
  constructor(coded: CodedError, headers: Readonly<Record<string, string>>, members: object = {}) {
    super(coded.message);
    this.coded = coded;
    this.headers = headers;
    this.members = members;
  }
}

const later = (ms: number, detail: string): Refused =>
  new Refused(new CodedError('QUOTA', detail), { 'retry-after': String(Math.max(1, Math.ceil(ms / 1000))) });

const TOKEN_BYTES = 4096;

/** Throws CodedError AGENTS_LISTEN. */
export async function listenForAgents(options: AgentsListenerOptions): Promise<AgentsListener> {
  const limits: AgentsLimits = { ...AGENTS_LIMITS, ...options.limits };
  const { intake, counters } = options;
  const means: Means = {
    intake,
    limits,
    budget: budget(limits),
    refusals: refusals(limits.refusalsPerSecond, () => performance.now()),
  };
  const connections = new Map<Socket, string | undefined>();
  const server = newServer(options, limits, connections);
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
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : options.port,
    renew: ({ key, cert }) => server.setSecureContext({ key, cert, minVersion: 'TLSv1.2' }),
    cut(agent) {
      for (const [socket, owner] of connections) if (owner === agent) socket.destroy();
    },
    close: () => closed(server, limits.shutdown),
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

function refusalOf(error: unknown, fault: () => void): Pick<Refused, 'coded' | 'headers' | 'members'> {
  if (error instanceof Refused) return error;
  if (error instanceof CodedError) return { coded: error, headers: {}, members: {} };
  fault();
  return { coded: new CodedError('INTERNAL', ''), headers: {}, members: {} };
}

function send(response: ServerResponse, status: number, type: string, body: object): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

type Owned = (agent: string) => void;

async function answer(request: IncomingMessage, response: ServerResponse, means: Means, owned: Owned): Promise<Answer> {
  const path = request.method === 'POST' ? request.url : undefined;
  switch (path) {
    case AGENT_PATHS.enroll:
      return enroll(request, response, means);
    case AGENT_PATHS.batches:
      return takeBatch(request, response, means, owned);
    case AGENT_PATHS.rotate: {
      const { who } = known(request, means);
      owned(who.agent);
      admit(who, means);
      return { status: 200, body: await means.intake.rotate(who) };
    }
    default:
      throw new CodedError('NOT_FOUND', '');
  }
}

const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? '';

/** Who sends; throws UNAUTHORIZED, or QUOTA where the address has been wrong too often. */
function known(request: IncomingMessage, means: Means): { readonly who: AgentIdentity; readonly key: string } {
  const key = bearerOf(request.headers.authorization) ?? '';
  const who = key === '' ? undefined : means.intake.identify(key);
  if (who !== undefined) return { who, key };
  wrong(request, means);
  throw new CodedError('UNAUTHORIZED', 'The key that was sent is not known here, or not any more.');
}

function wrong(request: IncomingMessage, means: Means): void {
  if (means.refusals.isOver(addressOf(request))) throw later(1000, 'Too many wrong keys from this address.');
  means.refusals.add(addressOf(request));
}

function admit(who: AgentIdentity, { intake }: Means): void {
  const wait = intake.admit(who);
  if (wait > 0) throw later(wait, `${who.agent} has used up its quota for now.`);
}

async function enroll(request: IncomingMessage, response: ServerResponse, means: Means): Promise<Answer> {
  if (means.refusals.isOver(addressOf(request))) throw later(1000, 'Too many wrong tokens from this address.');
  const ticket = means.budget.open();
  try {
    invite(request, response);
    const small = { sentBytes: TOKEN_BYTES, inflatedBytes: TOKEN_BYTES };
    const secret = secretOf(await readBody(request, small, ticket));
    return { status: 201, body: await means.intake.enroll(secret) };
  } catch (error) {
    if (error instanceof CodedError && error.code === 'TOKEN') wrong(request, means);
    throw error;
  } finally {
    ticket.close();
  }
}

function secretOf(body: Uint8Array): string {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new CodedError('BAD_BODY', 'It is not JSON.', { cause });
  }
  const secret = typeof value === 'object' && value !== null && 'secret' in value ? value.secret : undefined;
  if (typeof secret !== 'string') throw new CodedError('BAD_BODY', 'It holds no secret.');
  return secret;
}

async function takeBatch(
  request: IncomingMessage,
  response: ServerResponse,
  means: Means,
  owned: Owned,
): Promise<Answer> {
  const { intake, limits } = means;
  const { who, key } = known(request, means);
  owned(who.agent);
  admit(who, means);
  const ticket = means.budget.open();
  try {
    invite(request, response);
    const body = await readBody(request, limits, ticket);
    intake.spend(who, body.length);
    if (intake.identify(key)?.key !== who.key) throw new CodedError('UNAUTHORIZED', 'The key was revoked.');
    const result = await intake.submit(who, body);
    switch (result.kind) {
      case 'taken':
        return { status: 201, body: result.reply };
      case 'sequence':
        throw new Refused(
          new CodedError('SEQUENCE', `Expected was ${result.expected}.`),
          {},
          { expected: result.expected },
        );
      case 'malformed':
        throw new CodedError('BAD_BODY', result.reason);
    }
  } finally {
    ticket.close();
  }
}

function newServer(
  { credentials, counters }: AgentsListenerOptions,
  limits: AgentsLimits,
  connections: Map<Socket, string | undefined>,
): Server {
  const server = createServer({
    key: credentials.key,
    cert: credentials.cert,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.handshakeTimeout,
    headersTimeout: limits.headersTimeout,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    connectionsCheckingInterval: limits.checkInterval,
  });
  server.maxConnections = limits.connections;
  server.on('drop', () => counters.add('agent_connections_refused', 'too_many'));
  const ofOne = new Map<string, number>();
  // The bare connection, before its handshake: that is what costs.
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const open = (ofOne.get(address) ?? 0) + 1;
    if (open > limits.connectionsOfOne) {
      counters.add('agent_connections_refused', 'too_many_of_one');
      socket.destroy();
      return;
    }
    ofOne.set(address, open);
    socket.once('close', () => {
      const left = (ofOne.get(address) ?? 1) - 1;
      if (left > 0) ofOne.set(address, left);
      else ofOne.delete(address);
    });
  });
  server.on('secureConnection', (socket) => {
    connections.set(socket, undefined);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('tlsClientError', (_error, socket) => {
    counters.add('agent_connections_refused', 'handshake');
    socket.destroy();
  });
  server.on('clientError', answerUnparsed(counters, limits.linger));
  return server;
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

async function closed(server: Server, ms: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), ms);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  await promise;
  clearTimeout(cut);
}
