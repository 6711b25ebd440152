/** One handler a route; the compiler holds this list and the route table together. */
import type { Handlers, Means } from './handler.ts';
import { agentHandlers } from './handlers/agents.ts';
import { alertHandlers } from './handlers/alerts.ts';
import { eventHandlers } from './handlers/events.ts';
import { healthHandlers } from './handlers/health.ts';
import { logHandlers } from './handlers/logs.ts';
import { searchHandlers } from './handlers/searches.ts';
import { ruleHandlers } from './handlers/rules.ts';
import { serverHandlers } from './handlers/server.ts';
import { streamHandlers } from './handlers/stream.ts';

export const handlersOf = (means: Means): Handlers => ({
  ...logHandlers(means),
  ...agentHandlers(means),
  ...alertHandlers(means),
  ...eventHandlers(means),
  ...healthHandlers(means),
  ...searchHandlers(means),
  ...ruleHandlers(means),
  ...serverHandlers(means),
  ...streamHandlers(means),
});
