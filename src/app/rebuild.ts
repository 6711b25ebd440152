/**
 * Brings a pipeline to the state that the store holds: marks and open alerts as they are, correlation windows by running
 * the stored events that took part in one through the detector again, without their matches.
 */
import type { Recovery, Store, StoredBatch } from '#store';
import type { HealthRecovery } from './health.ts';
import type { PipelineThread } from './threads.ts';

/** Batches read at a time, and the most events read in all: windows are bounded far below that. */
const PAGE = 64;
const MAX_EVENTS = 500_000;

/** Where a state comes from. */
export type Memory = Pick<Store, 'recover' | 'snapshots' | 'events' | 'correlatedBatches'>;

/** A pipeline with other rules takes the place of one that still lives: nothing is run again, the windows go over as they are. */
export async function takeOver(next: PipelineThread, pipeline: PipelineThread, store: Memory): Promise<void> {
  const recovery = await store.recover();
  await next.adopt(recovery, await healthRecovery(store, recovery), await pipeline.handover());
}

/** `onCut`: there was more to read than is read, so windows may lack their oldest events. */
export async function rebuild(
  pipeline: Pick<PipelineThread, 'describe' | 'reset' | 'rebuild'>,
  store: Memory,
  onCut: () => void,
): Promise<Recovery> {
  const recovery = await store.recover();
  // At a start the rules are still compiled meanwhile.
  const [{ horizon }, health] = await Promise.all([pipeline.describe(), healthRecovery(store, recovery)]);
  await pipeline.reset(recovery, health);
  const { pages, whole } = await windowBatches(store, recovery, horizon);
  if (!whole) onCut();
  for (const page of pages.toReversed()) await pipeline.rebuild(page.toReversed());
  return recovery;
}

/** Authentication lines that the health of a machine goes by; no older than a day, since a search that finds few reads all. */
const AUTH_LINES = 300;
const AUTH_AGE = 24 * 3_600_000;

async function healthRecovery(store: Memory, { lastReceived, lastBatch }: Recovery): Promise<HealthRecovery> {
  if (lastBatch === 0) return { snapshots: [], auth: [] };
  const query = { q: 'event.category:authentication', from: lastReceived - AUTH_AGE, limit: AUTH_LINES };
  // A search that is too slow, or a query nobody has an answer for, costs the window and not the start.
  const found = await store.events(query).catch(() => ({ items: [] }));
  return { snapshots: await store.snapshots(), auth: found.items.map(({ event }) => event).toReversed() };
}

/**
 * Batches that open windows may need, in pages, newest first. Windows go by what was received lately, however old it says
 * it is: two horizons of it, for whether an event was already reported depends on those before it.
 */
async function windowBatches(
  store: Memory,
  recovery: Recovery,
  horizon: number,
): Promise<{ readonly pages: readonly (readonly StoredBatch[])[]; readonly whole: boolean }> {
  const pages: (readonly StoredBatch[])[] = [];
  const since = recovery.lastReceived - 2 * horizon;
  let events = 0;
  for (let before = recovery.lastBatch + 1; events < MAX_EVENTS;) {
    const page = await store.correlatedBatches(before, PAGE);
    const needed = page.filter(({ received }) => received >= since);
    if (needed.length > 0) pages.push(needed);
    // A page may be short, because damaged batches are left out.
    if (needed.length === 0 || needed.length < page.length) return { pages, whole: true };
    events += needed.reduce((sum, batch) => sum + batch.events.count, 0);
    before = page.at(-1)?.batch ?? 0;
  }
  return { pages, whole: false };
}
