/**
 * A look at a Linux machine through its /proc. In a container `root` is where the machine's own root is mounted: then its network
 * and its mounts are those of its process 1, not of ours.
 */
import { existsSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import type { HostSnapshot, Listener } from '#contract';
import { diskUse, readMounts, realDisks } from './disks.ts';
import { type ProcReader, procReader } from './proc-file.ts';
import { processTable } from './processes.ts';
import { loginReader } from './recent-logins.ts';
import { socketOwners } from './socket-owners.ts';
import { addressOf, newTally, type SocketTally, tallySockets } from './sockets.ts';
import { type CpuTicks, readAccounts, readCpu, readLoad, readMemory, readTraffic, readUptime } from './system-text.ts';
import { readUnits } from './units.ts';

/** What one kind of system says; the rest of a snapshot is the same everywhere. */
export type SystemLook = Pick<
  HostSnapshot,
  | 'cpus'
  | 'uptime'
  | 'load'
  | 'cpu'
  | 'memory'
  | 'swap'
  | 'disks'
  | 'processes'
  | 'connections'
  | 'listeners'
  | 'network'
  | 'logins'
>;

/** `span`: ms since the look before, 0 for the first one. One look at a time. */
export type Looker = (span: number) => Promise<Partial<SystemLook>>;

const PEERS = 10;
const LISTENERS = 64;
/** Above it, Linux gives UDP sockets a port of its own choice for a question they ask: no service. */
const CHOSEN_PORTS = 32_768;

export function linuxLooker(root: string): Looker {
  const proc = join(root, 'proc');
  const own = root === '/' ? proc : join(proc, '1');
  const reader = procReader();
  const processes = processTable(proc, reader, readUnits(reader.read('/proc/self/auxv'), wordBytes()));
  const sockets = socketLooker(own, proc, reader);
  const network = networkLooker(own, root, reader);
  const cpu = cpuLooker(proc, reader);
  const logins = loginReader(root);

  return async (span) => {
    const memory = readMemory(reader.text(`${proc}/meminfo`) ?? '');
    const accounts = readAccounts(reader.text(join(root, 'etc/passwd')) ?? '');
    const mounts = realDisks(readMounts(reader.text(`${own}/mounts`) ?? ''));
    const load = readLoad(reader.text(`${proc}/loadavg`) ?? '');
    const uptime = readUptime(reader.text(`${proc}/uptime`) ?? '');
    return {
      ...(load === undefined ? {} : { load }),
      ...(uptime === undefined ? {} : { uptime }),
      ...(memory === undefined ? {} : { memory: memory.memory, swap: memory.swap ?? null }),
      ...cpu(),
      network: network(span),
      ...(await sockets()),
      processes: await processes.look(span, memory?.memory.total ?? 0, accounts),
      disks: await diskUse(root, mounts),
      logins: await logins(),
    };
  };
}

/** 64-bit systems are the rule; on a big-endian one the vector is left unread. */
const wordBytes = (): 4 | 8 =>
  ['arm', 'ia32', 'mips', 'mipsel'].includes(process.arch) || endianness() === 'BE' ? 4 : 8;

function cpuLooker(proc: string, reader: ProcReader): () => Partial<Pick<SystemLook, 'cpu' | 'cpus'>> {
  let before: CpuTicks | undefined;
  return () => {
    const ticks = readCpu(reader.text(`${proc}/stat`) ?? '');
    const last = before;
    before = ticks;
    if (ticks === undefined) return {};
    const total = ticks.total - (last?.total ?? ticks.total);
    const busy = ticks.busy - (last?.busy ?? ticks.busy);
    const share = total <= 0 ? 0 : Math.min(1, Math.max(0, busy / total));
    return { cpus: ticks.cpus, cpu: Math.round(share * 1000) / 10 };
  };
}

/** Only interfaces with a device behind them: a bridge or a container's cable carries the same bytes once more. */
function networkLooker(own: string, root: string, reader: ProcReader): (span: number) => SystemLook['network'] {
  let before = new Map<string, { readonly in: number; readonly out: number }>();
  return (span) => {
    const text = reader.text(`${own}/net/dev`);
    if (text === undefined) return null;
    const all = readTraffic(text);
    const devices = all.filter(({ name }) => existsSync(join(root, 'sys/class/net', name, 'device')));
    const counted = devices.length > 0 ? devices : all;
    const sum = { in: 0, out: 0 };
    for (const { name, in: received, out } of counted) {
      const last = before.get(name);
      // A counter that fell was started anew.
      sum.in += Math.max(0, received - (last?.in ?? received));
      sum.out += Math.max(0, out - (last?.out ?? out));
    }
    before = new Map(counted.map((one) => [one.name, one]));
    const perSecond = (bytes: number): number => (span === 0 ? 0 : Math.round((bytes / span) * 1000));
    return { in: perSecond(sum.in), out: perSecond(sum.out) };
  };
}

const FILES = [
  ['tcp', 'tcp', 8],
  ['tcp6', 'tcp', 32],
  ['udp', 'udp', 8],
  ['udp6', 'udp', 32],
] as const;

function socketLooker(
  own: string,
  proc: string,
  reader: ProcReader,
): () => Promise<Pick<SystemLook, 'connections' | 'listeners'>> {
  const owners = socketOwners(proc, reader);
  return async () => {
    const tally = newTally();
    let readable = false;
    for (const [file, protocol, digits] of FILES) {
      const bytes = reader.read(`${own}/net/${file}`);
      if (bytes === undefined) continue;
      readable = true;
      tallySockets(bytes, protocol, digits, tally);
    }
    if (!readable) return { connections: null, listeners: [] };
    const bound = tally.bound.filter(({ protocol, port }) => protocol === 'tcp' || port < CHOSEN_PORTS);
    const names = await owners.find(new Set(bound.flatMap(({ inode }) => (inode === 0 ? [] : [inode]))));
    return {
      connections: { established: tally.established, peers: peersOf(tally) },
      listeners: listenersOf(bound, names),
    };
  };
}

function peersOf({ peers }: SocketTally): { readonly address: string; readonly count: number }[] {
  // The same peer may be written in both families.
  const counts = new Map<string, number>();
  for (const [hex, count] of peers) {
    const address = addressOf(hex);
    counts.set(address, (counts.get(address) ?? 0) + count);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, PEERS)
    .map(([address, count]) => ({ address, count }));
}

/** By port; several sockets of one place (a worker each) are one. */
function listenersOf(bound: SocketTally['bound'], names: ReadonlyMap<number, string>): Listener[] {
  const places = new Map<string, Listener>();
  for (const { protocol, address, port, inode } of bound) {
    const place = `${protocol} ${address} ${port}`;
    const process = names.get(inode) ?? '';
    if ((places.get(place)?.process ?? '') === '') places.set(place, { port, protocol, address, process });
  }
  return [...places.values()]
    .toSorted((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1))
    .slice(0, LISTENERS);
}
