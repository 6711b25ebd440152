/**
 * When the store is tidied: a while after the start, when enough is hot, when the disk has too little room, and every hour.
 * It takes a core for a moment, so it waits while intake is busy: at most until so much is hot that searching it would be felt, and
 * never for longer than some minutes. A flood that does not end is sealed all the same.
 */
import { appendFileSync, statfsSync } from 'node:fs';
import { type Config, isoTime } from '#contract';
import { ENOUGH_TO_SEAL, type Head, headLine, type Kept, type Limits, type StoreDamage } from '#store';
import type { Counters } from '#lib/counters';
import { startUpkeepThread } from './threads.ts';

export interface UpkeepOptions {
  readonly folder: string;
  readonly limits: Limits;
  /** New heads of the ledger are appended to it. */
  readonly heads: string | undefined;
  readonly counters: Counters;
  readonly now: () => number;
  /** Milliseconds, since whenever, in which something was on its way between intake and commit. */
  readonly busy: () => number;
  /** All that is known to be damaged, after each turn; and the oldest day that is kept. */
  readonly onDamage: (damages: readonly StoreDamage[], oldest: string | undefined) => void;
  /** undefined: it is mended. */
  readonly onTrouble: (reason: string | undefined) => void;
}

export interface Housekeeper {
  /** So many events were committed. */
  committed(events: number): void;
  /** As of the last turn; undefined before the first one. */
  kept(): Kept | undefined;
  /** Of the ledger, as of the last turn; undefined before the first one, and where nothing was sealed yet. */
  head(): Head | undefined;
  close(): Promise<void>;
}

const GB = 1_000_000_000;
const LOOK = 2_000;
const FIRST = 20_000;
const HOUR = 3_600_000;
/** After a failure. */
const AGAIN = 60_000;
/** Where there is too little room on the disk and nothing that could be thrown away. */
const ROOM_AGAIN = 600_000;
/** Part of the time between two looks from which on intake is busy. */
const BUSY = 0.25;
/** What ends the waiting: events that are hot, and ms since there was something to do. */
const MOST_HOT = 1_000_000;
const LONGEST = 300_000;

export function keepHouse({
  folder,
  limits,
  heads,
  counters,
  now,
  busy,
  onDamage,
  onTrouble,
}: UpkeepOptions): Housekeeper {
  let hot = 0;
  let last: Head | undefined;
  let kept: Kept | undefined;
  const isBusy = partOf(busy, now);
  /** Since when there has been something to do. */
  let dueFrom: number | undefined;
  let next = now() + FIRST;
  /** Before this nobody looks whether the disk has room. */
  let roomFrom = next;
  let running: { readonly stop: () => Promise<void>; readonly ended: Promise<void> } | undefined;

  const tidy = async (thread: ReturnType<typeof startUpkeepThread>): Promise<void> => {
    try {
      const { sealed, damaged, thrownAway, kept: found, head, damages } = await thread.tidy(now());
      hot = Math.max(0, hot - sealed);
      kept = found;
      counters.add('store_events_sealed', 'sealed', sealed);
      if (damaged > 0) counters.add('store_batches_damaged', 'unreadable', damaged);
      for (const { events, reason } of thrownAway) counters.add('store_events_thrown_away', reason, events);
      next = now() + HOUR;
      roomFrom = now() + (thrownAway.length > 0 ? AGAIN : ROOM_AGAIN);
      onDamage(damages, found.oldest);
      onTrouble(keepHead(heads, head, last?.seq ?? 0, now()));
      last = head;
    } catch (error) {
      counters.add('store_upkeep_failed', 'failed');
      next = now() + AGAIN;
      roomFrom = next;
      onTrouble(`Events are not put into their days’ files: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await thread.stop();
      running = undefined;
    }
  };
  const look = (): void => {
    const waits = isBusy() > BUSY && hot < MOST_HOT;
    if (running !== undefined) return;
    const lacksRoom = limits.free > 0 && now() >= roomFrom && freeBytes(folder) < limits.free;
    const due = lacksRoom || now() >= next || (hot >= ENOUGH_TO_SEAL && next - now() > AGAIN);
    dueFrom = due ? (dueFrom ?? now()) : undefined;
    if (dueFrom === undefined) return;
    if (waits && !lacksRoom && now() - dueFrom < LONGEST) return;
    dueFrom = undefined;
    const thread = startUpkeepThread(folder, limits);
    running = { stop: () => thread.stop(), ended: tidy(thread) };
  };
  const timer = setInterval(look, LOOK);
  timer.unref();
  return {
    committed(events) {
      hot += events;
    },
    kept: () => kept,
    head: () => (last === undefined || last.seq === 0 ? undefined : last),
    async close() {
      clearInterval(timer);
      // Whatever is under way is ended by the next start, with the same bounds.
      await running?.stop();
      await running?.ended;
    },
  };
}

/** What part of the time since the last call was counted, 0 to 1. */
function partOf(counted: () => number, now: () => number): () => number {
  let before = { counted: counted(), at: now() };
  return () => {
    const next = { counted: counted(), at: now() };
    const part = (next.counted - before.counted) / Math.max(1, next.at - before.at);
    before = next;
    return part;
  };
}

/** Infinite where nobody can tell. */
function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}

/** As the settings say it. */
export const limitsOf = ({ days, size_gb: size, free_gb: free }: Config['retention']): Limits => ({
  days,
  bytes: size * GB,
  free: free * GB,
});

/** Why the head could not be appended; the store goes on without. */
function keepHead(file: string | undefined, head: Head, last: number, now: number): string | undefined {
  if (file === undefined || head.seq === last || head.seq === 0) return undefined;
  try {
    appendFileSync(file, headLine(head, isoTime(now)), { mode: 0o600, flush: true });
    return undefined;
  } catch (error) {
    return `The ledger’s head cannot be appended to ${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
