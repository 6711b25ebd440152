/** A day of a machine called nas, written by hand: what the score, the charts and the lists show. The same one each time. */
import type { AuthSummary, HostSnapshot, LedgerRow, ScoredSnapshot } from '#contract';

const MINUTE = 60_000;
const GIB = 2 ** 30;

const PROCESSES: HostSnapshot['processes'] = [
  { pid: 2210, name: 'jellyfin', user: 'media', cpu: 87.4, memory: 9.1 },
  { pid: 811, name: 'smbd', user: 'root', cpu: 12.2, memory: 1.4 },
  { pid: 4815, name: 'postgres', user: 'postgres', cpu: 6.8, memory: 4.7 },
  { pid: 1, name: 'systemd', user: 'root', cpu: 0.4, memory: 0.2 },
  { pid: 977, name: 'dockerd', user: 'root', cpu: 0.3, memory: 2.1 },
];

export const LEDGER: readonly LedgerRow[] = [
  { points: 10, metric: 'alert', value: 1, threshold: 0, reason: 'A critical alert is open', culprit: '1' },
  {
    points: 5,
    metric: 'failed_logins',
    value: 212,
    threshold: 10,
    reason: '212 failed logins in the last 300 lines',
    culprit: '203.0.113.7',
  },
  {
    points: 3,
    metric: 'high_cpu_processes',
    value: 1,
    threshold: 80,
    reason: 'One process uses more than 80 % CPU',
    culprit: 'jellyfin',
  },
];

const AUTH: AuthSummary = {
  lines: 300,
  failed: 212,
  failedBy: [
    { address: '203.0.113.7', count: 198 },
    { address: '2001:db8:7a::19', count: 14 },
  ],
  sudo: 4,
};

/** A wave that is the same on every run. */
const wave = (n: number, slow: number): number => Math.sin(n / slow) + 0.5 * Math.sin(n / 3.1 + slow);

interface Look {
  readonly host?: string;
  readonly at: number;
  readonly score: number;
  readonly load: number;
  readonly used: number;
  readonly connections: number | null;
  readonly ledger?: readonly LedgerRow[];
}

export function scored({ host = 'nas', at, score, load, used, connections, ledger = [] }: Look): ScoredSnapshot {
  const snapshot: HostSnapshot = {
    host,
    at,
    span: 10_000,
    cpus: 4,
    uptime: 1_209_600,
    load: [load, load, load],
    cpu: 20,
    memory: { total: 16 * GIB, used: Math.round((used / 100) * 16 * GIB) },
    swap: null,
    disks: [{ mount: '/', total: 400 * GIB, used: 311 * GIB }],
    processes: PROCESSES,
    connections: connections === null ? null : { established: connections, peers: [] },
    listeners: [{ port: 22, protocol: 'tcp', address: '0.0.0.0', process: 'sshd' }],
    network: { in: 120_000, out: 48_000 },
    logins: [
      { user: 'anna', from: '192.0.2.20', at: at - 42 * MINUTE, until: null },
      { user: 'backup', from: '203.0.113.7', at: at - 65 * MINUTE, until: at - 62 * MINUTE },
      { user: 'jonas', from: '', at: at - 300 * MINUTE, until: at - 288 * MINUTE },
    ],
  };
  const band = score >= 90 ? 'normal' : score >= 70 ? 'minor' : score >= 50 ? 'look' : 'serious';
  return { snapshot, auth: AUTH, score: { score, band, ledger, entries: [] } };
}

/** `count` looks up to `now`, `step` ms apart: a busy half hour, a stretch in which nobody looked, a fall of the score. */
export function lifeOf(now: number, count: number, step: number, host = 'nas'): readonly ScoredSnapshot[] {
  const looks: ScoredSnapshot[] = [];
  for (let n = 0; n < count; n++) {
    const part = n / count;
    if (part > 0.44 && part < 0.5) continue;
    const busy = 2 * Math.exp(-(((part - 0.26) * 30) ** 2));
    const guests = part > 0.9 && part < 0.95 ? 110 : 0;
    const load = Math.max(0.05, 0.5 + 0.12 * wave(n, 9) + busy);
    const used = 57 + 2.4 * wave(n, 17) + 6 * part;
    const connections = Math.max(3, Math.round(40 + 9 * wave(n, 13) + 26 * part) + guests);
    const score = part > 0.93 ? 82 : part > 0.55 ? 85 : 86;
    looks.push(scored({ host, at: now - (count - 1 - n) * step, score, load, used, connections, ledger: LEDGER }));
  }
  return looks;
}

/** A look at nas where every name says what an attacker wants. */
export function hostileLook(at: number, texts: readonly string[]): ScoredSnapshot {
  const look = scored({ at, score: 40, load: 1, used: 50, connections: 9 });
  const failedBy = texts.slice(0, 5).map((address) => ({ address, count: 1 }));
  const ledger = texts.map((text) => ({
    points: 5,
    metric: 'failed_logins' as const,
    value: 1,
    threshold: 0,
    reason: `Failed logins: ${text}`,
    culprit: text.slice(0, 100),
  }));
  const processes = texts.map((text, pid) => ({ pid, name: text, user: text, cpu: 1, memory: 1 }));
  const logins = texts.map((text, n) => ({ user: text, from: text, at: at - n * MINUTE, until: null }));
  return {
    snapshot: { ...look.snapshot, processes, logins },
    auth: { ...AUTH, failedBy },
    score: { ...look.score, ledger },
  };
}
