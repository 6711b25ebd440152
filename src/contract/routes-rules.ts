/** Routes: detection rules. */
import { z } from 'zod';
import { backtestLineSchema, backtestRequestSchema } from './backtest.schema.ts';
import { count, none } from './route-fields.ts';
import { listedRuleSchema, ruleProblemSchema } from './rule.schema.ts';

export const ruleRoutes = {
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
  backtestRule: {
    summary:
      'Try a rule on what is stored: lines of JSON, one `begun`, some `so_far`, one `done`. Closing the connection ends it.',
    access: 'admin',
    params: none,
    query: none,
    body: backtestRequestSchema,
    status: 200,
    response: backtestLineSchema,
  },
} as const;
