/** Route table + handlers → Fastify routes: who may, what was asked, what is sent. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Access, allows, CodedError, PATHS, type RouteName } from '#contract';
import { routeOf } from '#contract/schema';
import { invite, readBody } from './body.ts';
import type { Call, Handler, Handlers, Means } from './handler.ts';
import { sendLines } from './lines.ts';
import { parse } from './parse.ts';
import type { Principal } from './principal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any handler of the route table runs. */
    principal: Principal;
  }
}

/** Told of faults that are our own. */
export type OnFault = (fault: unknown, where: string) => void;

export type WhoIs = (request: FastifyRequest) => Principal;

function authorise(access: Access, who: Principal): void {
  if (allows(access, who.role)) return;
  if (who.role === undefined) throw new CodedError('UNAUTHORIZED', '');
  throw new CodedError('FORBIDDEN', `This needs the role ${access} or admin; the key '${who.name}' has ${who.role}.`);
}

async function readJson(request: FastifyRequest, reply: FastifyReply, { limits, budget }: Means): Promise<unknown> {
  const ticket = budget.open();
  try {
    invite(request.raw, reply.raw);
    const small = { sentBytes: limits.smallBodyBytes, inflatedBytes: limits.smallBodyBytes };
    const text = new TextDecoder().decode(await readBody(request.raw, small, ticket));
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new CodedError('BAD_BODY', error.message, { cause: error });
    throw error;
  } finally {
    ticket.close();
  }
}

function untilGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

function send(reply: FastifyReply, status: number, answer: unknown): FastifyReply {
  reply.code(status).header('cache-control', 'no-store');
  if (typeof answer === 'string')
    return reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(answer);
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(answer));
}

function registerRoute<N extends RouteName>(
  app: FastifyInstance,
  name: N,
  handlers: Handlers<N>,
  means: Means,
  whoIs: WhoIs,
  onFault: OnFault,
): void {
  const { method, path, access, params, query, body, status } = routeOf(name);
  const handler: Handler<N> = handlers[name];

  async function parsedCall(request: FastifyRequest, reply: FastifyReply, signal = untilGone(reply)): Promise<Call<N>> {
    const call = {
      params: parse('path', params, request.params),
      query: parse('query', query, request.query),
      body: body === undefined ? undefined : parse('body', body, await readJson(request, reply, means)),
      principal: request.principal,
      signal,
    };
    // The schemas above are those that Call is made from.
    return call as unknown as Call<N>;
  }

  app.route({
    method,
    url: path,
    // A live stream without a body would be a connection that never says anything.
    exposeHeadRoute: name !== 'stream',
    onRequest(request, _reply, done) {
      request.principal = whoIs(request);
      authorise(access, request.principal);
      // The body decides, not Content-Type: no header must make the framework refuse it.
      if (method !== 'GET') request.raw.headers['content-type'] = 'application/octet-stream';
      done();
    },
    async handler(request, reply) {
      if (handler.kind === 'raw') return handler.handle(request, reply, request.principal);
      if (handler.kind === 'lines') {
        const gone = untilGone(reply);
        const { closing, limits } = means;
        const pace = { gone, closing, stall: limits.linesStall };
        const call = await parsedCall(request, reply, AbortSignal.any([gone, closing]));
        return sendLines(reply, handler.handle(call), pace, (fault) => onFault(fault, path));
      }
      return send(reply, status, await handler.handle(await parsedCall(request, reply)));
    },
  });
}

export function registerRoutes(
  app: FastifyInstance,
  handlers: Handlers,
  means: Means,
  whoIs: WhoIs,
  onFault: OnFault,
): void {
  // Handlers read bodies themselves: the framework leaves the stream alone.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  for (const name of Object.keys(PATHS) as RouteName[]) {
    registerRoute(app, name, handlers, means, whoIs, onFault);
  }
}

/** Methods that the path has in the route table; empty when it has none. */
export function methodsAt(path: string): readonly string[] {
  const methods = new Set<string>();
  for (const { method, path: template } of Object.values(PATHS)) {
    if (!new RegExp(`^${template.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`).test(path)) continue;
    methods.add(method);
    if (method === 'GET' && template !== PATHS.stream.path) methods.add('HEAD');
  }
  return [...methods];
}
