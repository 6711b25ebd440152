/**
 * The typed client: the browser, the terminal and the CLI talk to a server through it and nothing else.
 * Types come from the route table; at run time it needs only method and path.
 */
import { PATHS, type RouteName } from './paths.ts';
import type { RouteBody, RouteParams, RouteQuery, RouteResponse } from './routes.ts';

export interface ClientOptions {
  /** `http://127.0.0.1:5000`, or '' for the page's own origin. */
  readonly base: string;
  readonly key?: string;
  readonly fetch?: typeof fetch;
}

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

export function createClient(options: ClientOptions): Client {
  const send = options.fetch ?? fetch;
  return {
    async call(name, call = {}) {
      const { method, path } = PATHS[name];
      const headers: Record<string, string> = {};
      if (options.key !== undefined) headers['authorization'] = `Bearer ${options.key}`;
      if (call.body !== undefined) headers['content-type'] = 'application/json';
      const response = await send(urlOf(options.base, path, call.params ?? {}, call.query ?? {}), {
        method,
        headers,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      });
      if (!response.ok) throw new ApiError(await problemOf(response));
      const type = response.headers.get('content-type') ?? '';
      return (type.includes('json') ? await response.json() : await response.text()) as never;
    },
  };
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback = {
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    detail: '',
    code: 'INTERNAL',
    next: '',
  };
  const body: unknown = await response.json().catch(() => undefined);
  return typeof body === 'object' && body !== null ? { ...fallback, ...body } : fallback;
}
