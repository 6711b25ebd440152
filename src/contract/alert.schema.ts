import { z } from 'zod';
import { ALERT_STATUSES } from './alert.ts';
import { LEVELS } from './level.ts';
import { wireEventSchema } from './event.schema.ts';

const stepSchema = z.object({ text: z.string(), command: z.string().optional() });

const isoTimestamp = z.iso.datetime();

const historyEntrySchema = z.object({
  at: isoTimestamp,
  by: z.string(),
  action: z.enum(['opened', ...ALERT_STATUSES]),
  note: z.string(),
});

export const alertSchema = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.string(),
  level: z.enum(LEVELS),
  status: z.enum(ALERT_STATUSES),
  count: z.int(),
  first_seen: isoTimestamp,
  last_seen: isoTimestamp,
  rule: z.object({ id: z.string(), title: z.string() }),
  entity: z.string(),
  entity_field: z.string(),
  host: z.string(),
  sentence: z.string(),
  steps: z.array(stepSchema),
  tags: z.array(z.string()),
  historic: z.boolean(),
  /** Oldest first. A list shows the first and the last few; the alert's own page up to 50. */
  evidence: z.array(wireEventSchema),
  /** Matching events that are not in `evidence`; they stand between its first and its last ones. */
  evidence_omitted: z.int(),
  history: z.array(historyEntrySchema),
});
export type WireAlert = z.infer<typeof alertSchema>;
