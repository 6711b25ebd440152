import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const wireEventSchema = z
  .record(z.string(), z.union([scalar, z.array(scalar)]))
  .describe('A flat ECS record; @timestamp and event.ingested are ISO 8601 in UTC.');
