/**
 * `monitor_metrics.jsonl` → points of the charts. They go to the store directly: a score was computed when the line was written,
 * and computing it anew, or telling anybody, would be wrong. Nobody else may have the store open.
 */
import type { ScoredSnapshot } from '#contract';
import { type Commit, encodeBatch, type Store } from '#store';
import { contentOf } from './content.ts';
import { badLine, type Job, type Means, orderedZone } from './job.ts';
import { readMetrics } from './monitor-line.ts';
import { numberedLines } from './numbered-lines.ts';

type Part = Partial<Pick<Commit, 'snapshots' | 'marks'>>;
export type Append = (part: Part) => Promise<void>;

/** Commits without events, one after the other. */
export async function appender(store: Store, now: () => number): Promise<Append> {
  let { lastBatch } = await store.recover();
  return async ({ snapshots = [], marks = [] }) => {
    const batch = lastBatch + 1;
    const received = now();
    await store.commit({
      batch,
      received,
      events: encodeBatch([]),
      hits: 0,
      marks,
      alerts: [],
      outbox: [],
      snapshots,
    });
    lastBatch = batch;
  };
}

/** Looks in one commit. */
const BATCH = 5000;

export async function importHistory(job: Job, means: Means, store: Store, append: Append): Promise<void> {
  const { stream, tally, source } = job;
  const { host, now, signal } = means;
  const reader = { zone: orderedZone(job, means), host, now: now() };
  let looks: ScoredSnapshot[] = [];
  let through = stream.done;

  async function flush(): Promise<void> {
    const fresh = await unknown(store, host, looks);
    await append({ snapshots: fresh, marks: [{ ...stream.tag, mark: through }] });
    tally.taken += fresh.length;
    tally.known += looks.length - fresh.length;
    looks = [];
  }

  for await (const found of numberedLines(contentOf(source, signal), false)) {
    for (const { text, to, number } of found) {
      // Those that are in already are read too: they tell which of two hours it is.
      const read = readMetrics(text, reader);
      if (to <= stream.done) {
        tally.known++;
        continue;
      }
      if (read.ok) looks.push(read.value);
      else badLine(means, job, number, read.reason);
      through = to;
      if (looks.length >= BATCH) await flush();
    }
    signal.throwIfAborted();
  }
  if (through > stream.done) await flush();
}

/** Points that one answer holds at most. */
const PAGE = 10_000;

/**
 * Those of whose second the store has nothing yet: the monitor's files know seconds only, so what Porchlight itself wrote to them is
 * a few ms away from what it stored.
 */
async function unknown(
  store: Store,
  host: string,
  looks: readonly ScoredSnapshot[],
): Promise<readonly ScoredSnapshot[]> {
  const second = (at: number): number => Math.floor(at / 1000);
  const times = looks.map(({ snapshot }) => snapshot.at);
  const from = second(Math.min(...times)) * 1000;
  const taken = new Set<number>();
  for (let to = (second(Math.max(...times)) + 1) * 1000; to > from;) {
    const points = await store.metrics({ host, from, to, limit: PAGE });
    for (const { at } of points) taken.add(second(at));
    to = points.length < PAGE ? from : (points[0]?.at ?? from);
  }
  return looks.filter(({ snapshot: { at } }) => {
    if (taken.has(second(at))) return false;
    taken.add(second(at));
    return true;
  });
}
