/**
 * The typed client: the browser, the terminal and the CLI talk to a server through it and nothing else.
 * Types come from the route table; at run time it needs only method and path.
 */
import { PATHS, type RouteName } from './paths.ts';
import type { RuleProblem } from './rule.ts';
import type { RouteBody, RouteParams, RouteQuery, RouteResponse } from './routes.ts';

export interface ClientOptions {
  /** `http://127.0.0.1:5000`, or '' for the page's own origin. */
  readonly base: string;
  readonly key?: string;
  /** `fetch` where absent. */
  readonly transport?: Transport;
}

export interface Request {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly statusText: string;
  /** Content-Type, or ''. */
  readonly type: string;
  readonly text: string;
}

/** Rejects where nobody answered, or the signal ended it. */
export type Transport = (url: string, request: Request) => Promise<Reply>;

interface CallOptions<N extends RouteName> {
  readonly params?: RouteParams<N>;
  readonly query?: RouteQuery<N>;
  readonly body?: RouteBody<N>;
  readonly signal?: AbortSignal;
}

/** RFC 9457 problem document, as every refused request carries it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly next: string;
  /** Of a rule that was refused: each with its place. */
  readonly problems?: readonly RuleProblem[];
}

export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail === '' ? problem.title : `${problem.title}: ${problem.detail}`);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

export interface Client {
  call<N extends RouteName>(name: N, options?: CallOptions<N>): Promise<RouteResponse<N>>;
}

function urlOf(base: string, path: string, params: Record<string, unknown>, query: Record<string, unknown>): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  return base + filled + (search.size > 0 ? `?${search.toString()}` : '');
}

async function fetchTransport(url: string, request: Request): Promise<Reply> {
  const response = await fetch(url, request);
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, statusText: response.statusText, type, text: await response.text() };
}

function requestOf<N extends RouteName>(
  { base, key }: Pick<ClientOptions, 'base' | 'key'>,
  name: N,
  call: CallOptions<N>,
): readonly [url: string, request: Request] {
  const { method, path } = PATHS[name];
  const headers: Record<string, string> = {};
  if (key !== undefined) headers['authorization'] = `Bearer ${key}`;
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  const request = {
    method,
    headers,
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  };
  return [urlOf(base, path, call.params ?? {}, call.query ?? {}), request];
}

export function createClient({ base, key, transport = fetchTransport }: ClientOptions): Client {
  return {
    async call(name, call = {}) {
      const reply = await transport(...requestOf({ base, ...(key === undefined ? {} : { key }) }, name, call));
      if (reply.status < 200 || reply.status > 299) throw new ApiError(problemOf(reply));
      return (reply.type.includes('json') ? JSON.parse(reply.text) : reply.text) as never;
    },
  };
}

/** A route that answers in lines of JSON: each as it comes. Whoever stops reading ends the request. Throws ApiError before the first. */
export async function* callLines<N extends RouteName>(
  server: Pick<ClientOptions, 'base' | 'key'>,
  name: N,
  call: CallOptions<N>,
): AsyncGenerator<RouteResponse<N>, void, void> {
  const response = await fetch(...requestOf(server, name, call));
  const { status, statusText, body } = response;
  if (!response.ok || body === null)
    throw new ApiError(problemOf({ status, statusText, type: '', text: await response.text() }));
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (text + part.value).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as RouteResponse<N>;
    }
  } finally {
    await reader.cancel();
  }
}

/** Whatever stands between us and the server may answer in its own words. */
function problemOf({ status, statusText, text }: Reply): Problem {
  const fallback = { type: 'about:blank', title: statusText, status, detail: '', code: 'INTERNAL', next: '' };
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? { ...fallback, ...body } : fallback;
  } catch {
    return fallback;
  }
}
