/** A Sigma rule file, as the catalogue hands it to the engine and as `/api/rules` lists it. */
import { z } from 'zod';
import { LEVELS } from './level.ts';

/** One YAML document of a rule file, already parsed; the engine never reads files. */
export interface RuleDocument {
  readonly file: string;
  /** 1-based line where the document starts. */
  readonly line: number;
  readonly content: unknown;
}

/** Why a rule was refused, in words that name the place. */
export interface RuleProblem {
  readonly file: string;
  readonly line: number;
  readonly title: string;
  readonly reason: string;
}

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
