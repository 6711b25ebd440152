/** The one line a chaos run leaves behind. */
import type { Reckoning } from './audit.ts';
import type { Senders } from './senders.ts';

export interface Run {
  readonly kills: number;
  readonly seed: number;
  readonly reckoning: Reckoning;
  readonly stored: number;
  readonly alerts: number;
  readonly rotations: number;
  readonly senders: Senders;
  /** ms from start to listening, of each life that came so far. */
  readonly restarts: readonly number[];
  readonly peakMb: number;
  readonly counters: ReadonlyMap<string, number>;
}

export function reportLine(run: Run): string {
  const { acked, lost, duplicated } = run.reckoning;
  const { times, retries } = run.senders;
  const dropped = [...run.counters].filter(([, count]) => count > 0).map(([name, count]) => `${name} ${count}`);
  return [
    `kills ${run.kills}`,
    `acked ${acked}`,
    `stored ${run.stored}`,
    `lost ${lost}`,
    `duplicated ${duplicated}`,
    `alerts ${run.alerts}`,
    `rotations ${run.rotations}`,
    `retries ${retries}`,
    `ack p50 ${quantile(times, 0.5)} ms p99 ${quantile(times, 0.99)} ms`,
    `restart p50 ${quantile(run.restarts, 0.5)} ms max ${quantile(run.restarts, 1)} ms`,
    `RSS max ${run.peakMb} MB`,
    `dropped: ${dropped.join(', ') || 'nothing'}`,
    `seed ${run.seed}`,
  ].join(' · ');
}

function quantile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}
