/**
 * The HTTP server. In this order every request meets: the parser's limits (time, size, connections) → Host → Origin →
 * the route's access → the body's limits → the handler. What is refused early has cost little and written nothing.
 */
import type { IncomingMessage } from 'node:http';
import fastifyStatic from '@fastify/static';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { CodedError, type Config } from '#contract';
import type { Backend } from './backend.ts';
import { SenderGone } from './body.ts';
import { budget } from './budget.ts';
import { type HostCheck, hostCheck, isForeign } from './gate.ts';
import type { Means } from './handler.ts';
import { handlersOf } from './handlers.ts';
import { type ApiLimits, LIMITS } from './limits.ts';
import { liveStream } from './live.ts';
import { logFault } from './log-fault.ts';
import { cacheControl, decodedPath, fileOf, liesInside } from './pages.ts';
import { isLoopback, type Principal, principals } from './principal.ts';
import { codedOf, type Refuse, refuser } from './problem.ts';
import { takeQuickly } from './quick-logs.ts';
import { methodsAt, registerRoutes } from './register.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { answerUnparsed } from './unparsed.ts';

export interface ApiOptions {
  readonly backend: Backend;
  readonly config: Config['http'];
  /** Folder of the built dashboard; undefined serves the API alone. */
  readonly webRoot: string | undefined;
  readonly limits?: Partial<ApiLimits>;
  readonly now: () => number;
  /** Told of faults that are our own (the sender sees INTERNAL and nothing more). */
  readonly onFault?: (fault: unknown, where: string) => void;
}

export interface Api {
  /** Throws CodedError EXPOSED or PORT_IN_USE. */
  listen(): Promise<{ readonly address: string; readonly port: number }>;
  /** Ends live streams at once, lets requests in flight finish, and cuts what is left after `limits.shutdown` ms. */
  close(): Promise<void>;
  readonly inject: FastifyInstance['inject'];
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

function checkGate(app: FastifyInstance, isOurs: HostCheck): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    const { headers } = request;
    if (!isOurs(headers.host)) throw new CodedError('MISDIRECTED', `Host: ${headers.host ?? '(none)'}`);
    // Pages may be linked to from anywhere; data and changes are for our own page. `is404` means: not in the route table.
    if ((!request.is404 || !SAFE_METHODS.has(request.method)) && isForeign(headers)) {
      throw new CodedError('CROSS_SITE', headers.origin === undefined ? '' : `Origin: ${headers.origin}`);
    }
    done();
  });
}

async function sendUnmatched(
  request: FastifyRequest,
  reply: FastifyReply,
  webRoot: string | undefined,
): Promise<FastifyReply> {
  const path = decodedPath(request.raw.url ?? '');
  const nothing = new CodedError('NOT_FOUND', '');
  if (path === undefined) throw nothing;
  const methods = methodsAt(path);
  if (methods.length > 0) {
    reply.header('allow', methods.join(', '));
    throw new CodedError('METHOD_NOT_ALLOWED', `${path} takes ${methods.join(', ')}.`);
  }
  const file = path === '/api' || path.startsWith('/api/') ? undefined : fileOf(path);
  if (file === undefined || webRoot === undefined || !SAFE_METHODS.has(request.method)) throw nothing;
  if (!(await liesInside(webRoot, file))) throw nothing;
  return reply
    .header('cache-control', cacheControl(file))
    .sendFile(file, webRoot, { cacheControl: false, index: false });
}

function answerErrors(
  app: FastifyInstance,
  refuse: Refuse,
  backend: Backend,
  onFault: NonNullable<ApiOptions['onFault']>,
): void {
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof SenderGone || request.raw.socket.destroyed) {
      backend.counters.add('http_senders_gone', request.method);
      reply.hijack();
      return;
    }
    const coded = codedOf(error);
    if (coded === undefined) onFault(error, `${request.method} ${request.routeOptions.url ?? 'page'}`);
    refuse(reply, coded ?? new CodedError('INTERNAL', ''));
  });
}

function newServer(limits: ApiLimits, backend: Backend, refuse: Refuse): FastifyInstance {
  const app: FastifyInstance = fastify({
    http: { headersTimeout: limits.headersTimeout, connectionsCheckingInterval: limits.checkInterval },
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    clientErrorHandler: answerUnparsed(backend.counters, limits.linger),
    frameworkErrors(_error, _request, reply) {
      reply.headers(SECURITY_HEADERS);
      refuse(reply as FastifyReply, new CodedError('NOT_FOUND', ''));
    },
  });
  app.server.maxConnections = limits.connections;
  app.server.on('drop', () => backend.counters.add('http_connections_refused', 'too_many'));
  // Without a listener Node invites every body; we do it once the sender is known to be welcome.
  app.server.on('checkContinue', (request, response) => app.server.emit('request', request, response));
  return app;
}

async function listenOn(app: FastifyInstance, host: string, port: number): Promise<{ address: string; port: number }> {
  const address = host === 'localhost' ? '127.0.0.1' : host;
  if (!isLoopback(address)) throw new CodedError('EXPOSED', `http.host is ${host}.`);
  try {
    await app.listen({ host: address, port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') {
      const other = port < 65_535 ? port + 1 : port - 1;
      throw new CodedError('PORT_IN_USE', `${address} port ${port}; --port ${other} would be another.`, {
        cause: error,
      });
    }
    throw error;
  }
  const bound = app.server.address();
  return { address, port: typeof bound === 'object' && bound !== null ? bound.port : port };
}

export async function createApi(options: ApiOptions): Promise<Api> {
  const { backend, config, webRoot, now } = options;
  const limits: ApiLimits = { ...LIMITS, ...options.limits };
  const refuse = refuser(backend.counters, limits.linger);
  const app = newServer(limits, backend, refuse);
  const live = liveStream(backend, limits);
  const closing = new AbortController();
  const means: Means = { backend, limits, live, now, budget: budget(limits), closing: closing.signal };
  const onFault = options.onFault ?? logFault;
  const isOurs = hostCheck(config.hosts);
  const ownerOf = principals(config);
  const whoIs = ({ socket, headers }: IncomingMessage): Principal => ownerOf(socket.remoteAddress ?? '', headers);

  app.decorateRequest('principal', null as never);
  checkGate(app, isOurs);
  answerErrors(app, refuse, backend, onFault);
  await app.register(fastifyStatic, { serve: false });
  app.setNotFoundHandler((request, reply) => sendUnmatched(request, reply, webRoot));
  registerRoutes(app, handlersOf(means), means, ({ raw }) => whoIs(raw), onFault);
  await app.ready();
  takeQuickly(app.server, { means, isOurs, whoIs, onFault });

  return {
    listen: () => listenOn(app, config.host, config.port),
    async close() {
      live.close();
      closing.abort();
      const cut = setTimeout(() => app.server.closeAllConnections(), limits.shutdown);
      try {
        await app.close();
      } finally {
        clearTimeout(cut);
      }
    },
    inject: app.inject.bind<FastifyInstance['inject']>(app),
  };
}
