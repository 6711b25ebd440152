/**
 * Moves committed events from the hot batches of `porchlight.db` into the files of their days.
 *
 *   1  plan      which batches, told in `sealing_plan`: what an interrupted sealing began, the next one ends with the same bounds
 *   2  days      each day's blocks, in one transaction of its file, in place of what an interrupted sealing left there
 *   3  settle    hot rows out, evidence among them copied, catalogue and `sealed_through` on, plan out: one transaction of `porchlight.db`
 *
 * A kill between any two steps is harmless: until step 3 the hot rows are what counts, and blocks of a sealing that is not settled
 * are not looked at. Batches that cannot be read go to the table `damaged` as they are; nobody could read them hot either.
 */
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { encodeBlocks } from '../block/block.ts';
import { listGrams } from '../block/grams.ts';
import { summarize } from '../block/summary.ts';
import type { BlockSource } from '../block/view.ts';
import { type BatchView, DamagedBatch, viewBatch } from '../encoded-batch.ts';
import { type DayTotals, dayPath, type SummedBlock, writeDay } from './day-file.ts';
import { shelfOf } from './days.ts';
import { evidenceMover } from './evidence.ts';
import { blockDigest, ledger } from './ledger.ts';

/** Fewer events than this are better left until they are old: small blocks pack badly. */
export const ENOUGH_TO_SEAL = 16_384;

/** Events and stored bytes of one sealing: they are in memory at once. */
const MOST_EVENTS = 32_768;
const MOST_BYTES = 8 * 1024 * 1024;

/** Of a block: a house has some hundred. */
const MOST_FIELDS = 16_384;

export interface Sealed {
  readonly events: number;
  readonly through: number;
  /** Batches that could not be read: their bytes are put by. */
  readonly damaged: readonly number[];
}

/** What waits to be sealed. */
export interface Hot {
  readonly events: number;
  /** `received` of the oldest batch, ms; 0 where there is none. */
  readonly oldest: number;
  /** A sealing was interrupted. */
  readonly planned: boolean;
}

export interface Sealer {
  hot(): Hot;
  /** One sealing; undefined where nothing is hot. `keep`: days that are kept; `now`: ms. Throws SQLite's errors. */
  seal(keep: number, now: number): Sealed | undefined;
}

interface Plan {
  readonly through: number;
  readonly keep: number;
}

export function sealer(db: DatabaseSync, path: string): Sealer {
  const folder = dirname(path);
  const progress = db.prepare('SELECT sealed_through FROM progress');
  const hot = db.prepare(
    'SELECT coalesce(sum(count), 0) AS events, coalesce(min(received), 0) AS oldest, EXISTS (SELECT 1 FROM sealing_plan) AS planned FROM batch',
  );
  const planned = db.prepare('SELECT through, keep FROM sealing_plan');
  const plan = db.prepare('INSERT INTO sealing_plan (one, through, keep) VALUES (1, ?, ?)');
  const sizes = db.prepare('SELECT id, count, length(events) AS bytes FROM batch ORDER BY id LIMIT 20000');
  const batches = db.prepare('SELECT id, received, count, hits, events FROM batch WHERE id <= ? ORDER BY id');
  const catalogued = db.prepare('SELECT 1 FROM day WHERE name = ?');
  const store = String(db.prepare(`SELECT value FROM meta WHERE key = 'store'`).get()?.['value']);
  const settle = settler(db);
  const evidence = evidenceMover(db);

  const planOf = (keep: number): Plan | undefined => {
    const old = planned.get();
    if (old !== undefined) return { through: Number(old['through']), keep: Number(old['keep']) };
    let through: number | undefined;
    let events = 0;
    let bytes = 0;
    for (const row of sizes.iterate()) {
      if (through !== undefined && (events >= MOST_EVENTS || bytes >= MOST_BYTES)) break;
      through = Number(row['id']);
      events += Number(row['count']);
      bytes += Number(row['bytes']);
    }
    if (through === undefined) return undefined;
    plan.run(through, keep);
    return { through, keep };
  };
  return {
    hot() {
      const row = hot.get();
      return {
        events: Number(row?.['events']),
        oldest: Number(row?.['oldest']),
        planned: Number(row?.['planned']) === 1,
      };
    },
    seal(keep, now) {
      const doing = planOf(keep);
      if (doing === undefined) return undefined;
      const { through } = doing;
      const sealedThrough = Number(progress.get()?.['sealed_through']);
      const shelves: Shelves = new Map();
      const correlated: Correlated[] = [];
      const damaged: number[] = [];
      const views = new Map<number, BatchView>();
      let events = 0;
      for (const row of batches.iterate(through)) {
        const batch = Number(row['id']);
        const received = Number(row['received']);
        const count = Number(row['count']);
        const view = shelve(batch, received, row['events'], doing.keep, shelves);
        if (view === undefined) damaged.push(batch);
        else {
          if (Number(row['hits']) > 0) correlated.push({ batch, received, count });
          views.set(batch, view);
          events += view.count;
        }
      }
      const totals = new Map<string, DayTotals>();
      const digests: Record<string, readonly string[]> = {};
      for (const [day, blocks] of blocksByDay(shelves)) {
        digests[day] = blocks.map(({ filter, bytes }) => blockDigest(filter, bytes));
        const isKnown = catalogued.get(day) !== undefined;
        totals.set(day, writeDay(dayPath(folder, day), { through, sealedThrough, store, isKnown }, blocks));
      }
      const copies = evidence.copy(through, (batch) => views.get(batch));
      settle({ through, days: digests }, now, totals, correlated, damaged, () => evidence.settle(through, copies));
      return { events, through, damaged };
    },
  };
}

/** Events by the file and the kind of block they go to. */
type Shelves = Map<string, { readonly day: string; readonly sources: BlockSource[] }>;

/** Sorts a batch's events by their days. Undefined where it cannot be read. */
function shelve(
  batch: number,
  received: number,
  bytes: unknown,
  keep: number,
  shelves: Shelves,
): BatchView | undefined {
  try {
    if (!(bytes instanceof Uint8Array)) throw new DamagedBatch('it is gone');
    const view = viewBatch(bytes);
    view.verify();
    const ordinals = new Map<string, number[]>();
    const days = new Map<string, string>();
    for (let ordinal = 0; ordinal < view.count; ordinal++) {
      const { day, stray } = shelfOf(view.times[ordinal] ?? 0, received, keep);
      const key = stray ? `${day} stray` : day;
      const there = ordinals.get(key);
      if (there === undefined) {
        ordinals.set(key, [ordinal]);
        days.set(key, day);
      } else there.push(ordinal);
    }
    for (const [key, list] of ordinals) {
      let shelf = shelves.get(key);
      if (shelf === undefined) shelves.set(key, (shelf = { day: days.get(key) ?? '', sources: [] }));
      shelf.sources.push(list.length === view.count ? { batch, view } : { batch, view, ordinals: list });
    }
    return view;
  } catch (error) {
    if (!(error instanceof DamagedBatch)) throw error;
    return undefined;
  }
}

function blocksByDay(shelves: Shelves): Map<string, SummedBlock[]> {
  const days = new Map<string, SummedBlock[]>();
  for (const { day, sources } of shelves.values()) {
    const blocks = days.get(day) ?? [];
    for (const { view, ...block } of encodeBlocks(sources, MOST_FIELDS))
      blocks.push({ ...block, summary: summarize(view), grams: listGrams(view) });
    days.set(day, blocks);
  }
  return days;
}

interface Correlated {
  readonly batch: number;
  readonly received: number;
  readonly count: number;
}

function settler(db: DatabaseSync) {
  const putBy = db.prepare(
    'INSERT OR REPLACE INTO damaged (id, received, count, events) SELECT id, received, count, events FROM batch WHERE id = ?',
  );
  const remove = db.prepare('DELETE FROM batch WHERE id <= ?');
  const advance = db.prepare('UPDATE progress SET sealed_through = ?');
  const noPlan = db.prepare('DELETE FROM sealing_plan');
  const setDay = db.prepare(
    'INSERT OR REPLACE INTO day (name, min_time, max_time, events, bytes) VALUES (?, ?, ?, ?, ?)',
  );
  const addSealing = db.prepare('INSERT INTO sealing (through, days) VALUES (?, ?)');
  const addCorrelated = db.prepare('INSERT OR REPLACE INTO correlated (id, received, count) VALUES (?, ?, ?)');
  const book = ledger(db);
  return (
    sealed: { readonly through: number; readonly days: Readonly<Record<string, readonly string[]>> },
    now: number,
    days: ReadonlyMap<string, DayTotals>,
    correlated: readonly Correlated[],
    damaged: readonly number[],
    moveEvidence: () => void,
  ): void => {
    const { through } = sealed;
    db.exec('BEGIN IMMEDIATE');
    try {
      for (const batch of damaged) putBy.run(batch);
      moveEvidence();
      remove.run(through);
      advance.run(through);
      noPlan.run();
      addSealing.run(through, JSON.stringify([...days.keys()]));
      for (const [name, { minTime, maxTime, events, bytes }] of days) setDay.run(name, minTime, maxTime, events, bytes);
      for (const { batch, received, count } of correlated) addCorrelated.run(batch, received, count);
      book.append({ sealed }, now);
      db.exec('COMMIT');
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };
}
