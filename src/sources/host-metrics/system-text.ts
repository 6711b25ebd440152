/**
 * The small files of /proc: text → figures. See proc(5) and Documentation/filesystems/proc.rst of the kernel.
 * undefined for what cannot be read as that file; a file that was cut short gives what it still says.
 */

/** Average number of runnable tasks over 1, 5 and 15 minutes. */
export function readLoad(text: string): readonly [number, number, number] | undefined {
  const [one, five, fifteen] = text.split(' ', 3).map(Number);
  if (one === undefined || five === undefined || fifteen === undefined) return undefined;
  return Number.isFinite(one + five + fifteen) && text !== '' ? [one, five, fifteen] : undefined;
}

/** Ticks since boot. */
export interface CpuTicks {
  readonly busy: number;
  readonly total: number;
  /** How many CPUs are online. */
  readonly cpus: number;
}

/** `cpu user nice system idle iowait irq softirq steal guest guest_nice`; guests are already in user and nice. */
export function readCpu(text: string): CpuTicks | undefined {
  const sums = /^cpu +(\d[\d ]*)$/m.exec(text)?.[1];
  if (sums === undefined) return undefined;
  const ticks = sums.trim().split(/ +/).slice(0, 8).map(Number);
  if (ticks.length < 4) return undefined;
  const total = ticks.reduce((sum, value) => sum + value, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { busy: total - idle, total, cpus: Math.max(1, text.match(/^cpu\d+ /gm)?.length ?? 0) };
}

interface Use {
  readonly total: number;
  readonly used: number;
}

/** Bytes. Kernels before 3.14 have no MemAvailable: what is free or cached stands for it. */
export function readMemory(text: string): { readonly memory: Use; readonly swap: Use | undefined } | undefined {
  const bytes = (name: string): number | undefined => {
    const found = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found) * 1024;
  };
  const total = bytes('MemTotal');
  const free = bytes('MemFree');
  const available =
    bytes('MemAvailable') ?? (free === undefined ? undefined : free + (bytes('Buffers') ?? 0) + (bytes('Cached') ?? 0));
  if (total === undefined || available === undefined) return undefined;
  const swapTotal = bytes('SwapTotal');
  const swapFree = bytes('SwapFree');
  return {
    memory: { total, used: Math.max(0, total - available) },
    swap:
      swapTotal === undefined || swapFree === undefined
        ? undefined
        : { total: swapTotal, used: Math.max(0, swapTotal - swapFree) },
  };
}

/** Seconds since boot. */
export function readUptime(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?) /.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Bytes since boot. */
export interface Traffic {
  readonly name: string;
  readonly in: number;
  readonly out: number;
}

/** Every interface but loopback. An alias is written `eth0:1`, so the last colon ends the name. */
export function readTraffic(text: string): readonly Traffic[] {
  const found: Traffic[] = [];
  for (const line of text.split('\n').slice(2)) {
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    const figures = line
      .slice(colon + 1)
      .trim()
      .split(/ +/);
    const traffic = { name, in: Number(figures[0]), out: Number(figures[8]) };
    if (name !== '' && name !== 'lo' && Number.isFinite(traffic.in + traffic.out)) found.push(traffic);
  }
  return found;
}

/** Account names by uid. The first name of an id counts, as with getpwuid(3). */
export function readAccounts(text: string): ReadonlyMap<number, string> {
  const accounts = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name = '', , uid = ''] = line.split(':', 3);
    if (name !== '' && /^\d{1,10}$/.test(uid) && !accounts.has(Number(uid))) accounts.set(Number(uid), name);
  }
  return accounts;
}

/** Effective uid of a process, from `/proc/[pid]/status`. The name line escapes newlines, so no name can stand for it. */
export function readOwner(text: string): number | undefined {
  const found = /^Uid:\t\d+\t(\d+)\t/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
