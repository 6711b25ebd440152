/** The upkeep's thread: seals and throws away. It is started when there is something to do and stopped again. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import {
  ENOUGH_TO_SEAL,
  type Head,
  type Kept,
  type Limits,
  openUpkeep,
  type StoreDamage,
  type ThrownAway,
} from '#store';
import { type Port, serve } from './rpc.ts';

const { path, limits } = workerData as { readonly path: string; readonly limits: Limits };
const upkeep = openUpkeep(path, limits);

/** ms after which fewer events are sealed too. */
const OLD = 3_600_000;

export interface Tidied {
  /** Events that went into their days' files. */
  readonly sealed: number;
  /** Batches that could not be read. */
  readonly damaged: number;
  readonly thrownAway: readonly ThrownAway[];
  readonly kept: Kept;
  /** Of the ledger. */
  readonly head: Head;
  /** All that is known without reading everything. */
  readonly damages: readonly StoreDamage[];
}

async function tidy(now: number, signal: AbortSignal): Promise<Tidied> {
  const thrownAway = upkeep.retain(now);
  let sealed = 0;
  let damaged = 0;
  for (;;) {
    const { events, oldest, planned } = upkeep.hot();
    if (!planned && events < ENOUGH_TO_SEAL && (events === 0 || now - oldest < OLD)) break;
    const done = upkeep.seal(now);
    sealed += done?.events ?? 0;
    damaged += done?.damaged.length ?? 0;
    await nextTurn();
    if (signal.aborted) break;
  }
  while (!signal.aborted && upkeep.shrink() > 0) await nextTurn();
  return { sealed, damaged, thrownAway, kept: upkeep.kept(now), head: upkeep.head(), damages: upkeep.damages() };
}

serve(parentPort as Port, {
  tidy: ([now], signal) => tidy(now as number, signal),
  close: () => upkeep.close(),
});
