/**
 * Reading events while commits and sealings go on. Each reading holds a read transaction of `porchlight.db`: hot batches and the
 * catalogue of days are seen as of one commit, so an event is either still hot or already in its day's file, never both or neither.
 * Blocks never change; those of later sealings are not looked at.
 *
 * Connections and the days that were looked into last stay open for the next reading.
 */
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type DayReader, dayPath, readDay } from './day-file.ts';
import { translated } from './fault.ts';

/** Days kept open, a file and a few pages each: as many as are kept unless somebody sets another number. */
const MOST_OPEN = 100;
/** Connections kept for the next reading. */
const MOST_IDLE = 2;
const BUSY_TIMEOUT = 5000;

export interface DayRow {
  readonly name: string;
  readonly minTime: number;
  readonly maxTime: number;
  readonly events: number;
}

export interface Sealing {
  readonly through: number;
  readonly days: readonly string[];
}

export interface Reading {
  readonly lastBatch: number;
  /** Batches up to this one lie in the days' files. */
  readonly sealedThrough: number;
  /** By their newest event, newest first. */
  readonly days: readonly DayRow[];
  statement(sql: string): StatementSync;
  /** Undefined where the file is gone: retention may take a day while it is read. */
  day(name: string): DayReader | undefined;
  /** The sealing that took the batch, or the first one behind it; undefined where there is none. */
  sealing(batch: number): Sealing | undefined;
}

export interface Library {
  read<T>(work: (reading: Reading) => Promise<T>): Promise<T>;
  isOpen(): boolean;
  close(): void;
}

interface Connection {
  readonly db: DatabaseSync;
  readonly statements: Map<string, StatementSync>;
}

interface OpenDay {
  readonly reader: DayReader;
  /**
   * The ledger's record up to which it is known that the file is the day's own: at first the last one that its reading saw. That reading may have
   * opened a file that a later record had thrown away already, but that was still there.
   */
  through: number;
}

export function openLibrary(path: string, mostOpen = MOST_OPEN): Library {
  const folder = dirname(path);
  const idle: Connection[] = [];
  const busy = new Set<Connection>();
  const days = new Map<string, OpenDay>();
  const retired: DayReader[] = [];
  let closed = false;

  const borrow = (): Connection => {
    const connection = idle.pop() ?? {
      db: new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT }),
      statements: new Map<string, StatementSync>(),
    };
    busy.add(connection);
    connection.db.exec('BEGIN');
    return connection;
  };
  const giveBack = (connection: Connection): void => {
    busy.delete(connection);
    if (!connection.db.isOpen) return;
    if (connection.db.isTransaction) connection.db.exec('ROLLBACK');
    if (closed || idle.length >= MOST_IDLE) connection.db.close();
    else idle.push(connection);
  };
  const openDay = (name: string, through: number): DayReader | undefined => {
    const known = days.get(name);
    days.delete(name);
    const reader = known?.reader ?? translated(() => readDay(dayPath(folder, name)));
    if (reader === undefined) return undefined;
    days.set(name, { reader, through: known?.through ?? through });
    const oldest = days.size > mostOpen ? days.entries().next().value : undefined;
    if (oldest !== undefined) {
      days.delete(oldest[0]);
      oldest[1].reader.close();
    }
    return reader;
  };
  /**
   * Days that are no longer in the catalogue must not keep their file's space. One that was thrown away and begun again since it
   * was opened has another file now. Whoever reads it still keeps it until there is no other reading.
   */
  const forget = (db: DatabaseSync, kept: readonly DayRow[], through: number): void => {
    const names = new Set(kept.map(({ name }) => name));
    const first = Math.min(through, ...Array.from(days.values(), (day) => day.through));
    const thrown = first < through ? thrownBetween(db, first, through) : new Map<string, number>();
    for (const [name, day] of days) {
      if (names.has(name) && (thrown.get(name) ?? 0) <= day.through) {
        day.through = through;
        continue;
      }
      days.delete(name);
      retired.push(day.reader);
    }
    if (busy.size > 1) return;
    for (const day of retired.splice(0)) day.close();
  };
  return {
    async read(work) {
      const connection = translated(borrow);
      try {
        const through = translated(() => lastRecord(connection));
        const reading = translated(() => readingOf(connection, (name) => openDay(name, through)));
        translated(() => forget(connection.db, reading.days, through));
        return await work(reading);
      } finally {
        giveBack(connection);
      }
    },
    isOpen: () => !closed,
    close() {
      closed = true;
      for (const { db } of [...idle, ...busy]) if (db.isOpen) db.close();
      for (const day of [...Array.from(days.values(), ({ reader }) => reader), ...retired]) day.close();
      days.clear();
      retired.length = 0;
    },
  };
}

function lastRecord({ db, statements }: Connection): number {
  const sql = 'SELECT coalesce(max(seq), 0) AS seq FROM ledger';
  const statement = statements.get(sql) ?? db.prepare(sql);
  statements.set(sql, statement);
  return Number(statement.get()?.['seq']);
}

/** Days that were thrown away by the records behind the first, up to the second, and the last record that says so. */
function thrownBetween(db: DatabaseSync, first: number, last: number): Map<string, number> {
  const told = db.prepare(
    `SELECT what ->> '$.thrown.day' AS day, max(seq) AS seq FROM ledger
     WHERE seq > ? AND seq <= ? AND what ->> '$.thrown.day' IS NOT NULL GROUP BY day`,
  );
  return new Map(told.all(first, last).map((row) => [String(row['day']), Number(row['seq'])]));
}

function readingOf({ db, statements }: Connection, openDay: (name: string) => DayReader | undefined): Reading {
  const statement = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = db.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  const progress = statement('SELECT last_batch, sealed_through FROM progress').get();
  const rows = statement('SELECT name, min_time, max_time, events FROM day ORDER BY max_time DESC, name DESC').all();
  const days = rows.map((row): DayRow => ({
    name: String(row['name']),
    minTime: Number(row['min_time']),
    maxTime: Number(row['max_time']),
    events: Number(row['events']),
  }));
  const names = new Set(days.map(({ name }) => name));
  return {
    lastBatch: Number(progress?.['last_batch']),
    sealedThrough: Number(progress?.['sealed_through']),
    days,
    statement,
    // What is just being thrown away, or made, is no part of this reading.
    day: (name) => (names.has(name) ? openDay(name) : undefined),
    sealing(batch) {
      const row = statement('SELECT through, days FROM sealing WHERE through >= ? ORDER BY through LIMIT 1').get(batch);
      return row === undefined
        ? undefined
        : { through: Number(row['through']), days: JSON.parse(String(row['days'])) as readonly string[] };
    },
  };
}
