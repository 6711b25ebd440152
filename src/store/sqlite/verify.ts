/** Reads everything that is stored and holds it against its checksums. Changes nothing. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { viewBlock } from '../block/block.ts';
import { isSummaryOf } from '../block/summary.ts';
import { isGramsOf } from '../block/grams.ts';
import { verifyFilter } from '../block/filter.ts';
import { DamagedBatch, viewBatch } from '../encoded-batch.ts';
import { dayPath, readDay } from './day-file.ts';
import { type Head, NO_HEAD } from './ledger.ts';
import type { StoreDamage } from './reader.ts';
import { verifyEvidence } from './verify-evidence.ts';
import { verifyLedger } from './verify-ledger.ts';

export interface Verified {
  readonly events: number;
  readonly damages: readonly StoreDamage[];
  /** Of the ledger, as it is now. */
  readonly head: Head;
}

export interface VerifyProgress {
  readonly file: string;
  readonly files: number;
  readonly done: number;
}

/** `path`: the commit point; a server may run. `heads`: of the ledger, kept elsewhere. Rejects with the signal's reason. */
export async function verifyStore(
  path: string,
  signal: AbortSignal,
  heads: readonly Head[] = [],
  tell: (progress: VerifyProgress) => void = () => undefined,
): Promise<Verified> {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  const damages: StoreDamage[] = [];
  const damaged = (what: string, reason: string): void => void damages.push({ what, reason });
  let events = 0;
  let head = NO_HEAD;
  try {
    db.exec('BEGIN');
    const sealedThrough = Number(db.prepare('SELECT sealed_through FROM progress').get()?.['sealed_through']);
    const days = db.prepare('SELECT name, events FROM day ORDER BY name').all();
    const files = days.length + 1;
    tell({ file: 'porchlight.db', files, done: 0 });
    quickCheck(db, 'porchlight.db', damaged);
    for (const row of db.prepare('SELECT id, count, events FROM batch ORDER BY id').iterate()) {
      signal.throwIfAborted();
      events += checked(`batch ${String(row['id'])}`, Number(row['count']), damaged, () => {
        const view = viewBatch(bytesOf(row['events']));
        view.verify();
        return view.count;
      });
    }
    for (const row of db.prepare('SELECT id FROM damaged ORDER BY id').iterate())
      damaged(`batch ${String(row['id'])}`, 'it could not be read when it was to be sealed; its bytes are put by');
    verifyEvidence(db, signal, damaged);
    for (const [at, row] of days.entries()) {
      const name = String(row['name']);
      tell({ file: `events-${name}.db`, files, done: at + 1 });
      const found = await verifyDay(dayPath(dirname(path), name), name, sealedThrough, signal, damaged);
      if (found !== undefined && found < Number(row['events']))
        damaged(`events-${name}.db`, `${found} events are there of ${Number(row['events'])}`);
      events += found ?? 0;
    }
    head = verifyLedger(db, path, heads, signal, damaged);
  } finally {
    db.close();
  }
  return { events, damages, head };
}

type Damaged = (what: string, reason: string) => void;

const bytesOf = (value: unknown): Uint8Array => {
  if (value instanceof Uint8Array) return value;
  throw new DamagedBatch('it is gone');
};

/** How many events were read; 0 where they cannot be. */
function checked(what: string, count: number, damaged: Damaged, read: () => number): number {
  try {
    const found = read();
    if (found === count) return found;
    damaged(what, `${found} events are there of ${count}`);
    return found;
  } catch (error) {
    if (!(error instanceof DamagedBatch)) throw error;
    damaged(what, error.message);
    return 0;
  }
}

async function verifyDay(
  path: string,
  name: string,
  sealedThrough: number,
  signal: AbortSignal,
  damaged: Damaged,
): Promise<number | undefined> {
  const file = `events-${name}.db`;
  if (!existsSync(path)) {
    damaged(file, 'it is gone');
    return undefined;
  }
  try {
    const plain = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
    try {
      quickCheck(plain, file, damaged);
    } finally {
      plain.close();
    }
    const day = readDay(path);
    if (day === undefined) return undefined;
    try {
      let events = 0;
      for (const { id, count } of day.byTime(-9e15, 9e15, sealedThrough)) {
        signal.throwIfAborted();
        await nextTurn();
        events += checked(`block ${id} of ${name}`, count, damaged, () => {
          verifyFilter(bytesOf(day.filter(id)));
          const view = viewBlock(bytesOf(day.bytes(id)));
          view.verify();
          const summary = day.summary(id);
          if (summary !== undefined && !isSummaryOf(summary, view))
            damaged(`the counts of block ${id} of ${name}`, 'they are not what its events add up to');
          const grams = day.grams(id);
          if (grams !== undefined && !isGramsOf(grams, view))
            damaged(`the words of block ${id} of ${name}`, 'they are not what its events are made of');
          return view.count;
        });
      }
      return events;
    } finally {
      day.close();
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    damaged(file, error.message);
    return undefined;
  }
}

function quickCheck(db: DatabaseSync, what: string, damaged: Damaged): void {
  const found = String(Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0]);
  if (found !== 'ok') damaged(what, found.replaceAll('\n', ' '));
}
