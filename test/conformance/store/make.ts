/** Things to store, made small: each takes only what the case is about. */
import { type Alert, type AlertChange, type Event, type Evidence, type HistoryEntry, newFields } from '#contract';
import { type Commit, encodeBatch, type OutboxEntry } from '#store';

export const NOON = Date.UTC(2026, 2, 14, 12);

export function eventAt(time: number, fields: Readonly<Record<string, unknown>> = {}): Event {
  const event = newFields();
  event['@timestamp'] = time;
  event['event.ingested'] = NOON;
  Object.assign(event, fields);
  return event as Event;
}

export function commitOf(batch: number, events: readonly Event[], rest: Partial<Commit> = {}): Commit {
  const received = NOON + batch;
  return { batch, received, events: encodeBatch(events), hits: 0, marks: [], alerts: [], outbox: [], ...rest };
}

export function alertOf(id: number, rest: Partial<Alert> = {}): Alert {
  return {
    id: String(id),
    title: 'SSH password guessing',
    kind: 'Password guessing',
    level: 'high',
    status: 'open',
    count: 1,
    evidence_count: 0,
    first_seen: NOON,
    last_seen: NOON + id,
    rule: { id: 'c0ffee00-0000-4000-8000-000000000001', title: 'SSH password guessing' },
    entity: '203.0.113.7',
    entity_field: 'source.ip',
    host: 'nas',
    sentence: '203.0.113.7 guessed at passwords on nas.',
    steps: [{ text: 'Block the address.', command: 'ufw deny from 203.0.113.7' }, { text: 'Use keys.' }],
    tags: ['attack.t1110'],
    historic: false,
    ...rest,
  };
}

export const changeOf = (
  alert: Alert,
  evidence: readonly Evidence[] = [],
  history: readonly HistoryEntry[] = [],
): AlertChange => ({ alert, evidence, history });

export const messageOf = (alertId: string, rest: Partial<OutboxEntry> = {}): OutboxEntry => ({
  alertId,
  channel: 'ntfy',
  title: 'Porchlight: high',
  text: '203.0.113.7 guessed at passwords on nas.',
  level: 'high',
  ...rest,
});
