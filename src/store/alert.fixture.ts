import type { Alert } from '#contract';

/** An alert as the pipeline commits it, once seen; `changes` make it another. */
export const alertOf = (id: number, changes: Partial<Alert> = {}): Alert => ({
  id: String(id),
  title: 't',
  kind: 'k',
  level: 'high',
  status: 'open',
  count: 1,
  evidence_count: 1,
  first_seen: 1,
  last_seen: 1,
  rule: { id: 'r', title: 't' },
  entity: '',
  entity_field: '',
  host: 'nas',
  sentence: 's',
  steps: [],
  tags: [],
  historic: false,
  ...changes,
});
