/**
 * A house to look at: the real API over a real store in a temporary folder, with events and alerts written by hand instead of
 * sources and rules. It can be stopped and started again on its port, and events can come in while it is down.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Api, type Backend, type CommitNotice, createApi } from '#api';
import type {
  AgentMessage,
  AgentStatus,
  Alert,
  AlertChange,
  Event,
  Evidence,
  Fields,
  ListedRule,
  RuleList,
  ScoredSnapshot,
  SourceStatus,
} from '#contract';
import { configSchema } from '#contract/schema';
import { type Counters, counters } from '#lib/counters';
import { encodeBatch, openSqliteStore, type Store } from '#store';
import { lifeOf } from './machine.ts';

const WEB = join(import.meta.dirname, '../../dist/web');

export interface AlertSketch {
  readonly sentence: string;
  readonly title?: string;
  readonly kind?: string;
  readonly level?: Alert['level'];
  readonly count?: number;
  readonly at?: number;
  readonly firstSeen?: number;
  readonly entity?: string;
  readonly host?: string;
  readonly steps?: Alert['steps'];
  readonly tags?: readonly string[];
  /** Evidence, oldest first. */
  readonly lines?: readonly Event[];
}

export interface House {
  readonly url: string;
  readonly store: Store;
  readonly counters: Counters;
  /** Stores events and tells whoever watches. */
  addEvents(events: readonly Event[]): Promise<void>;
  /** Stores alerts with their evidence and tells whoever watches; resolves with their ids. */
  addAlerts(sketches: readonly AlertSketch[]): Promise<readonly string[]>;
  /** Keeps looks at machines and tells whoever watches. */
  addSnapshots(snapshots: readonly ScoredSnapshot[]): Promise<void>;
  /** Tells whoever watches how an agent stands now; it is listed so from here on. */
  addAgent(agent: AgentStatus): void;
  /** The server goes away; the store stays open. */
  stop(): Promise<void>;
  /** It comes back on the same port. */
  start(): Promise<void>;
  /** Live streams that are open. */
  watchers(): number;
  close(): Promise<void>;
}

export interface HouseOptions {
  readonly agents?: readonly AgentStatus[];
  readonly sources?: readonly SourceStatus[];
  readonly rules?: RuleList;
  readonly backtest?: Backend['backtest'];
  readonly damages?: ReturnType<Backend['damages']>;
  readonly lastBackup?: NonNullable<ReturnType<Backend['lastBackup']>>;
  /** What was seen of its machines so far; without it: nas for ten minutes. Empty: nobody looked yet. */
  readonly looks?: readonly ScoredSnapshot[];
}

export function line(at: number, fields: Readonly<Record<string, string | number>>): Event {
  const event: Fields = Object.assign(Object.create(null) as Fields, fields);
  event['@timestamp'] = at;
  event['event.ingested'] = at + 40;
  return event as Event;
}

const switched = (rule: ListedRule, to: 'on' | 'off' | undefined): ListedRule =>
  to === 'off' ? { ...rule, state: 'off', reason: 'switched off by hand' } : { ...rule, state: 'alerts', reason: '' };

export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-web-'));
  const store = await openSqliteStore(join(folder, 'porchlight.db'));
  const listeners = new Set<(notice: CommitNotice) => void>();
  const counted = counters();
  let batch = (await store.recover()).lastBatch;
  let lastAlert = 0;
  let eventCount = 0;

  const commit = async (
    events: readonly Event[],
    alerts: readonly AlertChange[],
    snapshots: readonly ScoredSnapshot[] = [],
  ): Promise<void> => {
    const next = batch + 1;
    const parts = { marks: [], outbox: [], hits: 0, received: Date.now(), batch: next };
    await store.commit({ ...parts, alerts, snapshots, events: encodeBatch(events) });
    batch = next;
    eventCount += events.length;
    const stored = events.map((event, at) => ({ id: `${next}-${at}` as const, event }));
    const notice = {
      batch,
      alertIds: alerts.map((change) => change.alert.id),
      snapshots,
      preview: stored.slice(-50),
      eventCount: events.length,
      last: stored.at(-1)?.id,
    };
    for (const listener of listeners) listener(notice);
  };

  const agents = new Map((options.agents ?? []).map((agent) => [agent.name, agent]));
  const agentListeners = new Set<(message: AgentMessage) => void>();
  let started = Date.now();
  let ruleBook = options.rules ?? { items: [], problems: [], remarks: [] };
  const backend: Backend = {
    version: '0.1.0',
    get started() {
      return started;
    },
    hostName: 'nas',
    checkEvery: 10_000,
    store,
    counters: counted,
    sources: () => options.sources ?? [],
    rules: () => ruleBook,
    switchRule(id, to) {
      const items = ruleBook.items.map((rule) => (rule.id === id ? switched(rule, to) : rule));
      ruleBook = { ...ruleBook, items };
      return Promise.resolve(items.find((rule) => rule.id === id));
    },
    reloadRules: () => Promise.resolve(ruleBook),
    backtest:
      options.backtest ??
      (() => {
        throw new Error('This house tries no rules');
      }),
    lastBatch: () => batch,
    eventCount: () => eventCount,
    kept: () => ({
      days: 12,
      oldest: '2026-03-03',
      bytes: 340_000_000,
      free: 9e10,
      per_day: 28_000_000,
      lasts: 90,
      ends_by: 'age',
    }),
    damages: () => options.damages ?? [],
    lastBackup: () => options.lastBackup,
    submit: () => Promise.reject(new Error('This house takes no logs')),
    async setAlertStatus(id, status, by, note) {
      const stored = await store.alert(id);
      if (stored === undefined) return false;
      const history = [{ at: Date.now(), by, action: status, note }];
      await commit([], [{ alert: { ...stored.alert, status }, evidence: [], history }]);
      return true;
    },
    agents: {
      list() {
        const listening = agents.size === 0 ? null : { address: '0.0.0.0', port: 5443, ca: 'ab'.repeat(32) };
        return Promise.resolve({ items: [...agents.values()], next: null, listening });
      },
      add(name) {
        // As long as a real one; it lets nobody in.
        const token = `pla1.${Buffer.from(JSON.stringify({ name, ca: 'ab'.repeat(32), secret: 'cd'.repeat(32) })).toString('base64url')}`;
        const expires = new Date(Date.now() + 1_800_000).toISOString();
        return Promise.resolve({ name, token, expires, urls: ['https://192.0.2.10:5443', 'https://nas.lan:5443'] });
      },
      revoke: () => Promise.resolve(),
      remove: () => Promise.resolve(),
      rotate: () => Promise.resolve(),
      onChange(listener) {
        agentListeners.add(listener);
        return () => void agentListeners.delete(listener);
      },
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };

  let api: Api | undefined;
  let port = 0;
  const start = async (): Promise<void> => {
    started = Date.now();
    const config = { ...configSchema.parse({}).http, port };
    api = await createApi({ backend, config, webRoot: WEB, now: Date.now });
    ({ port } = await api.listen());
  };
  await start();
  await commit([], [], options.looks ?? lifeOf(Date.now(), 60, 10_000));

  return {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    store,
    counters: counted,
    addEvents: (events) => commit(events, []),
    async addAlerts(sketches) {
      const events: Event[] = [];
      const changes = sketches.map((sketch) => changeOf(sketch, String(++lastAlert), batch + 1, events));
      await commit(events, changes);
      return changes.map((change) => change.alert.id);
    },
    addAgent(agent) {
      agents.set(agent.name, agent);
      const { name, state, last_seen } = agent;
      for (const listener of agentListeners) listener({ name, state, last_seen });
    },
    addSnapshots: (snapshots) => commit([], [], snapshots),
    start,
    stop: async () => {
      await api?.close();
      api = undefined;
    },
    watchers: () => listeners.size,
    async close() {
      await api?.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An alert as the fold would have made it; its evidence goes into the same commit. */
function changeOf(sketch: AlertSketch, id: string, batch: number, events: Event[]): AlertChange {
  const last = sketch.at ?? Date.now();
  const lines = sketch.lines ?? [line(last, { message: sketch.sentence, 'host.name': sketch.host ?? 'nas' })];
  const evidence: Evidence[] = lines.map((event, slot) => {
    events.push(event);
    return { slot, id: `${batch}-${events.length - 1}`, event };
  });
  const count = sketch.count ?? lines.length;
  const title = sketch.title ?? 'Password guessing over SSH';
  const alert: Alert = {
    id,
    title,
    kind: sketch.kind ?? 'Password guessing',
    level: sketch.level ?? 'high',
    status: 'open',
    count,
    evidence_count: count,
    first_seen: sketch.firstSeen ?? last - 60_000,
    last_seen: last,
    rule: { id: `rule-${title}`, title },
    entity: sketch.entity ?? '',
    entity_field: sketch.entity === undefined ? '' : 'source.ip',
    host: sketch.host ?? 'nas',
    sentence: sketch.sentence,
    steps: sketch.steps ?? [],
    tags: sketch.tags ?? [],
    historic: false,
  };
  const opened = { at: alert.first_seen, by: 'porchlight', action: 'opened', note: '' } as const;
  return { alert, evidence, history: [opened] };
}
