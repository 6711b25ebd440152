/** The rule time machine over HTTP: what is asked, and the lines that answer, one JSON object each. */
import { z } from 'zod';
import { wireEventSchema } from './event.schema.ts';
import { LEVELS } from './level.ts';
import { count, timeBound } from './route-fields.ts';
import { ruleProblemSchema } from './rule.schema.ts';

export const backtestRequestSchema = z
  .strictObject({
    rule: z.string().min(1).max(60_000).optional().describe('Sigma rules as YAML text, with what they refer to.'),
    id: z.string().min(1).max(2000).optional().describe('Or the id of a rule that is listed; off or not.'),
    from: timeBound.default('-30d'),
    to: timeBound.optional(),
    host: z.string().min(1).max(300).optional().describe('Events of this machine only.'),
  })
  .refine(({ rule, id }) => (rule === undefined) !== (id === undefined), { error: 'give either rule or id' });

const found = z.object({
  /** Events that were looked at. */
  events: count,
  hits: count,
  days: z.array(z.object({ day: z.iso.date(), hits: count })).describe('Every day of the span, oldest first.'),
});

const begun = z.object({
  kind: z.literal('begun'),
  rules: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      level: z.enum(LEVELS),
      alerts: z.boolean(),
      /** Why it would only be noted on the event; empty where it would alert. */
      reason: z.string(),
    }),
  ),
  remarks: z.array(ruleProblemSchema).describe('It cannot fire here, or a part of it has no effect.'),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  notify_level: z.enum(LEVELS).describe('Alerts of this level and higher are pushed.'),
  /** Events that will be looked at. */
  total: count,
});

const done = found.extend({
  kind: z.literal('done'),
  stopped: z.enum(['time']).nullable().describe('It took too long, and this is what was found so far; or null.'),
  samples: z.array(wireEventSchema).describe('The newest of the events that were hit, newest last.'),
  alert_count: count,
  alerts: z
    .array(
      z.object({
        title: z.string(),
        level: z.enum(LEVELS),
        entity: z.string(),
        count,
        first_seen: z.iso.datetime(),
        last_seen: z.iso.datetime(),
        sentence: z.string(),
      }),
    )
    .describe('The first that the hits would have folded into.'),
  push_count: count.describe('Messages that would have been sent, to each channel.'),
  pushes: z.array(z.object({ title: z.string(), level: z.enum(LEVELS), text: z.string() })),
});

const failed = z.object({
  kind: z.literal('failed'),
  title: z.string(),
  detail: z.string(),
  code: z.string(),
  next: z.string(),
});

export const backtestLineSchema = z.discriminatedUnion('kind', [
  begun,
  found.extend({ kind: z.literal('so_far') }),
  done,
  failed.describe('It began, and could not end.'),
]);

export type BacktestRequest = z.output<typeof backtestRequestSchema>;
export type BacktestLine = z.output<typeof backtestLineSchema>;
export type BacktestBegun = z.output<typeof begun>;
export type BacktestFound = z.output<typeof found>;
export type BacktestDone = z.output<typeof done>;
