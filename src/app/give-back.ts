/**
 * Gives memory back when a thread is quiet. V8 collects when something is allocated, so a thread that has finished its start, or a
 * burst of events, keeps what was only needed for it: a quarter of the server's memory, until the next burst. Each thread looks at
 * itself now and then, and collects where that is worth it and nobody waits.
 *
 * `gc` is there where the launcher asked for it. A program that was started without it keeps its memory and does the same.
 */
import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** Between two looks, ms; and at first, when what a start needed is still there. */
const LOOK = 5000;
const FIRST_LOOK = 1000;
const FIRST_LOOKS = 4;
/** A thread that was busy for more than this part of the time since the last look has better things to do. */
const BUSY = 0.1;
/** A collection stops its thread for 20 to 100 ms. For less than this, bytes, it is not worth it. */
const WORTH = 12 * 1024 * 1024;

interface Gauges {
  /** Part of the time since the last call that this thread was busy, 0 to 1. */
  readonly busy: () => number;
  /** Bytes of memory that this thread's heap holds. */
  readonly held: () => number;
  readonly collect: () => void;
}

/** What happens at each look. */
export function looker({ busy, held, collect }: Gauges): () => void {
  let least = 0;
  return () => {
    if (busy() > BUSY || held() - least < WORTH) return;
    collect();
    least = held();
  };
}

/** Now, in this thread, and the nursery too, which no other kind of collection gives back. */
export function giveBack(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** For the thread that calls it, until it ends. */
export function giveBackWhenQuiet(): void {
  if (globalThis.gc === undefined) return;
  let before = performance.eventLoopUtilization();
  const busy = (): number => {
    const { utilization } = performance.eventLoopUtilization(before);
    before = performance.eventLoopUtilization();
    return utilization;
  };
  const look = looker({
    busy,
    held: () => getHeapStatistics().total_physical_size,
    collect: giveBack,
  });
  let looks = 0;
  const later = (): void => {
    look();
    setTimeout(later, ++looks < FIRST_LOOKS ? FIRST_LOOK : LOOK).unref();
  };
  setTimeout(later, FIRST_LOOK).unref();
}
