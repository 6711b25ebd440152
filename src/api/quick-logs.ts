/**
 * The short way for `POST /api/logs`, past the framework: with an event a request, its hooks and replies were a fifth of what a request
 * cost the main thread. It takes a request only where nothing about its head is to be refused or negotiated; every other one, and every
 * one while the server closes, goes the framework's way, untouched. So who may send, and what a refused head is told, is decided in
 * one place. What can only be seen once the body is here (its size, an unknown encoding, a store that fails) is refused here, in the same
 * words and with the same headers: a test holds both ways together.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { allows, CodedError } from '#contract';
import { routeOf } from '#contract/schema';
import { letGo, SenderGone } from './body.ts';
import { type HostCheck, isForeign } from './gate.ts';
import type { Means } from './handler.ts';
import type { Principal } from './principal.ts';
import { codedOf, owedHeaders, problemText } from './problem.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { takeLogs } from './take-logs.ts';

export interface QuickLogsOptions {
  readonly means: Pick<Means, 'backend' | 'limits' | 'budget' | 'closing'>;
  readonly isOurs: HostCheck;
  /** Throws where a key is not known. */
  readonly whoIs: (request: IncomingMessage) => Principal;
  readonly onFault: (fault: unknown, where: string) => void;
}

const { method: METHOD, path: PATH, access: ACCESS } = routeOf('postLogs');

/** Names and values in turn, as `writeHead` takes them. */
const flat = (headers: Readonly<Record<string, string>>): string[] => Object.entries(headers).flat();
const ALWAYS = flat({ ...SECURITY_HEADERS, 'cache-control': 'no-store' });
const TAKEN = [...ALWAYS, 'content-type', 'application/json; charset=utf-8', 'content-length'];
const REFUSED = [...ALWAYS, 'content-type', 'application/problem+json; charset=utf-8', 'content-length'];

/** What the framework listens to hears only what this does not take. */
export function takeQuickly(server: Server, options: QuickLogsOptions): void {
  // Node's own event, and the framework's listener to it.
  const others = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const sender = senderOf(request, options);
    if (sender !== undefined) void answer(request, response, sender, options);
    else for (const other of others) other(request, response);
  });
}

/** Undefined: not for us, or something about its head needs a closer look. */
function senderOf(request: IncomingMessage, { means, isOurs, whoIs }: QuickLogsOptions): Principal | undefined {
  if (request.method !== METHOD || request.url !== PATH || means.closing.aborted) return undefined;
  const { headers } = request;
  if (headers.expect !== undefined || !isOurs(headers.host) || isForeign(headers)) return undefined;
  try {
    const sender = whoIs(request);
    return allows(ACCESS, sender.role) ? sender : undefined;
  } catch {
    return undefined;
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  sender: Principal,
  options: QuickLogsOptions,
): Promise<void> {
  try {
    send(response, 201, TAKEN, await takeLogs(request, response, sender, options.means));
  } catch (error) {
    refuse(request, response, error, options);
  }
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  { means, onFault }: QuickLogsOptions,
): void {
  const { counters } = means.backend;
  if (error instanceof SenderGone || request.socket.destroyed) {
    counters.add('http_senders_gone', METHOD);
    return;
  }
  const known = codedOf(error);
  if (known === undefined) onFault(error, `${METHOD} ${PATH}`);
  const coded = known ?? new CodedError('INTERNAL', '');
  counters.add('http_refused', coded.code);
  const { status, text } = problemText(coded);
  const headers = [...flat(owedHeaders(coded.code)), ...REFUSED];
  if (letGo(request, means.limits.linger)) headers.unshift('connection', 'close');
  send(response, status, headers, text);
}

/** `headers` end with the name of the length. */
function send(response: ServerResponse, status: number, headers: readonly string[], text: string): void {
  response.writeHead(status, [...headers, String(Buffer.byteLength(text))]);
  response.end(text);
}
