/** Fields that several routes have. */
import { z } from 'zod';

export const cursor = z.string().max(100);
export const limit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);
export const queryText = z
  .string()
  .max(2000)
  .default('')
  .describe('Words, "phrases", field:value, ranges, /expressions/, -not; all must hold.');
/** What the language of queries reads as a time: whether it is one is found out behind the door. */
export const timeBound = z
  .string()
  .regex(/^(?:now|-|\d{4})[\d\w:.+ -]{0,40}$/)
  .describe('ISO 8601, a day such as 2026-03-14, or relative to now: -15m, now-24h, -7d.');
export const range = { from: timeBound.optional(), to: timeBound.optional() };
export const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });
export const none = z.object({});
export const host = z.string().max(300).optional().describe('Without it: the machine that Porchlight runs on.');
export const count = z.int().min(0);
