import { z } from 'zod';
import { LEVELS } from './level.ts';
import { RULE_STATUSES } from './rule-status.ts';

export const ruleInfoSchema = z.object({
  id: z.string(),
  title: z.string(),
  level: z.enum(LEVELS),
  kind: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  file: z.string(),
  type: z.enum(['detection', 'correlation']),
  alerts: z.boolean().describe('False: it only feeds correlations.'),
});
export type RuleInfo = z.infer<typeof ruleInfoSchema>;

/** What a rule does when it matches. */
const RULE_STATES = ['alerts', 'records', 'feeds', 'off'] as const;

/** A rule as people see it: what it says of itself, and what the house made of it. */
export const listedRuleSchema = ruleInfoSchema.omit({ alerts: true }).extend({
  line: z.int().describe('Where it begins in its file, from 1.'),
  set: z.string().describe('porchlight for our own, folder for folders of the configuration, else the installed set.'),
  status: z.enum(RULE_STATUSES).nullable().describe('As its author says; null where nothing is said.'),
  product: z.string(),
  category: z.string(),
  service: z.string(),
  written_level: z.enum(LEVELS).describe('Its author’s; level is what is in force.'),
  state: z
    .enum(RULE_STATES)
    .describe(
      'alerts: raises alerts. records: is noted on the event. feeds: only feeds correlations. off: does not run.',
    ),
  reason: z.string().describe('Why it does not raise alerts; empty where it does.'),
  remarks: z.array(z.string()).describe('It cannot fire here, and why; or what of it has no effect.'),
});
export type ListedRule = z.infer<typeof listedRuleSchema>;

export const ruleProblemSchema = z.object({
  file: z.string(),
  line: z.int(),
  column: z.int().optional().describe('From 1, where it is known.'),
  title: z.string(),
  reason: z.string(),
});
