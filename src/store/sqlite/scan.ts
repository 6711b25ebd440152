/**
 * Walks over batches without holding up commits: both run on one connection in one thread, so a scan works in short slices
 * and lets the event loop go on between them. It remembers keys, not an open statement, so commits in between do not
 * disturb it; batches never change, and those after `through` are not seen.
 *
 * A damaged batch is reported once and passed over; the rest is still found.
 */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CodedError } from '#contract';
import { type BatchView, DamagedBatch, viewBatch } from '../encoded-batch.ts';
import { translated } from './fault.ts';

const KEYS_AT_ONCE = 200;

/** How long a reader may go on, and who may stop it. */
export interface Watch {
  /** Resolves when work may go on; rejects when aborted, out of time or closed. */
  breathe(): Promise<void>;
}

export interface Pace {
  /** ms that one search may take in all. */
  readonly limit: number;
  /** ms of work between two turns of the event loop: the most that a commit waits, one batch's work aside. */
  readonly slice: number;
}

export function watch(db: DatabaseSync, pace: Pace, signal: AbortSignal | undefined): Watch {
  const started = performance.now();
  let resumed = started;
  return {
    async breathe() {
      signal?.throwIfAborted();
      if (performance.now() - resumed < pace.slice) return;
      await nextTurn();
      resumed = performance.now();
      signal?.throwIfAborted();
      if (!db.isOpen) throw new CodedError('STORE_FAILED', 'the store was closed during the search.');
      if (resumed - started > pace.limit) {
        throw new CodedError('SLOW_QUERY', `it was stopped after ${Math.round(pace.limit / 100) / 10} seconds.`);
      }
    },
  };
}

export interface BatchKey {
  readonly id: number;
  readonly count: number;
  readonly minTime: number;
  readonly maxTime: number;
}

export interface ScanRange {
  readonly from: number;
  readonly to: number;
  /** Last batch to be seen. */
  readonly through: number;
}

/** `open` reads the bytes; a visit that answers false ends the scan. */
type Visit = (key: BatchKey, open: () => BatchView) => boolean;

export interface Scanner {
  lastBatch(): number;
  /** Batches that overlap the range, by their newest event, newest first. */
  byTime(range: ScanRange, watching: Watch, visit: Visit): Promise<void>;
  /** Batches from `first` on, in stored order. */
  byNumber(first: number, range: ScanRange, watching: Watch, visit: Visit): Promise<void>;
  /** Undefined where there is no such batch or it is damaged. */
  batch(id: number): BatchView | undefined;
}

const NEWEST_FIRST = `
  SELECT id, count, min_time, max_time FROM batch
  WHERE (max_time, id) < (:max, :id) AND max_time >= :from AND min_time < :to AND id <= :through AND count > 0
  ORDER BY max_time DESC, id DESC LIMIT ${KEYS_AT_ONCE}`;
const AS_STORED = `
  SELECT id, count, min_time, max_time FROM batch
  WHERE id > :id AND id <= :through AND max_time >= :from AND min_time < :to AND count > 0 ORDER BY id LIMIT ${KEYS_AT_ONCE}`;

export function scanner(db: DatabaseSync, report: (batch: number, reason: string) => void): Scanner {
  const newestFirst = db.prepare(NEWEST_FIRST);
  const asStored = db.prepare(AS_STORED);
  const last = db.prepare('SELECT last_batch AS last FROM progress');
  const bytesOf = db.prepare('SELECT events FROM batch WHERE id = ?');

  const open = (id: number): BatchView => {
    const bytes = translated(() => bytesOf.get(id)?.['events']);
    if (!(bytes instanceof Uint8Array)) throw new DamagedBatch('it is gone');
    return viewBatch(bytes);
  };
  /** The visit's answer; true, so that the scan goes on, where the batch is damaged. */
  const visited = (visit: Visit, key: BatchKey): boolean => {
    try {
      return visit(key, () => open(key.id));
    } catch (error) {
      if (!(error instanceof DamagedBatch)) throw error;
      report(key.id, error.message);
      return true;
    }
  };
  const walk = async (keysAfter: (key: BatchKey) => BatchKey[], start: BatchKey, watching: Watch, visit: Visit) => {
    for (let from = start; ;) {
      const keys = translated(() => keysAfter(from));
      for (const key of keys) {
        await watching.breathe();
        if (!visited(visit, key)) return;
        from = key;
      }
      if (keys.length < KEYS_AT_ONCE) return;
    }
  };
  return {
    lastBatch: () => translated(() => Number(last.get()?.['last'])),
    async byTime(range, watching, visit) {
      const bounds = { from: bound(range.from), to: bound(range.to), through: range.through };
      const next = (key: BatchKey) => newestFirst.all({ ...bounds, max: key.maxTime, id: key.id }).map(keyOf);
      await walk(
        next,
        { id: Number.MAX_SAFE_INTEGER, count: 0, minTime: 0, maxTime: bound(Infinity) },
        watching,
        visit,
      );
    },
    async byNumber(first, range, watching, visit) {
      const bounds = { from: bound(range.from), to: bound(range.to), through: range.through };
      const next = (key: BatchKey) => asStored.all({ ...bounds, id: key.id }).map(keyOf);
      await walk(next, { id: first - 1, count: 0, minTime: 0, maxTime: 0 }, watching, visit);
    },
    batch(id) {
      let found: BatchView | undefined;
      const whole: Visit = (_, view) => {
        const opened = view();
        opened.verify();
        found = opened;
        return false;
      };
      visited(whole, { id, count: 0, minTime: 0, maxTime: 0 });
      return found;
    },
  };
}

/** Beyond any time a batch can hold, and exact in a double. */
const bound = (time: number): number => Math.max(-9e15, Math.min(9e15, time));

const keyOf = (row: Record<string, unknown>): BatchKey => ({
  id: Number(row['id']),
  count: Number(row['count']),
  minTime: Number(row['min_time']),
  maxTime: Number(row['max_time']),
});
