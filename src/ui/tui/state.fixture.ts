/** An alert with nothing special about it. */
import type { Level, WireAlert } from '#contract';

export const plainAlert = (id: string, level: Level = 'medium'): WireAlert => ({
  id,
  title: 'Port Scan',
  kind: 'Scanning',
  level,
  status: 'open',
  count: 1,
  first_seen: '2025-11-30T20:00:00.000Z',
  last_seen: '2025-11-30T20:00:00.000Z',
  rule: { id: 'r', title: 'Port Scan' },
  entity: '',
  entity_field: '',
  host: 'nas',
  sentence: `number ${id} of them`,
  steps: [],
  tags: [],
  historic: false,
  evidence: [],
  evidence_omitted: 0,
  history: [],
});
