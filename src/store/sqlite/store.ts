/** `Store` over one SQLite file: see database.ts for how it is kept, schema.ts for what is in it. */
import type { DatabaseSync } from 'node:sqlite';
import { CodedError, type Mark } from '#contract';
import { DamagedBatch, viewBatch } from '../encoded-batch.ts';
import type { Query } from '../query/ast.ts';
import { parseQuery, parseStatement } from '../query/parse.ts';
import { impliedRange, overlap } from '../query/implied-range.ts';
import { badQuery } from '../query/tokens.ts';
import { type Search, search } from '../query/search.ts';
import { noSuchField, unknownFields } from '../query/unknown-fields.ts';
import type { Store, StoredBatch, TimeRange } from '../store.ts';
import { agentStore } from './agents.ts';
import { countByTime, countByValue } from './aggregate.ts';
import { type AlertReader, alertReader } from './alerts.ts';
import { commitWriter } from './commit.ts';
import { openDatabase } from './database.ts';
import { findEvents } from './events.ts';
import { translated } from './fault.ts';
import { outbox } from './outbox.ts';
import { searchStore } from './searches.ts';
import { snapshotReader } from './snapshots.ts';
import { scanner, type Scanner, watch, type Watch } from './scan.ts';
import { tableOf } from './table.ts';

/** Something stored that cannot be read any more. It is passed over; the rest is still found. */
export interface StoreDamage {
  /** 0 where it is not a batch. */
  readonly batch: number;
  readonly reason: string;
}

export interface SqliteStoreOptions {
  /** ms that one search may take before it ends with SLOW_QUERY. */
  readonly searchLimit?: number;
  /** ms that a search works before commits have their turn; 8 unless given. */
  readonly searchSlice?: number;
  /** Pages of 4 kB that the log may have before it is folded into the file; 4096 unless given. */
  readonly logPages?: number;
  /** Called once for each damaged place, when a read first meets it. */
  readonly onDamage?: (damage: StoreDamage) => void;
}

/** Throws CodedError DATA_FOLDER when the folder is in use, cannot be written, or holds a damaged or newer file. */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<Store> {
  const { db, close } = openDatabase(path, options.logPages);
  try {
    return storeOver(db, close, options);
  } catch (error) {
    close();
    throw error;
  }
}

function storeOver(db: DatabaseSync, close: () => void, options: SqliteStoreOptions): Store {
  const pace = { limit: options.searchLimit ?? 10_000, slice: options.searchSlice ?? 8 };
  const report = damageReporter(options.onDamage ?? (() => undefined));
  const scan = scanner(db, report);
  const write = commitWriter(db);
  const alerts = alertReader(db, (reason) => report(0, reason));
  const messages = outbox(db);
  const run = async <T>(work: () => T): Promise<T> => translated(work);
  /** Runs a search; where it found nothing, a field that nobody has is told apart from a quiet day. */
  const searching = async <Q extends TimeRange & { readonly q: string }, T>(
    asked: Q,
    signal: AbortSignal | undefined,
    work: (asked: Q, found: Search, watching: Watch) => Promise<T>,
    isEmpty: (result: T) => boolean,
  ): Promise<T> => {
    const query = parseQuery(asked.q);
    const inTime = { ...asked, ...overlap(asked, impliedRange(query)) };
    const result = await work(inTime, search(query), watch(db, pace, signal));
    if (isEmpty(result)) await refuseUnknownFields(scan, query, watch(db, pace, signal));
    return result;
  };
  return {
    recover: () => run(() => recovery(db, alerts)),
    correlatedBatches: correlated(db, report),
    commit: (commit) => run(() => write(commit)),
    events: (query, signal) =>
      searching(
        query,
        signal,
        (asked, found, watching) => findEvents(scan, asked, found, watching),
        (page) => page.items.length === 0 && query.cursor === undefined && query.after === undefined,
      ),
    histogram: (query, signal) =>
      searching(
        query,
        signal,
        // Its bars cover what was asked for, whatever the query itself leaves out.
        (_, found, watching) => countByTime(scan, query, found, watching),
        (all) => all.total === 0,
      ),
    values: (query, signal) =>
      searching(
        query,
        signal,
        (asked, found, watching) => countByValue(scan, asked, found, watching),
        (all) => all.distinct === 0,
      ),
    table: async (asked, signal) => {
      const { query, pipe } = parseStatement(asked.q, asked.now);
      if (pipe === undefined) throw badQuery(asked.q.length + 1, 'a table needs a pipe, such as | count by source.ip');
      const inTime = { ...asked, ...overlap(asked, impliedRange(query)) };
      const table = await tableOf(scan, inTime, pipe, search(query), watch(db, pace, signal));
      if (table.total === 0) await refuseUnknownFields(scan, query, watch(db, pace, signal));
      return table;
    },
    ...searchStore(db, run),
    alerts: (query) => run(() => alerts.list(query)),
    alert: (id) => run(() => alerts.one(id)),
    summary: (since) => run(() => alerts.summary(since)),
    outbox: (now, limit, channel) => run(() => messages.due(now, limit, channel)),
    delivered: (id) => run(() => messages.delivered(id)),
    postponed: (id, nextAttempt, reason) => run(() => messages.postponed(id, nextAttempt, reason)),
    ...snapshotReader(db),
    ...agentStore(db, run),
    close: () => run(close),
  };
}

function damageReporter(tell: (damage: StoreDamage) => void): (batch: number, reason: string) => void {
  const told = new Set<string>();
  return (batch, reason) => {
    const key = `${batch} ${reason}`;
    if (told.has(key)) return;
    told.add(key);
    tell({ batch, reason });
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

/** Damaged batches are left out: the windows they would rebuild are lost, the start is not. */
function correlated(db: DatabaseSync, report: (batch: number, reason: string) => void): Store['correlatedBatches'] {
  const select = db.prepare(
    'SELECT id, received, count, min_time, max_time, events FROM batch WHERE hits > 0 AND id < ? ORDER BY id DESC LIMIT ?',
  );
  return async (beforeBatch, limit) =>
    translated(() => select.all(beforeBatch, limit)).flatMap((row): StoredBatch | [] => {
      const batch = Number(row['id']);
      const blob = row['events'];
      try {
        if (!(blob instanceof Uint8Array)) throw new DamagedBatch('it is gone');
        const view = viewBatch(blob);
        view.verify();
        const bytes = new Uint8Array(blob);
        const { count } = view;
        const events = { bytes, count, minTime: Number(row['min_time']), maxTime: Number(row['max_time']) };
        return { batch, received: Number(row['received']), events };
      } catch (error) {
        if (!(error instanceof DamagedBatch)) throw error;
        report(batch, error.message);
        return [];
      }
    });
}

async function refuseUnknownFields(scan: Scanner, query: Query, watching: Watch): Promise<void> {
  for (const term of unknownFields(query)) {
    if (!(await isStored(scan, term.name, watching))) throw noSuchField(term);
  }
}

async function isStored(scan: Scanner, name: string, watching: Watch): Promise<boolean> {
  const having = search({ kind: 'field', name, column: 0, test: { kind: 'exists' } });
  let stored = false;
  try {
    const all = { from: -Infinity, to: Infinity, through: scan.lastBatch() };
    await scan.byTime(all, watching, (_, open) => !(stored = having.find(open(), {}).length > 0));
  } catch (error) {
    // Too many events to be sure: the benefit of the doubt.
    if (error instanceof CodedError && error.code === 'SLOW_QUERY') return true;
    throw error;
  }
  return stored;
}
