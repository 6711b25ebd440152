/** Routes: stored events, what is asked of them, and saved searches. */
import { z } from 'zod';
import { wireEventSchema } from './event.schema.ts';
import { count, cursor, limit, list, none, queryText, range } from './route-fields.ts';

const searchName = z
  .string()
  .max(80)
  .regex(/^[^\s/\p{C}](?:[^/\p{C}]*[^\s/\p{C}])?$/u)
  .describe('Without slashes, and without spaces at its ends.');
const savedSearchSchema = z.object({ name: z.string(), query: z.string(), saved: z.iso.datetime() });

export const eventRoutes = {
  listEvents: {
    summary: 'Events that a query finds, newest first; oldest first with `after`.',
    access: 'viewer',
    params: none,
    query: z.object({
      q: queryText,
      ...range,
      limit: limit(1000, 100),
      cursor: cursor.optional(),
      after: z
        .string()
        .regex(/^\d{1,15}-\d{1,9}$/)
        .optional()
        .describe('Only events that were stored after this one, in the order they were stored.'),
    }),
    body: undefined,
    status: 200,
    response: list(wireEventSchema),
  },
  eventHistogram: {
    summary: 'How many events a query finds, over time.',
    access: 'viewer',
    params: none,
    query: z.object({ q: queryText, ...range, bins: limit(500, 96) }),
    body: undefined,
    status: 200,
    response: z.object({
      from: z.iso.datetime(),
      to: z.iso.datetime(),
      /** Width of a bin, ms. */
      step: count,
      counts: z.array(count),
      total: count,
    }),
  },
  eventValues: {
    summary: 'The commonest values of a field among the events a query finds.',
    access: 'viewer',
    params: none,
    query: z.object({ field: z.string().min(1).max(300), q: queryText, ...range, limit: limit(100, 10) }),
    body: undefined,
    status: 200,
    response: z.object({ field: z.string(), distinct: count, values: z.array(z.object({ value: z.string(), count })) }),
  },
  eventTable: {
    summary: 'The table that a pipe makes: `| count by source.ip`, `| top 10 user.name`, `| histogram 5m`.',
    access: 'viewer',
    params: none,
    query: z.object({ q: queryText, ...range }),
    body: undefined,
    status: 200,
    response: z.object({
      /** The last one is `count`; times are ISO 8601. */
      columns: z.array(z.string()),
      rows: z.array(z.array(z.union([z.string(), z.number()]))),
      total: count.describe('Events that were found.'),
      groups: count.describe('Rows there would be without a limit.'),
      left_out: count.describe('Not counted, because there were too many groups to keep apart.'),
    }),
  },
  completeQuery: {
    summary: 'What may be written at a place in a query: fields, values of a field, the words of a pipe.',
    access: 'viewer',
    params: none,
    query: z.object({ q: queryText, at: z.coerce.number().int().min(0).max(2000).describe('Where the cursor is.') }),
    body: undefined,
    status: 200,
    response: z.object({
      /** The text between these indexes would be replaced. */
      from: count,
      to: count,
      items: z.array(z.object({ text: z.string(), detail: z.string() })),
    }),
  },
  listSearches: {
    summary: 'Saved searches, by name.',
    access: 'viewer',
    params: none,
    query: none,
    body: undefined,
    status: 200,
    response: list(savedSearchSchema),
  },
  saveSearch: {
    summary: 'Save a query under a name, in place of one that has it.',
    access: 'admin',
    params: z.object({ name: searchName }),
    query: none,
    body: z.strictObject({ query: z.string().min(1).max(2000) }),
    status: 200,
    response: savedSearchSchema,
  },
  removeSearch: {
    summary: 'Forget a saved search.',
    access: 'admin',
    params: z.object({ name: searchName }),
    query: none,
    body: undefined,
    status: 200,
    response: z.object({ name: z.string() }),
  },
} as const;
