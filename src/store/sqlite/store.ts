/** `Store` over one SQLite file: see database.ts for how it is kept, schema.ts for what is in it. */
import type { DatabaseSync } from 'node:sqlite';
import type { Mark } from '#contract';
import type { Store } from '../store.ts';
import { agentStore } from './agents.ts';
import { type AlertReader, alertReader } from './alerts.ts';
import { commitWriter } from './commit.ts';
import { openDatabase } from './database.ts';
import { translated } from './fault.ts';
import { outbox } from './outbox.ts';
import { searchStore } from './searches.ts';
import { snapshotReader } from './snapshots.ts';
import { correlated } from './correlated.ts';
import { damageReporter, openReader, type ReaderOptions } from './reader.ts';

export interface SqliteStoreOptions extends ReaderOptions {
  /** Pages of 4 kB that the log may have before it is folded into the file; 4096 unless given. */
  readonly logPages?: number;
}

/** Throws CodedError DATA_FOLDER when the folder is in use, cannot be written, or holds a damaged or newer file. */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<Store> {
  const { db, close } = openDatabase(path, options.logPages);
  try {
    return storeOver(path, db, close, options);
  } catch (error) {
    close();
    throw error;
  }
}

function storeOver(path: string, db: DatabaseSync, close: () => void, options: SqliteStoreOptions): Store {
  const report = damageReporter(options.onDamage);
  const reader = openReader(path, { ...options, onDamage: ({ what, reason }) => report(what, reason) });
  const write = commitWriter(db);
  const alerts = alertReader(db, (reason) => report('an alert', reason));
  const messages = outbox(db);
  const run = async <T>(work: () => T): Promise<T> => translated(work);
  return {
    recover: () => run(() => recovery(db, alerts)),
    correlatedBatches: (before, limit) => run(() => correlated(db, path, before, limit, report)),
    commit: (commit) => run(() => write(commit)),
    events: reader.events,
    histogram: reader.histogram,
    values: reader.values,
    table: reader.table,
    fields: reader.fields,
    ...searchStore(db, run),
    alerts: (query) => run(() => alerts.list(query)),
    alert: (id) => run(() => alerts.one(id)),
    summary: (since) => run(() => alerts.summary(since)),
    outbox: (now, limit, channel) => run(() => messages.due(now, limit, channel)),
    delivered: (id) => run(() => messages.delivered(id)),
    postponed: (id, nextAttempt, reason) => run(() => messages.postponed(id, nextAttempt, reason)),
    ...snapshotReader(db),
    ...agentStore(db, run),
    close: () =>
      run(() => {
        reader.close();
        close();
      }),
  };
}

function recovery(db: DatabaseSync, alerts: AlertReader) {
  const progress = db.prepare('SELECT last_batch, last_received, event_count FROM progress').get();
  const marks = db.prepare('SELECT key, mark, detail FROM mark ORDER BY key').all();
  return {
    lastBatch: Number(progress?.['last_batch']),
    lastReceived: Number(progress?.['last_received']),
    eventCount: Number(progress?.['event_count']),
    marks: marks.map((row): Mark => ({
      key: String(row['key']),
      mark: Number(row['mark']),
      detail: String(row['detail']),
    })),
    alerts: alerts.unfinished(),
    lastAlertId: alerts.lastId(),
  };
}
