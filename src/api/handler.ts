/** What a route's handler gets and gives. Everything about HTTP itself stays in `register.ts`, but for the raw ones. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { RouteName, RouteResponse } from '#contract';
import type { routes } from '#contract/schema';
import type { Backend } from './backend.ts';
import type { Budget } from './budget.ts';
import type { DeepReadonly } from './deep-readonly.ts';
import type { ApiLimits } from './limits.ts';
import type { LiveStream } from './live.ts';
import type { Principal } from './principal.ts';

type Routes = typeof routes;

/** All that handlers may use. */
export interface Means {
  readonly backend: Backend;
  readonly limits: ApiLimits;
  readonly budget: Budget;
  readonly live: LiveStream;
  readonly now: () => number;
  /** Ends when the server does. */
  readonly closing: AbortSignal;
}

/** A request whose parameters, query and body passed the route's schemas. */
export interface Call<N extends RouteName> {
  readonly params: z.output<Routes[N]['params']>;
  readonly query: z.output<Routes[N]['query']>;
  readonly body: Routes[N]['body'] extends z.ZodType ? z.output<Routes[N]['body']> : undefined;
  readonly principal: Principal;
  /** Ends when the client leaves. */
  readonly signal: AbortSignal;
}

type Answer<N extends RouteName> = DeepReadonly<RouteResponse<N>>;

export type Handler<N extends RouteName> =
  | { readonly kind: 'parsed'; readonly handle: (call: Call<N>) => Promise<Answer<N>> | Answer<N> }
  /** Lines of JSON, as they come. What is thrown before the first one is refused like any other request. */
  | { readonly kind: 'lines'; readonly handle: (call: Call<N>) => AsyncIterable<Answer<N>> }
  /** Reads the body or writes the reply itself: nothing is parsed for it. */
  | {
      readonly kind: 'raw';
      readonly handle: (request: FastifyRequest, reply: FastifyReply, principal: Principal) => unknown;
    };

export type Handlers<N extends RouteName = RouteName> = { readonly [Name in N]: Handler<Name> };
