/** Routes: alerts. */
import { z } from 'zod';
import { alertSchema } from './alert.schema.ts';
import { ALERT_STATUSES } from './alert.ts';
import { LEVELS } from './level.ts';
import { count, cursor, limit, list, none } from './route-fields.ts';

const summary = z.object({
  levels: z.record(z.enum(LEVELS), count).describe('Open alerts by level.'),
  statuses: z.record(z.enum(ALERT_STATUSES), count),
  kinds: z
    .array(z.object({ kind: z.string(), count }))
    .describe('Alerts seen in the last 24 hours by kind, most first.'),
  /** Events those alerts were folded from, all told. */
  folded: count,
  worst: alertSchema.nullable().describe('The open alert to look at first: highest level, then newest.'),
});

export const alertRoutes = {
  listAlerts: {
    summary: 'Alerts, newest first.',
    access: 'viewer',
    params: none,
    query: z.object({
      status: z.enum(ALERT_STATUSES).optional(),
      level: z.enum(LEVELS).optional().describe('This level or higher.'),
      kind: z.string().max(200).optional(),
      q: z.string().max(2000).default('').describe('Words that title, sentence, entity or host contain.'),
      limit: limit(500, 100),
      cursor: cursor.optional(),
    }),
    body: undefined,
    status: 200,
    response: list(alertSchema),
  },
  alertSummary: {
    summary: 'Open alerts by level and kind.',
    access: 'viewer',
    params: none,
    query: none,
    body: undefined,
    status: 200,
    response: summary,
  },
  getAlert: {
    summary: 'One alert with its evidence and history.',
    access: 'viewer',
    params: z.object({ id: z.string().regex(/^\d{1,15}$/) }),
    query: none,
    body: undefined,
    status: 200,
    response: alertSchema,
  },
  patchAlert: {
    summary: 'Acknowledge, close or open again.',
    access: 'admin',
    params: z.object({ id: z.string().regex(/^\d{1,15}$/) }),
    query: none,
    body: z.strictObject({ status: z.enum(ALERT_STATUSES), note: z.string().max(2000).default('') }),
    status: 200,
    response: alertSchema,
  },
} as const;
