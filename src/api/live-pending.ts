/** What commits brought and the live stream has not sent yet. Bounded: alerts by their number, events by LATEST. */
import type { AgentMessage, EventId, ScoredSnapshot } from '#contract';
import type { Store, StoredEvent } from '#store';
import type { CommitNotice } from './backend.ts';
import type { LiveMessage } from './live.ts';
import { wireAlertGlimpse, wireEvent, wireSnapshot } from './wire.ts';

/** Events that one interval shows. */
const LATEST = 50;
/** Alerts in one message: about 100 kB with their evidence. */
const ALERTS_A_MESSAGE = 20;

export interface Taken {
  readonly alertIds: readonly string[];
  readonly events: readonly StoredEvent[];
  readonly omitted: number;
  readonly last: EventId | undefined;
  /** The last look at each machine. */
  readonly snapshots: readonly ScoredSnapshot[];
  /** How each agent stands that was heard or changed. */
  readonly agents: readonly AgentMessage[];
  /** The last commit that this completes; undefined when it only runs ahead. */
  readonly through: number | undefined;
}

export interface Pending {
  add(notice: CommitNotice): void;
  addAgent(message: AgentMessage): void;
  /** Whether an alert waits that was not sent in this interval. */
  hasNewAlerts(): boolean;
  takeNewAlerts(): Taken;
  /** Everything; a new interval begins. */
  takeAll(): Taken;
  /** Reads the alerts as they are now. Rejects when the store does. */
  messages(taken: Taken): Promise<LiveMessage[]>;
  /** Sending failed: next time. */
  putBack(taken: Taken): void;
  clear(): void;
}

export function pendingChanges(store: Pick<Store, 'alert'>): Pending {
  const alertIds = new Set<string>();
  const sentNow = new Set<string>();
  let events: readonly StoredEvent[] = [];
  let seen = 0;
  let last: EventId | undefined;
  let through: number | undefined;
  const snapshots = new Map<string, ScoredSnapshot>();
  const agents = new Map<string, AgentMessage>();

  function addEvents(more: readonly StoredEvent[], count: number, newest: EventId | undefined): void {
    events = [...events, ...more].slice(-LATEST);
    seen += count;
    last = newest ?? last;
  }

  return {
    add(notice) {
      for (const id of notice.alertIds) alertIds.add(id);
      addEvents(notice.preview, notice.eventCount, notice.last);
      for (const scored of notice.snapshots ?? []) snapshots.set(scored.snapshot.host, scored);
      through = notice.batch;
    },
    addAgent: (message) => void agents.set(message.name, message),
    hasNewAlerts: () => alertIds.values().some((id) => !sentNow.has(id)),
    takeNewAlerts() {
      const fresh = [...alertIds].filter((id) => !sentNow.has(id));
      for (const id of fresh) {
        alertIds.delete(id);
        sentNow.add(id);
      }
      return {
        alertIds: fresh,
        events: [],
        omitted: 0,
        last: undefined,
        snapshots: [],
        agents: [],
        through: undefined,
      };
    },
    takeAll() {
      const taken = {
        alertIds: [...alertIds],
        events,
        omitted: seen - events.length,
        last,
        snapshots: [...snapshots.values()],
        agents: [...agents.values()],
        through,
      };
      this.clear();
      return taken;
    },
    async messages(taken) {
      const messages: LiveMessage[] = [];
      for (let at = 0; at < taken.alertIds.length; at += ALERTS_A_MESSAGE) {
        const ids = taken.alertIds.slice(at, at + ALERTS_A_MESSAGE);
        const alerts = (await Promise.all(ids.map((id) => store.alert(id)))).filter((alert) => alert !== undefined);
        if (alerts.length > 0) messages.push({ event: 'alert', data: { alerts: alerts.map(wireAlertGlimpse) } });
      }
      const { events: shown, omitted, last: newest } = taken;
      if (shown.length + omitted > 0) {
        messages.push({ event: 'event', data: { events: shown.map(wireEvent), omitted, last: newest } });
      }
      for (const scored of taken.snapshots) messages.push({ event: 'snapshot', data: wireSnapshot(scored) });
      for (const agent of taken.agents) messages.push({ event: 'agent', data: agent });
      return messages;
    },
    putBack(taken) {
      for (const id of taken.alertIds) alertIds.add(id);
      const later = { events, seen, last };
      events = [];
      seen = 0;
      addEvents(taken.events, taken.events.length + taken.omitted, taken.last);
      addEvents(later.events, later.seen, later.last);
      for (const scored of taken.snapshots)
        if (!snapshots.has(scored.snapshot.host)) snapshots.set(scored.snapshot.host, scored);
      for (const agent of taken.agents) if (!agents.has(agent.name)) agents.set(agent.name, agent);
      through ??= taken.through;
    },
    clear() {
      alertIds.clear();
      sentNow.clear();
      snapshots.clear();
      agents.clear();
      events = [];
      seen = 0;
      last = undefined;
      through = undefined;
    },
  };
}
