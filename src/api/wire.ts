/** What the store keeps → what HTTP and the live stream show: ISO times, evidence as wire events. */
import { isoTime, type ScoredSnapshot, type SnapshotMessage, toWire, type WireAlert, type WireEvent } from '#contract';
import type { StoredAlert, StoredEvent } from '#store';
import type { DeepReadonly } from './deep-readonly.ts';

/** Evidence that a list or a live message shows of an alert: how it began and how it stands. */
const GLIMPSE = { first: 3, last: 7 } as const;

export const wireEvent = ({ id, event }: StoredEvent): WireEvent => toWire(event, id);

export function wireAlert({ alert, evidence, history }: StoredAlert): DeepReadonly<WireAlert> {
  const { evidence_count, sentence_form: _, ...rest } = alert;
  return {
    ...rest,
    first_seen: isoTime(alert.first_seen),
    last_seen: isoTime(alert.last_seen),
    evidence: evidence.map(wireEvent),
    evidence_omitted: Math.max(0, evidence_count - evidence.length),
    history: history.map((entry) => ({ ...entry, at: isoTime(entry.at) })),
  };
}

/** The same alert with as little evidence as a list shows, however much of it the store handed out. */
export function wireAlertGlimpse(stored: StoredAlert): DeepReadonly<WireAlert> {
  const { evidence } = stored;
  if (evidence.length <= GLIMPSE.first + GLIMPSE.last) return wireAlert(stored);
  const shown = [...evidence.slice(0, GLIMPSE.first), ...evidence.slice(-GLIMPSE.last)];
  return wireAlert({ ...stored, evidence: shown });
}

export function wireSnapshot({ snapshot, score }: ScoredSnapshot): SnapshotMessage {
  const { host, at, load, memory, connections } = snapshot;
  return {
    host,
    at: isoTime(at),
    score: score.score,
    load: load[0],
    memory_pct: memory.total === 0 ? 0 : Math.round((memory.used / memory.total) * 1000) / 10,
    connections: connections?.established ?? null,
  };
}
