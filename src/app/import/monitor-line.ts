/**
 * Lines of `monitor_metrics.jsonl` and `monitor_alerts.jsonl`, as this monitor and those before it wrote them. Their times are
 * local and name no zone, so the reader says which.
 */
import { MONITOR_LEVELS, MONITOR_METRICS, type MonitorEntry, type ScoredSnapshot } from '#contract';
import { bandOf } from '#detect';
import { readIsoStamp, type Zone } from '#normalize';

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

const bad = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });

export interface Warned {
  readonly at: number;
  readonly alerts: readonly string[];
}

interface Reader {
  readonly zone: Zone;
  readonly host: string;
  readonly now: number;
}

/** A line → a look at the machine with what the line holds; all else is unknown. */
export function readMetrics(line: string, reader: Reader): Read<ScoredSnapshot> {
  const read = readLine(line, reader);
  if (!read.ok) return read;
  const { at, fields } = read.value;
  const { security_score: score, entries } = fields;
  if (typeof score !== 'number' || !(score >= 0 && score <= 100)) return bad('security_score is not from 0 to 100');
  if (!Array.isArray(entries)) return bad('entries is not a list');
  const known = entries.filter(isEntry);
  const valueOf = (metric: MonitorEntry['metric']) => known.find((entry) => entry.metric === metric)?.value;
  const load = valueOf('cpu_load');
  const memory = valueOf('memory_used_pct');
  if (load === undefined || memory === undefined) return bad('cpu_load or memory_used_pct is missing');
  if (!(load >= 0 && memory >= 0 && memory <= 100)) return bad('cpu_load or memory_used_pct cannot be');
  const connections = valueOf('established_connections');
  const whole = Math.round(score);
  return {
    ok: true,
    value: {
      historic: true,
      snapshot: {
        host: reader.host,
        at,
        span: 0,
        // How many there were is not in the file.
        cpus: 0,
        uptime: 0,
        load: [load, load, load],
        cpu: null,
        // Only the share is known.
        memory: { total: 100, used: memory },
        swap: null,
        disks: [],
        processes: [],
        connections: connections === undefined ? null : { established: Math.round(connections), peers: [] },
        listeners: [],
        network: null,
        logins: [],
      },
      auth: { lines: 0, failed: Math.round(valueOf('failed_logins') ?? 0), failedBy: [], sudo: 0 },
      score: { score: whole, band: bandOf(whole), ledger: [], entries: known },
    },
  };
}

export function readAlerts(line: string, reader: Reader): Read<Warned> {
  const read = readLine(line, reader);
  if (!read.ok) return read;
  const { at, fields } = read.value;
  const alerts: unknown = fields['alerts'];
  if (!Array.isArray(alerts) || alerts.length === 0 || !alerts.every((one) => typeof one === 'string'))
    return bad('alerts is not a list of texts');
  return { ok: true, value: { at, alerts } };
}

interface Line {
  readonly at: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

function readLine(line: string, { zone, now }: Reader): Read<Line> {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return bad('not JSON');
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return bad('not a JSON object');
  const { timestamp } = fields as Line['fields'];
  const stamp = typeof timestamp === 'string' ? readIsoStamp(timestamp, 0, { zone, received: now }) : undefined;
  if (stamp === undefined) return bad('timestamp is not like 2025-11-30 11:25:10');
  if (stamp.time > now + DAY) return bad('timestamp lies in the future');
  return { ok: true, value: { at: stamp.time, fields: fields as Line['fields'] } };
}

function isEntry(value: unknown): value is MonitorEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { level, metric, value: number, message } = value as Readonly<Record<string, unknown>>;
  return (
    MONITOR_LEVELS.some((one) => one === level) &&
    MONITOR_METRICS.some((one) => one === metric) &&
    typeof number === 'number' &&
    Number.isFinite(number) &&
    typeof message === 'string'
  );
}

const DAY = 24 * 3_600_000;

/**
 * The zone for lines that come in the order of their times: the hour that a clock shows twice in autumn is the first one until
 * the clock falls back.
 */
export function inOrder(zone: Zone): Zone {
  let last = -Infinity;
  return {
    offsetAt: (utc) => zone.offsetAt(utc),
    toUtc(local, received) {
      const readings = [local - zone.offsetAt(local - DAY), local - zone.offsetAt(local + DAY)]
        .filter((utc) => utc + zone.offsetAt(utc) === local)
        .toSorted((a, b) => a - b);
      last = readings.find((utc) => utc >= last) ?? readings.at(-1) ?? zone.toUtc(local, received);
      return last;
    },
  };
}
