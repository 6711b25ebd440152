/**
 * The route table: one entry a route, and everything follows from it: handlers (`api`), the typed client, `/api/openapi.json`
 * and the test that walks every route, role and method.
 */
import type { z } from 'zod';
import type { Access } from './access.ts';
import { PATHS, type RouteName } from './paths.ts';
import { agentRoutes } from './routes-agents.ts';
import { alertRoutes } from './routes-alerts.ts';
import { eventRoutes } from './routes-events.ts';
import { machineRoutes } from './routes-machines.ts';
import { ruleRoutes } from './routes-rules.ts';
import { serverRoutes } from './routes-server.ts';

export type { SourceStatus } from './routes-server.ts';

export const routes = {
  ...serverRoutes,
  ...alertRoutes,
  ...eventRoutes,
  ...machineRoutes,
  ...agentRoutes,
  ...ruleRoutes,
} as const satisfies Record<RouteName, RouteSpec>;

interface RouteSpec {
  readonly summary: string;
  readonly access: Access;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | undefined;
  readonly status: number;
  readonly response: z.ZodType;
}

export type Routes = typeof routes;
export type RouteQuery<N extends RouteName> = z.input<Routes[N]['query']>;
export type ParsedQuery<N extends RouteName> = z.output<Routes[N]['query']>;
export type RouteParams<N extends RouteName> = z.input<Routes[N]['params']>;
export type RouteBody<N extends RouteName> = Routes[N]['body'] extends z.ZodType
  ? z.input<Routes[N]['body']>
  : undefined;
export type RouteResponse<N extends RouteName> = z.output<Routes[N]['response']>;

export const routeOf = (name: RouteName) => ({ ...PATHS[name], ...routes[name] });
