/** Batches that took part in a correlation, for the start: hot ones as they lie there, sealed ones put together again. */
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Event } from '#contract';
import { viewBlock } from '../block/block.ts';
import type { BlockView } from '../block/view.ts';
import { DamagedBatch, encodeBatch, viewBatch } from '../encoded-batch.ts';
import type { StoredBatch } from '../store.ts';
import { type DayReader, dayPath, readDay } from './day-file.ts';

type Report = (what: string, reason: string) => void;

/** Damaged batches are left out: the windows they would rebuild are lost, the start is not. */
export function correlated(
  db: DatabaseSync,
  path: string,
  before: number,
  limit: number,
  report: Report,
): StoredBatch[] {
  const hot = hotBatches(db, before, limit, report);
  const left = limit - hot.seen;
  return left <= 0 ? hot.found : [...hot.found, ...sealedBatches(db, path, before, left, report)];
}

function hotBatches(db: DatabaseSync, before: number, limit: number, report: Report) {
  const rows = db
    .prepare(
      'SELECT id, received, min_time, max_time, events FROM batch WHERE hits > 0 AND id < ? ORDER BY id DESC LIMIT ?',
    )
    .all(before, limit);
  const found = rows.flatMap((row): StoredBatch | [] => {
    const batch = Number(row['id']);
    const blob = row['events'];
    try {
      if (!(blob instanceof Uint8Array)) throw new DamagedBatch('it is gone');
      const view = viewBatch(blob);
      view.verify();
      const times = { minTime: Number(row['min_time']), maxTime: Number(row['max_time']) };
      const events = { bytes: new Uint8Array(blob), count: view.count, ...times };
      return { batch, received: Number(row['received']), events };
    } catch (error) {
      return damaged(error, `batch ${batch}`, report);
    }
  });
  return { found, seen: rows.length };
}

function damaged(error: unknown, what: string, report: Report): [] {
  if (!(error instanceof DamagedBatch)) throw error;
  report(what, error.message);
  return [];
}

function sealedBatches(db: DatabaseSync, path: string, before: number, limit: number, report: Report): StoredBatch[] {
  const rows = db
    .prepare('SELECT id, received, count FROM correlated WHERE id < ? ORDER BY id DESC LIMIT ?')
    .all(before, limit);
  const shelf = openShelf(db, dirname(path), report);
  try {
    return rows.map((row): StoredBatch => {
      const batch = Number(row['id']);
      const events = shelf.eventsOf(batch, Number(row['count']));
      return { batch, received: Number(row['received']), events: encodeBatch(events) };
    });
  } finally {
    shelf.close();
  }
}

/** Blocks stay open from one batch to the next: neighbours lie in the same ones. */
function openShelf(db: DatabaseSync, folder: string, report: Report) {
  const sealing = db.prepare('SELECT through, days FROM sealing WHERE through >= ? ORDER BY through LIMIT 1');
  const days = new Map<string, DayReader | undefined>();
  let open: { readonly through: number; readonly blocks: readonly BlockView[] } | undefined;
  const dayOf = (name: string): DayReader | undefined => {
    if (!days.has(name)) days.set(name, readDay(dayPath(folder, name)));
    return days.get(name);
  };
  const blocksOf = (through: number, names: readonly string[]): readonly BlockView[] => {
    if (open?.through === through) return open.blocks;
    const blocks = names.flatMap((name) =>
      (dayOf(name)?.ofSealing(through) ?? []).flatMap(({ id }): BlockView | [] => {
        try {
          const view = viewBlock(dayOf(name)?.bytes(id) ?? new Uint8Array(0));
          view.verify();
          return view;
        } catch (error) {
          return damaged(error, `block ${id} of ${name}`, report);
        }
      }),
    );
    open = { through, blocks };
    return blocks;
  };
  return {
    eventsOf(batch: number, count: number): Event[] {
      const row = sealing.get(batch);
      if (row === undefined) return [];
      const blocks = blocksOf(Number(row['through']), JSON.parse(String(row['days'])) as readonly string[]);
      const events: Event[] = [];
      for (let ordinal = 0; ordinal < count; ordinal++) {
        for (const block of blocks) {
          const at = block.find({ batch, ordinal });
          if (at !== undefined) events.push(block.event(at));
        }
      }
      return events;
    },
    close: () => {
      for (const day of days.values()) day?.close();
    },
  };
}
