/**
 * The route table: one entry a route, and everything follows from it: handlers (`api`), the typed client, `/api/openapi.json`
 * and the test that walks every route, role and method.
 */
import { z } from 'zod';
import type { Access } from './access.ts';
import { ALERT_STATUSES } from './alert.ts';
import { LEVELS } from './level.ts';
import { PATHS, type RouteName } from './paths.ts';
import { agentListSchema, agentName, invitationSchema } from './agent.schema.ts';
import { alertSchema } from './alert.schema.ts';
import { wireEventSchema } from './event.schema.ts';
import { recordSchema } from './record.schema.ts';
import { listedRuleSchema, ruleProblemSchema } from './rule.schema.ts';
import { hostScoreSchema, metricPointSchema, scoreReplySchema } from './snapshot.schema.ts';

const cursor = z.string().max(100);
const limit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);
const queryText = z
  .string()
  .max(2000)
  .default('')
  .describe('Words, "phrases", field:value, ranges, /expressions/, -not; all must hold.');
/** What the language of queries reads as a time: whether it is one is found out behind the door. */
const timeBound = z
  .string()
  .regex(/^(?:now|-|\d{4})[\d\w:.+ -]{0,40}$/)
  .describe('ISO 8601, a day such as 2026-03-14, or relative to now: -15m, now-24h, -7d.');
const range = { from: timeBound.optional(), to: timeBound.optional() };
const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });
const none = z.object({});
const host = z.string().max(300).optional().describe('Without it: the machine that Porchlight runs on.');
const count = z.int().min(0);

const searchName = z
  .string()
  .max(80)
  .regex(/^[^\s/\p{C}](?:[^/\p{C}]*[^\s/\p{C}])?$/u)
  .describe('Without slashes, and without spaces at its ends.');
const savedSearchSchema = z.object({ name: z.string(), query: z.string(), saved: z.iso.datetime() });

export const sourceStatusSchema = z.object({
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

export const routes = {
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
  listAgents: {
    summary: 'Agents: how each stands, what it read, sent and lost.',
    access: 'viewer',
    params: none,
    query: none,
    body: undefined,
    status: 200,
    response: agentListSchema,
  },
  addAgent: {
    summary: 'Invite an agent; replies a token for one use within 30 minutes.',
    access: 'admin',
    params: none,
    query: none,
    body: z.strictObject({
      name: agentName,
      again: z.boolean().default(false).describe('For one that is enrolled: its keys end when the token is used.'),
    }),
    status: 201,
    response: invitationSchema,
  },
  dropAgent: {
    summary: 'Revoke an agent’s keys at once; with `forget` take it off the list too. Its events stay.',
    access: 'admin',
    params: z.object({ name: agentName }),
    query: z.object({ forget: z.enum(['0', '1']).default('0') }),
    body: undefined,
    status: 200,
    response: z.object({ name: z.string(), state: z.enum(['revoked', 'removed']) }),
  },
  rotateAgent: {
    summary: 'Ask an agent to change its key; it does with its next batch, and both hold until the new one was used.',
    access: 'admin',
    params: z.object({ name: agentName }),
    query: none,
    body: undefined,
    status: 200,
    response: z.object({ name: z.string(), rotating: z.literal(true) }),
  },
  listRules: {
    summary:
      'Rules that are loaded, those that were refused with the reason, and remarks on those that cannot fire here.',
    access: 'viewer',
    params: none,
    query: none,
    body: undefined,
    status: 200,
    response: z.object({
      items: z.array(listedRuleSchema),
      problems: z.array(ruleProblemSchema),
      remarks: z
        .array(ruleProblemSchema)
        .describe('On rules that are loaded though they cannot fire here, or though a part of them has no effect.'),
      next: z.null(),
    }),
  },
  switchRule: {
    summary:
      'Switch a rule on or off by hand, or leave it to the configuration again. It is in force when this answers.',
    access: 'admin',
    params: none,
    query: none,
    body: z.strictObject({
      id: z.string().min(1).max(2000).describe('In the body, since ids may be anything.'),
      to: z.enum(['on', 'off']).nullable().describe('null: as the configuration says.'),
    }),
    status: 200,
    response: listedRuleSchema,
  },
  reloadRules: {
    summary: 'Read configuration of rules, folders and sets anew. They are in force when this answers.',
    access: 'admin',
    params: none,
    query: none,
    body: undefined,
    status: 200,
    response: z.object({ rules: count, problems: count }),
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
