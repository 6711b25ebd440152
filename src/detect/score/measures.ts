/** The five things that the score and `monitor_metrics.jsonl` go by: value, words, and who is behind it. */
import type { AuthSummary, HostSnapshot, MonitorMetric, ProcessUse, ScoreSettings } from '#contract';

export interface Measure {
  readonly metric: MonitorMetric;
  readonly value: number;
  /** What thresholds and limits are multiplied by to be compared with the value. */
  readonly scale: number;
  /** As the monitor files have always worded it: programs that people wrote read these. */
  readonly message: string;
  /** For the ledger, in a person's words. */
  readonly reason: string;
  /** '' when nobody can be named. */
  readonly culprit: string;
}

/** In the order of MONITOR_METRICS. What the system does not say counts as 0, and its message says so. */
export function measures(snapshot: HostSnapshot, auth: AuthSummary, { thresholds }: ScoreSettings): readonly Measure[] {
  return [
    cpuLoad(snapshot),
    memoryUsed(snapshot),
    connections(snapshot),
    failedLogins(auth),
    highCpu(snapshot, thresholds.process_cpu),
  ];
}

function cpuLoad({ load, cpus, processes }: HostSnapshot): Measure {
  const value = round(load[0], 2);
  return {
    metric: 'cpu_load',
    value,
    scale: cpus,
    message: `CPU load average: ${value.toFixed(2)}`,
    reason: `load ${value.toFixed(2)} on ${counted(cpus, 'CPU', 'CPUs')}`,
    culprit: named(largest(processes, 'cpu')),
  };
}

function memoryUsed({ memory: { total, used }, processes }: HostSnapshot): Measure {
  const value = total === 0 ? 0 : round((used / total) * 100, 1);
  return {
    metric: 'memory_used_pct',
    value,
    scale: 1,
    message: `Memory used: ${value.toFixed(1)}%`,
    reason: `${value.toFixed(1)} % of memory in use`,
    culprit: named(largest(processes, 'memory')),
  };
}

const UNKNOWN = 'not known on this system';

function connections({ connections: seen }: HostSnapshot): Measure {
  const value = seen?.established ?? 0;
  const most = seen?.peers[0];
  const share = most === undefined ? '' : `, ${most.count} with ${most.address}`;
  return {
    metric: 'established_connections',
    value,
    scale: 1,
    message: `Established TCP/UDP connections: ${seen === null ? UNKNOWN : value}`,
    reason: `${counted(value, 'established connection', 'established connections')}${share}`,
    culprit: most?.address ?? '',
  };
}

function failedLogins({ failed, failedBy }: AuthSummary): Measure {
  return {
    metric: 'failed_logins',
    value: failed,
    scale: 1,
    message: `Recent failed login attempts: ${failed} (last 300 lines)`,
    reason: `${counted(failed, 'failed login', 'failed logins')} in the last 300 lines`,
    culprit: failedBy[0]?.address ?? '',
  };
}

function highCpu({ processes }: HostSnapshot, least: number): Measure {
  const high = processes.filter(({ cpu }) => cpu >= least);
  return {
    metric: 'high_cpu_processes',
    value: high.length,
    scale: 1,
    message: `High CPU processes: ${processes.length === 0 ? UNKNOWN : high.length}`,
    reason: `${counted(high.length, 'process', 'processes')} at ${least} % of a CPU or more`,
    culprit: named(largest(high, 'cpu')),
  };
}

/** undefined when none uses any. */
function largest(processes: readonly ProcessUse[], by: 'cpu' | 'memory'): ProcessUse | undefined {
  let found: ProcessUse | undefined;
  for (const one of processes) if (one[by] > (found?.[by] ?? 0)) found = one;
  return found;
}

const named = (process: ProcessUse | undefined): string =>
  process === undefined ? '' : `${process.name} (${process.pid})`;

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
