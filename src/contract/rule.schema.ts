import { z } from 'zod';
import { LEVELS } from './level.ts';

export const ruleInfoSchema = z.object({
  id: z.string(),
  title: z.string(),
  level: z.enum(LEVELS),
  kind: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  file: z.string(),
  type: z.enum(['detection', 'correlation']),
});
export type RuleInfo = z.infer<typeof ruleInfoSchema>;

export const ruleProblemSchema = z.object({ file: z.string(), line: z.int(), title: z.string(), reason: z.string() });
