/** Routes: the server itself: what comes in, how it is, what it says live. */
import { z } from 'zod';
import { recordSchema } from './record.schema.ts';
import { count, none } from './route-fields.ts';

const sourceStatusSchema = z.object({
  id: z.string(),
  state: z.enum(['following', 'waiting', 'missing', 'denied', 'failed', 'off']),
  /** Why it was chosen or not, in words, with the command that mends it. */
  reason: z.string(),
  records: count,
  last_seen: z.iso.datetime().nullable(),
});
export type SourceStatus = z.infer<typeof sourceStatusSchema>;

const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  started: z.iso.datetime(),
  host: z.string(),
  /** Number of the last commit. */
  batch: count,
  events: count,
  /** What is kept, and how long it will last; absent until the store was tidied for the first time. */
  kept: z
    .object({
      days: count,
      oldest: z.iso.date().optional(),
      bytes: count,
      free: count,
      per_day: count.optional(),
      lasts: count.optional().describe('Days that will be kept at the rate of the last two weeks.'),
      ends_by: z.enum(['age', 'size', 'free space']).optional(),
    })
    .optional(),
  /** What of it cannot be read any more; absent where all is well. */
  damage: z
    .object({
      places: count,
      first: z
        .array(z.object({ what: z.string(), reason: z.string() }))
        .describe('At most ten of them. porchlight doctor --verify names all.'),
    })
    .optional(),
  /** Absent where none was ever made. */
  backup: z
    .object({
      made: z.iso.datetime(),
      days: count,
      old: z.boolean().describe('Older than backup.remind_days in the configuration.'),
    })
    .optional(),
  /** ms between two looks at the machine; absent while nothing looks. */
  check_every: count.optional(),
  sources: z.array(sourceStatusSchema),
  counters: z.array(z.object({ name: z.string(), label: z.string(), value: z.number() })),
});

const logsReply = z.object({
  status: z.literal('ok'),
  accepted: count,
  rejected: z.array(z.object({ index: count, reason: z.string() })),
});

export const serverRoutes = {
  postLogs: {
    summary: 'Take in logs: one JSON object, an array, or NDJSON; gzip or zstd.',
    access: 'agent',
    params: none,
    query: none,
    body: z.union([recordSchema, z.array(recordSchema)]),
    status: 201,
    response: logsReply,
  },
  health: {
    summary: 'How the server and its sources are.',
    access: 'viewer',
    params: none,
    query: none,
    body: undefined,
    status: 200,
    response: healthSchema,
  },
  stream: {
    summary: 'Live stream (server-sent events): alert, event, snapshot, agent.',
    access: 'viewer',
    params: none,
    query: z.object({ events: z.enum(['0', '1']).default('1').describe('0: alerts only.') }),
    body: undefined,
    status: 200,
    response: z.unknown(),
  },
  openapi: {
    summary: 'This description.',
    access: 'public',
    params: none,
    query: none,
    body: undefined,
    status: 200,
    response: z.unknown(),
  },
  metrics: {
    summary: 'Counters for Prometheus.',
    access: 'viewer',
    params: none,
    query: none,
    body: undefined,
    status: 200,
    response: z.string(),
  },
} as const;
