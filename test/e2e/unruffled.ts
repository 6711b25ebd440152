/**
 * Settings of a monitor that looks at the machine the tests run on, which may be busy with anything: none of what it does costs a
 * point or sends a message. Failed logins are the house's own, and count as they do everywhere.
 */
const NEVER = 100_000;
const REACH = { cpu_load: NEVER, memory_used_pct: 100, established_connections: NEVER, high_cpu_processes: NEVER };

export interface Changes {
  readonly thresholds?: Readonly<Record<string, number>>;
  readonly limits?: Readonly<Record<string, { readonly warning: number; readonly alert: number }>>;
}

/** A line for porchlight.yaml. */
export function unruffled({ thresholds = {}, limits = {} }: Changes = {}): string {
  const far = Object.entries(REACH).map(([metric, value]) => [metric, { warning: value, alert: value }] as const);
  const monitor = {
    thresholds: { ...REACH, process_cpu: NEVER, ...thresholds },
    limits: { ...Object.fromEntries(far), ...limits },
  };
  return `monitor: ${JSON.stringify(monitor)}`;
}
