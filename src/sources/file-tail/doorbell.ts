/**
 * Wakes tails: a folder's watch rings at once for the file that changed, the poll at the latest after its interval. Watches are
 * lost in silence (overflow, network mounts, a replaced folder), so only the poll is relied on; a watch is renewed when it
 * failed or the folder became another one.
 *
 * All tails of a folder share one watch, and a ring goes to the tail of that name and no other: with thousands of logs in one
 * folder each line would wake them all.
 */
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { sleep } from '#lib/backoff';
import { identityOf } from './identity.ts';
import { rotatedFrom } from './rotation.ts';

export interface Doorbell {
  /** Resolves when rung, with true; after `ms`, or when the signal ends. A ring while nobody waits is kept. */
  wait(ms: number): Promise<boolean>;
  ring(): void;
  close(): void;
}

export interface Watches {
  /** Rings for the file `name` and its rotated ones; without a name, when anything in one of the folders comes or goes. */
  bell(folders: readonly string[], name: string | undefined, signal: AbortSignal): Doorbell;
}

/** ms between two looks whether a folder is still the one that is watched. */
const RENEW = 1000;
/** ms in which rings are gathered: a program that writes a thousand times a second is read a hundred times. */
const GATHER = 10;

interface Watched {
  readonly rings: Map<string | undefined, Set<() => void>>;
  renew(): Promise<void>;
  close(): void;
}

/** `isWatching` false: bells ring by the poll alone. */
export function watches(isWatching: boolean): Watches {
  const all = new Map<string, Watched>();

  function listen(folder: string, name: string | undefined, ring: () => void): Watched {
    const watched = all.get(folder) ?? watchFolder(folder);
    all.set(folder, watched);
    const rings = watched.rings.get(name) ?? new Set();
    watched.rings.set(name, rings.add(ring));
    return watched;
  }

  function forget(folder: string, name: string | undefined, ring: () => void): void {
    const watched = all.get(folder);
    const rings = watched?.rings.get(name);
    if (watched === undefined || rings?.delete(ring) !== true) return;
    if (rings.size === 0) watched.rings.delete(name);
    if (watched.rings.size > 0) return;
    watched.close();
    all.delete(folder);
  }

  return {
    bell(folders, name, signal) {
      const { wait, ring } = waiting(signal, () => Promise.all(watched.map((one) => one.renew())));
      const watched = isWatching ? folders.map((folder) => listen(folder, name, ring)) : [];
      return {
        wait,
        ring,
        close() {
          for (const folder of folders) forget(folder, name, ring);
        },
      };
    },
  };
}

function waiting(signal: AbortSignal, before: () => Promise<unknown>): Pick<Doorbell, 'wait' | 'ring'> {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms) {
      if (rung) await sleep(Math.min(GATHER, ms), signal).catch(() => undefined);
      else await before();
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
      const wasRung = rung;
      rung = false;
      return wasRung;
    },
  };
}

function watchFolder(folder: string): Watched {
  const rings = new Map<string | undefined, Set<() => void>>();
  let watcher: FSWatcher | undefined;
  let identity = '';
  let renewed = -Infinity;
  let isClosed = false;

  const ringAll = (name: string | undefined): void => rings.get(name)?.forEach((ring) => ring());

  function changed(event: string, name: string | null): void {
    if (name === null) for (const one of rings.keys()) ringAll(one);
    else {
      ringAll(name);
      const log = rotatedFrom(name);
      if (log !== undefined) ringAll(log);
      if (event === 'rename') ringAll(undefined);
    }
  }

  function unwatch(): void {
    watcher?.close();
    watcher = undefined;
    identity = '';
  }

  async function look(): Promise<void> {
    const found = await stat(folder, { bigint: true }).catch(() => undefined);
    const now = found === undefined ? '' : identityOf(found);
    if (now === identity && (watcher !== undefined || now === '')) return;
    unwatch();
    if (now === '' || isClosed) return;
    try {
      watcher = watch(folder, { persistent: false }, changed);
      watcher.on('error', unwatch);
      identity = now;
      // What came between the last look and the watch rang nobody.
      for (const one of rings.keys()) ringAll(one);
    } catch {
      // No watch to be had (limit reached, not supported): the poll does it alone.
    }
  }

  return {
    rings,
    async renew() {
      if (performance.now() - renewed < RENEW) return;
      renewed = performance.now();
      await look();
    },
    close() {
      isClosed = true;
      unwatch();
    },
  };
}
