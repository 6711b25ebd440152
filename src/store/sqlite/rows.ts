/** What the database says is checked like anything else from outside: bits flip, and people edit files. */
import { z } from 'zod';
import { type Alert, ALERT_STATUSES, LEVELS, stepSchema } from '#contract';

const alertState = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.string(),
  level: z.enum(LEVELS),
  status: z.enum(ALERT_STATUSES),
  count: z.number(),
  evidence_count: z.number(),
  first_seen: z.number(),
  last_seen: z.number(),
  rule: z.object({ id: z.string(), title: z.string() }),
  entity: z.string(),
  entity_field: z.string(),
  host: z.string(),
  sentence: z.string(),
  steps: z.array(stepSchema),
  tags: z.array(z.string()),
  historic: z.boolean(),
}) satisfies z.ZodType<Alert>;

/** Undefined, and reported, where the row is not an alert. */
export function readAlert(row: Record<string, unknown>, report: (reason: string) => void): Alert | undefined {
  try {
    return alertState.parse(JSON.parse(String(row['state'])));
  } catch (error) {
    report(`Alert ${String(row['id'])} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
