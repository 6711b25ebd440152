/** Reads all evidence and holds it against its checksums. Changes nothing. */
import type { DatabaseSync } from 'node:sqlite';
import { DamagedBatch, viewBatch } from '../encoded-batch.ts';
import { copiedOf, isDamage } from './evidence.ts';

const COPIED = 'SELECT alert, places, events FROM evidence_kept ORDER BY alert';
/** Batches that cannot be read are told of as such. */
const HOT = `SELECT h.alert, h.places, h.events, h.batch, b.count
  FROM evidence_hot h LEFT JOIN batch b ON b.id = h.batch ORDER BY h.alert, h.batch`;

/** Within a reading; a store of an older version has less. `damaged` hears of an alert once a row. */
export function verifyEvidence(
  db: DatabaseSync,
  signal: AbortSignal,
  damaged: (what: string, reason: string) => void,
): void {
  const look = (sql: string, read: (row: Record<string, unknown>) => void): void => {
    for (const row of db.prepare(sql).iterate()) {
      signal.throwIfAborted();
      try {
        read(row);
      } catch (error) {
        if (!isDamage(error)) throw error;
        damaged(`evidence of alert ${String(row['alert'])}`, error.message);
      }
    }
  };
  look('SELECT alert, event FROM evidence ORDER BY alert, slot', (row) => JSON.parse(String(row['event'])));
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'evidence_kept'").get() === undefined) return;
  look(COPIED, (row) => {
    const bytes = row['events'];
    const count = bytes instanceof Uint8Array ? viewBatch(bytes).count : 0;
    const places = copiedOf(row);
    if (places.length !== count) throw new DamagedBatch(`${count} copies are there of ${places.length}`);
    for (const { event } of places) event?.();
  });
  look(HOT, (row) => {
    for (const { batch, ordinal, event } of copiedOf(row)) {
      if (event !== undefined) event();
      else if (batch !== row['batch'] || row['count'] === null) throw new DamagedBatch('its batch is gone');
      else if (!(ordinal >= 0 && ordinal < Number(row['count']))) throw new DamagedBatch(`no event ${ordinal}`);
    }
  });
}
