/** A machine at rest, to be changed where a test needs it; and the settings as they come. */
import type { AuthSummary, HostSnapshot } from '#contract';
import { monitorSchema } from '#contract/schema';

export const SETTINGS = monitorSchema.parse({});

export const QUIET_AUTH: AuthSummary = { lines: 300, failed: 0, failedBy: [], sudo: 0 };

export function quiet(change: Partial<HostSnapshot> = {}): HostSnapshot {
  return {
    host: 'nas',
    at: Date.UTC(2026, 2, 1, 12),
    span: 10_000,
    cpus: 4,
    uptime: 3600,
    load: [0.42, 0.4, 0.3],
    cpu: 4,
    memory: { total: 8_000_000_000, used: 4_904_000_000 },
    swap: { total: 0, used: 0 },
    disks: [],
    processes: [
      { pid: 2210, name: 'jellyfin', user: 'media', cpu: 24, memory: 11.8 },
      { pid: 912, name: 'postgres', user: 'postgres', cpu: 6, memory: 14 },
    ],
    connections: { established: 12, peers: [{ address: '203.0.113.7', count: 9 }] },
    listeners: [],
    network: { in: 0, out: 0 },
    logins: [],
    ...change,
  };
}
