/** Routes: the health of machines. */
import { z } from 'zod';
import { host, limit, none, range } from './route-fields.ts';
import { hostScoreSchema, metricPointSchema, scoreReplySchema } from './snapshot.schema.ts';

export const machineRoutes = {
  score: {
    summary: 'The last score of a machine, where its points went, and what was seen.',
    access: 'viewer',
    params: none,
    query: z.object({ host }),
    body: undefined,
    status: 200,
    response: scoreReplySchema,
  },
  listMetrics: {
    summary: 'Score, load, memory and connections of a machine over time, oldest first.',
    access: 'viewer',
    params: none,
    query: z.object({
      host,
      ...range,
      limit: limit(100_000, 50).describe('The newest so many of the time asked for.'),
    }),
    body: undefined,
    status: 200,
    response: z.object({ host: z.string(), items: z.array(metricPointSchema), next: z.null() }),
  },
  hosts: {
    summary: 'Machines that were scored, with their last score.',
    access: 'viewer',
    params: none,
    query: none,
    body: undefined,
    status: 200,
    response: z.object({ items: z.array(hostScoreSchema), next: z.null() }),
  },
} as const;
