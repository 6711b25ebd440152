/** A house with one bad evening, written by hand: what the frames are drawn from. Addresses are the documentation's. */
import type { Level, ScoredSnapshot, SourceStatus, WireAlert, WireEvent } from '#contract';
import { FIRST_VIEW, type Point, type TopData, type TopState } from '../../src/ui/tui/state.ts';

export const NOW = Date.UTC(2025, 10, 30, 20, 42, 8);
const at = (clock: string): number => Date.parse(`2025-11-30T${clock}Z`);
const iso = (clock: string): string => new Date(at(clock)).toISOString();

const GB = 1024 ** 3;

export const scored: ScoredSnapshot = {
  snapshot: {
    host: 'nas',
    at: NOW - 3000,
    span: 10_000,
    cpus: 4,
    uptime: 41 * 86_400 + 7200,
    load: [1.2, 1.05, 0.98],
    cpu: 29,
    memory: { total: 16 * GB, used: 9.92 * GB },
    swap: { total: 4 * GB, used: 0.12 * GB },
    disks: [
      { mount: '/', total: 100 * GB, used: 44 * GB },
      { mount: '/srv', total: 4000 * GB, used: 3240 * GB },
    ],
    processes: [
      { pid: 48_771, name: 'sshd', user: 'root', cpu: 31.2, memory: 0.2 },
      { pid: 2210, name: 'jellyfin', user: 'media', cpu: 24, memory: 11.8 },
      { pid: 3307, name: 'smbd', user: 'anna', cpu: 9, memory: 1.1 },
      { pid: 912, name: 'postgres', user: 'postgres', cpu: 6.4, memory: 4 },
      { pid: 1041, name: 'porchlight', user: 'porchlight', cpu: 2, memory: 0.9 },
      { pid: 1, name: 'systemd', user: 'root', cpu: 0, memory: 0.1 },
    ],
    connections: {
      established: 144,
      peers: [
        { address: '203.0.113.7', count: 12 },
        { address: '192.0.2.44', count: 3 },
      ],
    },
    listeners: [
      { port: 5000, protocol: 'tcp', address: '127.0.0.1', process: 'porchlight' },
      { port: 22, protocol: 'tcp', address: '0.0.0.0', process: 'sshd' },
      { port: 22, protocol: 'tcp', address: '::', process: 'sshd' },
      { port: 445, protocol: 'tcp', address: '192.0.2.10', process: 'smbd' },
      { port: 5353, protocol: 'udp', address: '0.0.0.0', process: '' },
    ],
    network: { in: 2_400_000, out: 612_000 },
    logins: [
      { user: 'backup', from: '203.0.113.7', at: at('20:37:14'), until: at('20:40:19') },
      { user: 'anna', from: 'laptop-anna', at: at('20:05:00'), until: null },
      { user: 'jonas', from: 'desktop-jonas', at: at('18:51:00'), until: at('19:13:00') },
      { user: 'anna', from: '2001:db8:44:8::12', at: at('12:40:00'), until: at('12:46:00') },
      { user: 'root', from: '', at: Date.UTC(2025, 10, 28, 7, 2), until: Date.UTC(2025, 10, 28, 7, 9) },
    ],
  },
  auth: { lines: 300, failed: 213, failedBy: [{ address: '203.0.113.7', count: 212 }], sudo: 1 },
  score: {
    score: 82,
    band: 'minor',
    ledger: [
      {
        points: 10,
        metric: 'alert',
        value: 1,
        threshold: 0,
        reason: '203.0.113.7 guessed the password of backup on nas',
        culprit: '31',
      },
      {
        points: 5,
        metric: 'failed_logins',
        value: 213,
        threshold: 10,
        reason: '213 failed logins in the last 300 lines',
        culprit: '203.0.113.7',
      },
      {
        points: 2,
        metric: 'established_connections',
        value: 144,
        threshold: 100,
        reason: '144 connections, most with 203.0.113.7',
        culprit: '203.0.113.7',
      },
      { points: 1, metric: 'cpu_load', value: 1.2, threshold: 1, reason: 'load of 1.20', culprit: 'sshd' },
    ],
    entries: [
      { level: 'info', metric: 'cpu_load', value: 1.2, message: 'CPU load (1 min): 1.20' },
      { level: 'info', metric: 'memory_used_pct', value: 62, message: 'Memory used: 62%' },
      {
        level: 'warning',
        metric: 'established_connections',
        value: 144,
        message: 'Established TCP/UDP connections: 144',
      },
      {
        level: 'alert',
        metric: 'failed_logins',
        value: 213,
        message: 'Recent failed login attempts: 213 (last 300 lines)',
      },
      { level: 'info', metric: 'high_cpu_processes', value: 0, message: 'High-CPU processes: 0' },
    ],
  },
};

export function authEvent(
  id: string,
  clock: string,
  fields: Record<string, string | number | readonly string[]>,
): WireEvent {
  return { '@timestamp': iso(clock), 'event.id': id, 'host.name': 'nas', ...fields };
}

const ssh = { 'process.name': 'sshd', 'event.category': ['authentication'], 'event.action': 'ssh_login' };

const refused = authEvent('7-1', '20:37:11', {
  ...ssh,
  'event.outcome': 'failure',
  'user.name': 'backup',
  'source.ip': '203.0.113.7',
  'porchlight.repeat': 212,
  message: 'Failed password for backup from 203.0.113.7 port 40022 ssh2',
});
const letIn = authEvent('8-1', '20:37:14', {
  ...ssh,
  'event.outcome': 'success',
  'user.name': 'backup',
  'source.ip': '203.0.113.7',
  message: 'Accepted password for backup from 203.0.113.7 port 40022 ssh2',
});

/** Newest first, as the server lists them. */
export const authEvents: readonly WireEvent[] = [
  authEvent('9-1', '20:40:19', {
    'process.name': 'sshd',
    'event.category': ['session'],
    'event.action': 'session_closed',
    'user.name': 'backup',
  }),
  letIn,
  refused,
  authEvent('6-1', '20:36:42', {
    ...ssh,
    'event.outcome': 'failure',
    'user.name': 'backup2',
    'source.ip': '203.0.113.7',
  }),
  authEvent('5-1', '20:36:41', {
    'process.name': 'sshd',
    'event.category': ['network'],
    'event.action': 'ssh_connect',
    'source.ip': '203.0.113.7',
  }),
  authEvent('4-1', '18:22:40', {
    'process.name': 'sudo',
    'event.category': ['process'],
    'event.action': 'sudo_command',
    'user.name': 'anna',
    'process.command_line': '/usr/bin/apt upgrade',
  }),
];

interface AlertPart {
  readonly id: string;
  readonly level: Level;
  readonly sentence: string;
  readonly seen: string;
  readonly count?: number;
  readonly entity?: string;
  readonly evidence?: readonly WireEvent[];
}

export function alertOf({ id, level, sentence, seen, count = 1, entity = '', evidence = [] }: AlertPart): WireAlert {
  return {
    id,
    title: 'Password Guessed',
    kind: 'Password guessing',
    level,
    status: 'open',
    count,
    first_seen: iso(seen),
    last_seen: iso(seen),
    rule: { id: '11111111-2222-4333-8444-555555555555', title: 'SSH login after many failures' },
    entity,
    entity_field: entity === '' ? '' : 'source.ip',
    host: 'nas',
    sentence,
    steps: [
      { text: 'Change the password of backup on nas.', command: 'sudo passwd backup' },
      { text: 'Look at what was done while they were in.' },
    ],
    tags: [],
    historic: false,
    evidence: structuredClone(evidence) as WireAlert['evidence'],
    evidence_omitted: 0,
    history: [{ at: iso(seen), by: 'porchlight', action: 'opened', note: '' }],
  };
}

/** Worst first. */
export const alerts: readonly WireAlert[] = [
  alertOf({
    id: '31',
    level: 'critical',
    sentence: '203.0.113.7 guessed the password of backup on nas',
    seen: '20:37:14',
    count: 213,
    entity: '203.0.113.7',
    evidence: [refused, letIn],
  }),
  alertOf({ id: '34', level: 'high', sentence: 'A stranger is typing at the honeypot', seen: '20:41:02' }),
  alertOf({ id: '30', level: 'high', sentence: 'New administrator on media: svc_update', seen: '20:12:40' }),
  alertOf({ id: '35', level: 'medium', sentence: 'A bot looked for WordPress on media', seen: '20:42:01' }),
  alertOf({ id: '27', level: 'medium', sentence: 'esp-kitchen scanned 118 ports of pi-hole', seen: '18:09:00' }),
  alertOf({ id: '26', level: 'medium', sentence: 'Docker opened port 8096 on media', seen: '16:24:10' }),
  alertOf({ id: '33', level: 'low', sentence: 'jonas was refused sudo on laptop-anna', seen: '20:41:00' }),
  alertOf({ id: '20', level: 'low', sentence: 'router restarted', seen: '09:00:00' }),
  alertOf({ id: '19', level: 'informational', sentence: 'anna logged in from a new address', seen: '08:12:00' }),
];

export const levels: Readonly<Record<Level, number>> = { critical: 1, high: 2, medium: 3, low: 2, informational: 1 };

const WAVE = [5, 5, 3, 2, 2, 2, 3, 3, 3, 2, 2, 2, 3, 4, 5, 4, 4, 3];
/** An hour of looks; the machine slept once. */
const history: readonly Point[] = Array.from({ length: 60 }, (_, index) => ({
  at: NOW - (60 - index) * 10_000 - (index < 52 ? 600_000 : 0),
  score: index < 40 ? 96 : 82,
  load: (WAVE[index % WAVE.length] ?? 0) / 2.5,
  memory: 55 + (index % 9),
  connections: 100 + index,
  in: index < 30 ? null : (WAVE[(index + 4) % WAVE.length] ?? 0) * 500_000,
  out: index < 30 ? null : (WAVE[(index + 9) % WAVE.length] ?? 0) * 120_000,
}));

const source = (id: string, state: SourceStatus['state'], reason: string): SourceStatus => ({
  id,
  state,
  reason,
  records: 1204,
  last_seen: iso('20:42:05'),
});

export const data: TopData = {
  host: 'nas',
  version: '0.1.0',
  snapshot: { value: scored },
  every: 10_000,
  yesterday: 86,
  history,
  alerts: { value: alerts },
  levels: { value: levels },
  authEvents: { value: authEvents },
  sources: {
    value: [
      source('file:/var/log/auth.log', 'following', ''),
      source('honeypot', 'following', ''),
      source('file:/var/log/kern.log', 'denied', 'Only root may read it. Run: sudo usermod -aG adm ann'),
    ],
  },
  agents: { value: [] },
  events: 286_410,
};

export const state: TopState = {
  ...data,
  ...FIRST_VIEW,
  now: NOW,
  zone: 'UTC',
  connection: 'live',
  interval: 10,
  rate: 214,
};
