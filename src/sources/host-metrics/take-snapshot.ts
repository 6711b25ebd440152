/** One look at a machine. Whatever it does not say is null or empty: a look never fails because one file does. */
import { cpus, freemem, loadavg, totalmem, uptime } from 'node:os';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { HostSnapshot } from '#contract';
import { hasBattery } from './battery.ts';
import { type Looker, linuxLooker, type SystemLook } from './linux.ts';

export interface HostOptions {
  /** The machine's name in events. */
  readonly host: string;
  /** Where the machine's root is mounted: `/`, or another folder in a container. */
  readonly root: string;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Undefined: where there is no battery. */
  readonly alwaysOn?: boolean | undefined;
}

/** What has to be kept between two looks: rates are differences. */
export interface HostState {
  readonly host: string;
  readonly alwaysOn: boolean;
  readonly now: () => number;
  readonly look: Looker;
  /** When the last look began, on a clock that nobody sets; undefined before the first. */
  last: number | undefined;
}

/** Throws where `root` is said to be another machine's and its /proc is not there: our own would pass for it. */
export function hostState({ host, root, now, alwaysOn = !hasBattery(root) }: HostOptions): HostState {
  if (root !== '/') mustBeMounted(root);
  const look = process.platform === 'linux' ? linuxLooker(root) : nodeLooker();
  return { host, alwaysOn, now, look, last: undefined };
}

/** Rates cover the time since the last call with this state and are 0 at the first. One call at a time. */
export async function takeSnapshot(state: HostState): Promise<HostSnapshot> {
  const begun = performance.now();
  const span = state.last === undefined ? 0 : Math.max(1, Math.round(begun - state.last));
  state.last = begun;
  const at = state.now();
  return { host: state.host, always_on: state.alwaysOn, at, span, ...complete(await state.look(span)) };
}

const UNSEEN: Omit<SystemLook, 'cpus' | 'uptime' | 'load' | 'memory'> = {
  cpu: null,
  swap: null,
  disks: [],
  processes: [],
  connections: null,
  listeners: [],
  network: null,
  logins: [],
};

/** Node's own figures cost a read of /proc/cpuinfo, so they are asked for only where something is missing. */
function complete(seen: Partial<SystemLook>): SystemLook {
  const { cpus: count, uptime: up, load, memory } = seen;
  if (count === undefined || up === undefined || load === undefined || memory === undefined) {
    return { ...UNSEEN, ...ofNode(), ...seen };
  }
  return { ...UNSEEN, cpus: count, uptime: up, load, memory, ...seen };
}

function mustBeMounted(root: string): void {
  const path = join(root, 'proc/stat');
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new Error(`host.root is ${root}, but ${path} cannot be read: mount the machine's /proc there.`);
  }
}

/** What Node says on every system. On Windows the load is always 0. */
function ofNode(): Pick<SystemLook, 'cpus' | 'uptime' | 'load' | 'memory'> {
  const [one = 0, five = 0, fifteen = 0] = loadavg();
  return {
    cpus: Math.max(1, cpus().length),
    uptime: uptime(),
    load: [one, five, fifteen],
    memory: { total: totalmem(), used: totalmem() - freemem() },
  };
}

/** macOS and Windows: CPU time is all that Node says besides. */
function nodeLooker(): Looker {
  let before = times();
  return (span) => {
    const now = times();
    const total = now.total - before.total;
    const busy = now.busy - before.busy;
    before = now;
    return Promise.resolve({ cpu: span === 0 || total <= 0 ? 0 : Math.round((busy / total) * 1000) / 10 });
  };
}

function times(): { readonly busy: number; readonly total: number } {
  const sum = { busy: 0, total: 0 };
  for (const { times: spent } of cpus()) {
    const busy = spent.user + spent.nice + spent.sys + spent.irq;
    sum.busy += busy;
    sum.total += busy + spent.idle;
  }
  return sum;
}
