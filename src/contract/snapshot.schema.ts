import { z } from 'zod';
import { MONITOR_LEVELS, MONITOR_METRICS, SCORE_BANDS } from './snapshot.ts';
import type { AuthSummary, HostSnapshot, LedgerRow, MonitorEntry } from './snapshot.ts';

const size = z.object({ total: z.number(), used: z.number() });
const counted = z.object({ address: z.string(), count: z.number() });

/** The interfaces say what the fields mean; these hold replies to them. */
const hostSnapshot: z.ZodType<HostSnapshot> = z.object({
  host: z.string(),
  always_on: z.boolean().optional(),
  at: z.number(),
  span: z.number(),
  cpus: z.number(),
  uptime: z.number(),
  load: z.tuple([z.number(), z.number(), z.number()]),
  cpu: z.number().nullable(),
  memory: size,
  swap: size.nullable(),
  disks: z.array(size.extend({ mount: z.string() })),
  processes: z.array(
    z.object({ pid: z.number(), name: z.string(), user: z.string(), cpu: z.number(), memory: z.number() }),
  ),
  connections: z.object({ established: z.number(), peers: z.array(counted) }).nullable(),
  listeners: z.array(
    z.object({ port: z.number(), protocol: z.enum(['tcp', 'udp']), address: z.string(), process: z.string() }),
  ),
  network: z.object({ in: z.number(), out: z.number() }).nullable(),
  logins: z.array(z.object({ user: z.string(), from: z.string(), at: z.number(), until: z.number().nullable() })),
});

const authSummary: z.ZodType<AuthSummary> = z.object({
  lines: z.number(),
  failed: z.number(),
  failedBy: z.array(counted),
  sudo: z.number(),
});

const ledgerRow: z.ZodType<LedgerRow> = z.object({
  points: z.number(),
  metric: z.enum([...MONITOR_METRICS, 'alert']),
  value: z.number(),
  threshold: z.number(),
  reason: z.string(),
  culprit: z.string(),
});

const monitorEntry: z.ZodType<MonitorEntry> = z.object({
  level: z.enum(MONITOR_LEVELS),
  metric: z.enum(MONITOR_METRICS),
  value: z.number(),
  message: z.string(),
});

const whole = z.int().min(0).max(100);

export const scoreReplySchema = z.object({
  host: z.string(),
  at: z.iso.datetime(),
  score: whole,
  band: z.enum(SCORE_BANDS),
  ledger: z.array(ledgerRow),
  entries: z.array(monitorEntry),
  snapshot: hostSnapshot,
  auth: authSummary,
  yesterday: whole.nullable().describe('The score about 24 hours before; null: none is kept from then.'),
});

export const metricPointSchema = z.object({
  at: z.iso.datetime(),
  score: whole,
  load: z.number().describe('Load average over one minute.'),
  cpus: z.number(),
  memory_pct: z.number(),
  connections: z.number().nullable().describe('Established; null: this system does not say.'),
});

export const hostScoreSchema = z.object({
  host: z.string(),
  at: z.iso.datetime(),
  score: whole,
  band: z.enum(SCORE_BANDS),
  always_on: z.boolean().describe('false: it sleeps now and then (it has a battery); its silence is no outage.'),
});
