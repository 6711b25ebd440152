/**
 * Keeps one source running: opens it, pumps its records into the hub, and opens it again with backoff when it throws.
 * A source never sees the queue; waiting for a place in it is what slows a source down.
 */
import type { RawRecord } from '#contract';
import { backoffDelay, sleep } from '#lib/backoff';
import type { RecordStream } from '#sources';

export interface Supervised {
  readonly name: string;
  open(signal: AbortSignal): RecordStream;
  put(records: readonly RawRecord[], signal: AbortSignal): Promise<void>;
  /** Resolves when all records put so far are committed: a source that opens again must see its own marks. */
  settled(): Promise<void>;
  onState(state: 'following' | 'failed', reason: string): void;
}

const RETRY = { base: 500, cap: 30_000 } as const;
/** A source that ran this long without a fault starts its backoff anew, ms. */
const STEADY = 60_000;

/** Resolves when the signal is aborted and the source has ended. */
export async function supervise(source: Supervised, signal: AbortSignal, now: () => number): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    const opened = now();
    try {
      source.onState('following', '');
      for await (const records of source.open(signal)) await source.put(records, signal);
      if (signal.aborted) return;
      throw new Error('it ended');
    } catch (error) {
      if (signal.aborted) return;
      source.onState('failed', (error as Error).message);
    }
    if (now() - opened > STEADY) attempt = 0;
    try {
      await sleep(backoffDelay(attempt, RETRY.base, RETRY.cap, Math.random), signal);
      await unlessAborted(source.settled(), signal);
    } catch {
      return;
    }
  }
}

/** Rejects when the signal ends first: a store that keeps nothing must not keep us from ending either. */
export function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
