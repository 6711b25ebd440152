/**
 * Looks at this machine at a steady beat and yields each look as a record. It keeps no place: a look that was not stored is
 * gone, and after a restart the next one follows.
 */
import type { RawRecord, SourceTag } from '#contract';
import { sleep } from '#lib/backoff';
import { snapshotRecord } from './host-metrics/snapshot-record.ts';
import { type HostOptions, hostState, takeSnapshot } from './host-metrics/take-snapshot.ts';

export { type HostOptions, type HostState, hostState, takeSnapshot } from './host-metrics/take-snapshot.ts';

export interface HostMetricsOptions extends HostOptions {
  /** ms from one look to the next. */
  readonly interval: number;
  /** `type` must be 'snapshot': only then may a record speak as Porchlight. */
  readonly tag: SourceTag;
}

/** At once and then every interval. A look that is still under way, or a reader who is busy, makes the beats skip, never pile up. */
export async function* hostMetrics(
  { interval, tag, ...options }: HostMetricsOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly RawRecord[]> {
  const state = hostState(options);
  const start = performance.now();
  while (!signal.aborted) {
    const snapshot = await takeSnapshot(state);
    if (signal.aborted) return;
    yield [snapshotRecord(snapshot, tag)];
    if (!(await untilBeat(start, interval, signal))) return;
  }
}

/** False when the signal ended first. */
async function untilBeat(start: number, interval: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(msToBeat(start, interval, performance.now()), signal);
    return true;
  } catch {
    return false;
  }
}

/** Beats are counted from the start, so that they do not drift; those that have passed are left out. */
export function msToBeat(start: number, interval: number, now: number): number {
  const beat = Math.floor((now - start) / interval) + 1;
  return start + beat * interval - now;
}
