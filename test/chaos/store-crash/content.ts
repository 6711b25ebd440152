/**
 * What batch n holds, from n and the seed alone: the process that commits and the one that checks agree without talking.
 * Everything in a batch says the same number, so half a commit shows.
 */
import { createHash } from 'node:crypto';
import { type Alert, type AlertChange, type Event, evidenceSlot, newFields } from '#contract';
import { type Commit, encodeBatch } from '#store';

const ALERTS = 5;
const START = Date.UTC(2026, 2, 14);
const DAY = 86_400_000;
/** So many batches come in a day, so that days are thrown away while it goes on. */
const A_DAY = 40;
/** Days that are kept. */
export const KEPT_DAYS = 3;

/** When a batch came in, ms. */
export const receivedOf = (batch: number): number => START + Math.trunc((batch * DAY) / A_DAY);

/** A whole number below `most`, always the same for the same words. */
export function chance(most: number, ...words: readonly (string | number)[]): number {
  return createHash('sha256').update(words.join(' ')).digest().readUInt32LE(0) % most;
}

/** Mostly small ones, some that are squeezed, some larger than the log may grow. */
export function eventCount(seed: number, batch: number): number {
  const sizes = [1, 1, 2, 5, 10, 20, 60, 400] as const;
  return sizes[chance(sizes.length, seed, batch)] ?? 1;
}

/** Before or ahead of its batch, ms: up to two days late; a few say a time that nobody believes. */
function late(seed: number, batch: number, n: number): number {
  const roll = chance(40, seed, batch, n, 'day');
  if (roll === 0) return 40 * DAY;
  return roll === 1 ? -5 * DAY : (roll % 3) * DAY;
}

export function eventOf(seed: number, batch: number, n: number): Event {
  const event = newFields();
  event['@timestamp'] = receivedOf(batch) + n - late(seed, batch, n);
  event['event.ingested'] = receivedOf(batch);
  event['message'] = `${batch}/${n} ${createHash('sha512').update(`${seed} ${batch} ${n}`).digest('hex')}`;
  return event as Event;
}

/** The day whose file the event lies in once it is sealed. */
export function dayOf(seed: number, batch: number, n: number): string {
  const before = late(seed, batch, n);
  const believed = before >= 0 && before < KEPT_DAYS * DAY;
  const time = believed ? receivedOf(batch) + n - before : receivedOf(batch);
  return new Date(time).toISOString().slice(0, 10);
}

export interface Totals {
  readonly events: number;
  /** By alert, from 1: commits that changed it. */
  readonly alerts: readonly number[];
}

export const nothing: Totals = { events: 0, alerts: Array.from({ length: ALERTS + 1 }, () => 0) };

export const alertOfBatch = (batch: number): number => 1 + (batch % ALERTS);

export function plus(before: Totals, seed: number, batch: number): Totals {
  const alerts = before.alerts.map((count, id) => (id === alertOfBatch(batch) ? count + 1 : count));
  return { events: before.events + eventCount(seed, batch), alerts };
}

/** The commit of a batch; `after` counts it and all before it. */
export function commitOf(seed: number, batch: number, after: Totals): Commit {
  const events = Array.from({ length: eventCount(seed, batch) }, (_, n) => eventOf(seed, batch, n));
  return {
    batch,
    received: receivedOf(batch),
    events: encodeBatch(events),
    hits: batch % 3 === 0 ? 1 : 0,
    marks: [{ key: 'file:1:2', mark: after.events, detail: String(batch) }],
    alerts: [changeOf(batch, after, events[0])],
    outbox: [
      { alertId: String(alertOfBatch(batch)), channel: 'test', title: 'Batch', text: String(batch), level: 'high' },
    ],
  };
}

function changeOf(batch: number, after: Totals, event: Event | undefined): AlertChange {
  const id = alertOfBatch(batch);
  const count = after.alerts[id] ?? 0;
  const alert: Alert = {
    id: String(id),
    title: 'Crash test',
    kind: 'Test',
    level: 'high',
    status: 'open',
    count,
    evidence_count: count,
    first_seen: START,
    last_seen: receivedOf(batch),
    rule: { id: 'crash', title: 'Crash test' },
    entity: '',
    entity_field: '',
    host: 'nas',
    sentence: `Batch ${batch} was the last.`,
    steps: [],
    tags: [],
    historic: false,
  };
  const evidence = event === undefined ? [] : [{ slot: evidenceSlot(count - 1), id: `${batch}-0` as const, event }];
  return { alert, evidence, history: [{ at: batch, by: 'test', action: 'opened', note: String(batch) }] };
}
