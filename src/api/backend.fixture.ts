/**
 * A backend in memory, for tests of the protocol only: it keeps what it was given and answers from that. How the real
 * one behaves is the business of the store's conformance suite and of the end-to-end tests.
 */
import type { AgentMessage, AgentStatus, Alert, Config, Event, ListedRule, Role, ScoredSnapshot } from '#contract';
import { CodedError, isoTime, toWire } from '#contract';
import { configSchema } from '#contract/schema';
import { counters } from '#lib/counters';
import type { Store, StoredAlert } from '#store';
import type { AgentDesk } from './agents.ts';
import type { Backend, CommitNotice, Submission } from './backend.ts';
import { RuleRefused } from './rule-refused.ts';
import { createApi, type Api, type ApiOptions } from './server.ts';

const STARTED = Date.UTC(2025, 10, 30, 11, 0, 0);
export const NOW = STARTED + 3_600_000;

export const KEYS: Readonly<Record<Role, string>> = {
  viewer: 'viewer-key-0123456789abcdef',
  agent: 'agent-key-0123456789abcdef',
  admin: 'admin-key-0123456789abcdef',
};

export function anEvent(message: string): Event {
  return {
    '@timestamp': STARTED,
    'event.ingested': STARTED + 5,
    'host.name': 'nas',
    'source.ip': '192.0.2.7',
    message,
  };
}

export function anAlert(id: string, evidence = 2): StoredAlert {
  const alert: Alert = {
    id,
    title: 'Honeypot Connection',
    kind: 'Honeypot',
    level: 'high',
    status: 'open',
    count: evidence,
    evidence_count: evidence,
    first_seen: STARTED,
    last_seen: STARTED + 1000,
    rule: { id: 'r-1', title: 'Honeypot Connection' },
    entity: '192.0.2.7',
    entity_field: 'source.ip',
    host: 'nas',
    sentence: '192.0.2.7 connected to the honeypot.',
    steps: [{ text: 'Look who it is.' }],
    tags: [],
    historic: false,
  };
  const kept = Math.min(evidence, 50);
  return {
    alert,
    evidence: Array.from({ length: kept }, (_, slot) => ({
      slot,
      id: `1-${slot}` as const,
      event: anEvent(`line ${slot}`),
    })),
    history: [{ at: STARTED, by: 'porchlight', action: 'opened', note: '' }],
  };
}

const scored: ScoredSnapshot = {
  snapshot: {
    host: 'nas',
    at: NOW,
    span: 10_000,
    cpus: 4,
    uptime: 3_542_400,
    load: [0.42, 0.4, 0.38],
    cpu: 12.5,
    memory: { total: 8_000_000_000, used: 4_900_000_000 },
    swap: null,
    disks: [],
    processes: [],
    connections: { established: 144, peers: [] },
    listeners: [],
    network: null,
    logins: [],
  },
  auth: { lines: 300, failed: 23, failedBy: [{ address: '203.0.113.7', count: 23 }], sudo: 1 },
  score: { score: 92, band: 'normal', ledger: [], entries: [] },
};

export const anAgent: AgentStatus = {
  name: 'attic',
  state: 'live',
  added: new Date(STARTED).toISOString(),
  last_seen: new Date(NOW).toISOString(),
  version: '1.0.0',
  platform: 'linux',
  host: 'attic.lan',
  always_on: true,
  lag: 120,
  clock_skew: -40,
  spool: { records: 3, bytes: 300, oldest: new Date(NOW).toISOString(), quarantined: 1, parked: 0 },
  sources: [
    {
      source: 'file:/var/log/auth.log',
      state: 'following',
      reason: '',
      read: 10,
      spooled: 9,
      sent: 8,
      stored: 7,
      dropped: { blank: 1 },
      gaps: [{ at: new Date(STARTED).toISOString(), reason: 'cursor' }],
      lag: 120,
    },
  ],
  totals: { read: 10, spooled: 9, sent: 8, stored: 7, dropped: 1, lost: 4 },
  gaps: [{ from: 5, to: 9, reason: 'damaged', at: new Date(STARTED).toISOString() }],
  keys: [{ id: 'abcdef', created: new Date(STARTED).toISOString(), last_used: null }],
  rotating: false,
  invitation: null,
};

function fixtureDesk(calls: string[], listeners: Set<(message: AgentMessage) => void>): AgentDesk {
  const known = (call: string, name: string): Promise<void> => {
    calls.push(call);
    return name === anAgent.name
      ? Promise.resolve()
      : Promise.reject(new CodedError('NOT_FOUND', `There is no ${name}.`));
  };
  const expires = new Date(NOW + 1_800_000).toISOString();
  return {
    list() {
      calls.push('agents.list');
      return Promise.resolve({ items: [anAgent], next: null, listening: { address: '0.0.0.0', port: 5443, ca: 'ab' } });
    },
    add(name, again) {
      calls.push('agents.add');
      if (name === anAgent.name && !again)
        return Promise.reject(new CodedError('AGENT_EXISTS', `${name} is enrolled.`));
      return Promise.resolve({ name, token: 'pla1.e30', expires, urls: ['https://192.0.2.10:5443'] });
    },
    revoke: (name) => known('agents.revoke', name),
    remove: (name) => known('agents.remove', name),
    rotate: (name) => known('agents.rotate', name),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export interface FixtureBackend extends Backend {
  readonly submissions: Submission[];
  /** Every call of the store or of a change, by name: none may happen for a refused request. */
  readonly calls: string[];
  readonly alerts: Map<string, StoredAlert>;
  emit(notice: CommitNotice): void;
  emitAgent(message: AgentMessage): void;
  listeners(): number;
  submit: Backend['submit'];
}

function fixtureStore(calls: string[], alerts: Map<string, StoredAlert>): Store {
  const events = [{ id: '1-0' as const, event: anEvent('sudo: authentication failure') }];
  const called = <T>(name: string, value: T): Promise<T> => {
    calls.push(name);
    return Promise.resolve(value);
  };
  const unused = (name: string) => (): never => {
    throw new Error(`The API does not call ${name}.`);
  };
  return {
    events: () => called('events', { items: events, next: '1' }),
    histogram: (query) =>
      called('histogram', { from: query.from ?? 0, to: query.to ?? query.now, step: 60_000, counts: [1, 0], total: 1 }),
    values: (query) => called('values', { field: query.field, distinct: 1, values: [{ value: 'nas', count: 1 }] }),
    fields: () => called('fields', ['user.name', 'shelf.label', 'a b']),
    table: () =>
      called('table', { columns: ['source.ip', 'count'], rows: [['192.0.2.7', 3]], total: 3, groups: 1, left_out: 0 }),
    searches: () => called('searches', [{ name: 'guests', query: 'user.name:guest', saved: NOW }]),
    saveSearch: () => called('saveSearch', undefined),
    removeSearch: (name) => called('removeSearch', name === 'guests'),
    alerts: () => called('alerts', { items: [...alerts.values()], next: null }),
    alert: (id) => called('alert', alerts.get(id)),
    summary: () =>
      called('summary', {
        levels: { informational: 0, low: 0, medium: 0, high: 1, critical: 0 },
        statuses: { open: 1, acknowledged: 0, closed: 0 },
        kinds: [{ kind: 'Honeypot', count: 1 }],
        folded: 2,
        worst: alerts.get('1'),
      }),
    snapshots: () => called('snapshots', [scored]),
    metrics: () => called('metrics', [{ at: NOW, score: 92, load: 0.42, cpus: 4, memory_pct: 61.3, connections: 144 }]),
    scoreAt: () => called('scoreAt', 96),
    recover: unused('recover'),
    correlatedBatches: unused('correlatedBatches'),
    commit: unused('commit'),
    outbox: unused('outbox'),
    delivered: unused('delivered'),
    postponed: unused('postponed'),
    agents: unused('agents'),
    saveAgent: unused('saveAgent'),
    redeemInvitation: unused('redeemInvitation'),
    removeAgent: unused('removeAgent'),
    ledgers: unused('ledgers'),
    close: unused('close'),
  };
}

const A_RULE: ListedRule = {
  id: 'a1',
  title: 'Guessing',
  level: 'high',
  written_level: 'medium',
  kind: 'Password guessing',
  description: '',
  tags: ['attack.t1110'],
  file: '/rules/guessing.yml',
  line: 1,
  type: 'correlation',
  set: 'porchlight',
  status: null,
  product: 'linux',
  category: '',
  service: 'sshd',
  state: 'alerts',
  reason: '',
  remarks: [],
};

const BAD_PLACE = { file: 'rule', line: 4, column: 9, title: 'Fuzzy', reason: 'unknown modifier fuzzy' };

export function fixtureBackend(): FixtureBackend {
  const calls: string[] = [];
  const alerts = new Map([['1', anAlert('1')]]);
  const submissions: Submission[] = [];
  const listeners = new Set<(notice: CommitNotice) => void>();
  const agentListeners = new Set<(message: AgentMessage) => void>();
  let batch = 7;
  return {
    version: '0.1.0',
    started: STARTED,
    hostName: 'nas',
    checkEvery: 10_000,
    store: fixtureStore(calls, alerts),
    agents: fixtureDesk(calls, agentListeners),
    counters: counters(),
    sources: () => [
      { id: 'file:/var/log/auth.log', state: 'following', reason: 'It exists.', records: 3, last_seen: null },
    ],
    rules: () => ({ items: [A_RULE], problems: [], remarks: [] }),
    switchRule(id, to) {
      calls.push('switchRule');
      return Promise.resolve(id === A_RULE.id ? { ...A_RULE, state: to === 'off' ? 'off' : 'alerts' } : undefined);
    },
    reloadRules() {
      calls.push('reloadRules');
      return Promise.resolve({ items: [A_RULE], problems: [], remarks: [] });
    },
    async *backtest(trial, signal) {
      calls.push('backtest');
      const { rule, from, to } = trial;
      if ('id' in rule && rule.id !== A_RULE.id) throw new CodedError('NOT_FOUND', `There is no rule ${rule.id}.`);
      if ('text' in rule && rule.text.includes('fuzzy')) throw new RuleRefused([BAD_PLACE]);
      const { id, title, level } = A_RULE;
      const rules = [{ id, title, level, alerts: true, reason: '' }];
      const span = { from: isoTime(from), to: isoTime(to) };
      yield { kind: 'begun', rules, remarks: [], ...span, notify_level: 'high', total: 2 };
      const figures = { events: 2, hits: 1, days: [{ day: '2025-11-30', hits: 1 }] };
      yield { kind: 'so_far', ...figures };
      signal.throwIfAborted();
      const told = { samples: [toWire(anEvent('hit'), '1-0')], alert_count: 0, alerts: [], push_count: 0, pushes: [] };
      yield { kind: 'done', stopped: null, ...figures, ...told };
    },
    lastBatch: () => batch,
    eventCount: () => 42,
    kept: () => ({
      days: 12,
      oldest: '2025-11-19',
      bytes: 340_000_000,
      free: 9e10,
      per_day: 28_000_000,
      lasts: 90,
      ends_by: 'age',
    }),
    damages: () => [],
    lastBackup: () => undefined,
    submit(submission) {
      calls.push('submit');
      submissions.push(submission);
      return Promise.resolve({ accepted: 1, rejected: [] });
    },
    setAlertStatus(id, status, by, note) {
      calls.push('setAlertStatus');
      const stored = alerts.get(id);
      if (stored === undefined) return Promise.resolve(false);
      const history = [...stored.history, { at: NOW, by, action: status, note }];
      alerts.set(id, { ...stored, alert: { ...stored.alert, status }, history });
      return Promise.resolve(true);
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    submissions,
    calls,
    alerts,
    emit(notice) {
      batch = notice.batch;
      for (const listener of listeners) listener(notice);
    },
    emitAgent(message) {
      for (const listener of agentListeners) listener(message);
    },
    listeners: () => listeners.size,
  };
}

function httpConfig(changes: Partial<Config['http']> = {}): Config['http'] {
  const keys = (Object.keys(KEYS) as Role[]).map((role) => ({ name: `a-${role}`, role, key: KEYS[role] }));
  return { ...configSchema.parse({}).http, port: 0, keys, ...changes };
}

export async function fixtureApi(
  changes: Partial<ApiOptions> & { readonly http?: Partial<Config['http']> } = {},
): Promise<{ api: Api; backend: FixtureBackend }> {
  const { http, ...options } = changes;
  const backend = fixtureBackend();
  const api = await createApi({ backend, config: httpConfig(http), webRoot: undefined, now: () => NOW, ...options });
  return { api, backend };
}
