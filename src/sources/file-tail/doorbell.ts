/**
 * Wakes a tail: the folder's watch rings at once, the poll at the latest after its interval. Watches are lost in silence
 * (overflow, network mounts, a replaced folder), so only the poll is relied on; the watch is renewed when it failed or the
 * folder became another one.
 */
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';

export interface Doorbell {
  /** Resolves when rung, after `ms`, or when the signal ends. A ring while nobody waits is kept. */
  wait(ms: number): Promise<void>;
  close(): void;
}

export function doorbell(folder: string, concerns: (name: string) => boolean, signal: AbortSignal): Doorbell {
  let watcher: FSWatcher | undefined;
  let watched = '';
  let rung = false;
  let wake: (() => void) | undefined;

  function ring(): void {
    rung = true;
    wake?.();
  }

  function unwatch(): void {
    watcher?.close();
    watcher = undefined;
    watched = '';
  }

  async function renew(): Promise<void> {
    const found = await stat(folder, { bigint: true }).catch(() => undefined);
    const identity = found === undefined ? '' : `${found.dev}:${found.ino}`;
    if (identity === watched && (watcher !== undefined || identity === '')) return;
    unwatch();
    if (identity === '' || signal.aborted) return;
    try {
      watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || concerns(name)) ring();
      });
      watcher.on('error', unwatch);
      watched = identity;
    } catch {
      // No watch to be had (limit reached, not supported): the poll does it alone.
    }
  }

  return {
    async wait(ms) {
      if (!rung) await renew();
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const done = (): void => {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            wake = undefined;
            resolve();
          };
          const timer = setTimeout(done, ms);
          signal.addEventListener('abort', done, { once: true });
          wake = done;
        });
      }
      rung = false;
    },
    close: unwatch,
  };
}
