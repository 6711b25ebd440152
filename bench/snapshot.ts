/** What a look at this machine costs: CPU time of this process, kernel included, with at least `least` processes running. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { hostState, takeSnapshot } from '../src/sources/host-metrics.ts';

export interface SnapshotCost {
  readonly processes: number;
  /** CPU time a look, µs. */
  readonly cpu: number;
  /** Time a look takes, µs: median and longest. */
  readonly p50: number;
  readonly max: number;
  /** The first look, which also finds the owners of listening sockets, µs. */
  readonly first: number;
}

const processes = (): number => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;

export async function snapshotCost(least: number, looks: number): Promise<SnapshotCost> {
  const idle: ChildProcess[] = [];
  try {
    for (let missing = least - processes(); missing > 0; missing--) {
      idle.push(spawn('sleep', ['600'], { stdio: 'ignore' }));
    }
    const state = hostState({ host: 'bench', root: '/', now: Date.now });
    const first = await timed(state);
    for (let warm = 0; warm < 20; warm++) await takeSnapshot(state);
    const before = process.cpuUsage();
    const times: number[] = [];
    for (let look = 0; look < looks; look++) times.push(await timed(state));
    const { user, system } = process.cpuUsage(before);
    const sorted = times.toSorted((a, b) => a - b);
    return {
      processes: processes(),
      cpu: (user + system) / looks,
      p50: sorted[Math.floor(looks / 2)] ?? 0,
      max: sorted.at(-1) ?? 0,
      first,
    };
  } finally {
    for (const child of idle) child.kill();
  }
}

async function timed(state: ReturnType<typeof hostState>): Promise<number> {
  const begun = performance.now();
  await takeSnapshot(state);
  return (performance.now() - begun) * 1000;
}
