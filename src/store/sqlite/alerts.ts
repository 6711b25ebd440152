/** Reading alerts: lists, one alert, the summary. Writing them is part of a commit: see commit.ts. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { type Alert, ALERT_STATUSES, type HistoryEntry, levelRank, LEVELS } from '#contract';
import { badQuery } from '../query/tokens.ts';
import { fold } from '../query/fold.ts';
import type { AlertQuery, AlertSummary, Page, StoredAlert } from '../store.ts';
import { readAlertCursor, writeAlertCursor } from './cursor.ts';
import { type EvidenceReader, evidenceReader, type Most } from './evidence.ts';
import { readAlert } from './rows.ts';

/** Evidence that a list shows of each alert. */
const LISTED = { first: 3, last: 7 } as const;
const MOST_WORDS = 50;

export interface AlertReader {
  /** Open and acknowledged. */
  unfinished(): readonly Alert[];
  lastId(): number;
  list(query: AlertQuery): Page<StoredAlert>;
  one(id: string): StoredAlert | undefined;
  summary(since: number): AlertSummary;
}

/** `report` hears of rows that cannot be read; they are left out. */
export function alertReader(db: DatabaseSync, report: (reason: string) => void): AlertReader {
  const unfinished = db.prepare(`SELECT id, state FROM alert WHERE status <> 'closed' ORDER BY id`);
  const lastId = db.prepare('SELECT max(id) AS last FROM alert');
  const one = db.prepare('SELECT id, state FROM alert WHERE id = ?');
  const worst = db.prepare(
    `SELECT id, state FROM alert WHERE status = 'open' ORDER BY level_rank DESC, last_seen DESC, id DESC LIMIT 1`,
  );
  const evidence = evidenceReader(db, report);
  const beside = besideReader(db, evidence);
  const counts = counter(db);
  const select = selector(db);
  /** One state for several statements: a sealing moves evidence. */
  const steady = <T>(work: () => T): T => {
    db.exec('BEGIN');
    try {
      return work();
    } finally {
      evidence.close();
      db.exec('COMMIT');
    }
  };
  const alertOf = (row: Row | undefined): Alert | undefined => (row === undefined ? undefined : readAlert(row, report));
  const whole = (row: Row | undefined, most: Most): StoredAlert | undefined => {
    const alert = alertOf(row);
    return alert === undefined ? undefined : { alert, ...beside(Number(alert.id), most) };
  };
  return {
    unfinished: () => unfinished.all().flatMap((row) => alertOf(row) ?? []),
    lastId: () => Number(lastId.get()?.['last'] ?? 0),
    one: (id) => (/^\d{1,15}$/.test(id) ? steady(() => whole(one.get(Number(id)), undefined)) : undefined),
    list: (query) =>
      steady(() => {
        const rows = select(query);
        const shown = rows.slice(0, query.limit);
        const last = shown.at(-1);
        const next = rows.length > shown.length && last !== undefined;
        return {
          items: shown.flatMap((row) => whole(row, LISTED) ?? []),
          next: next ? writeAlertCursor(Number(last['last_seen']), Number(last['id'])) : null,
        };
      }),
    summary: (since) => steady(() => ({ ...counts(since), worst: whole(worst.get(), LISTED) })),
  };
}

type Row = Record<string, unknown>;

function selector(db: DatabaseSync): (query: AlertQuery) => Row[] {
  // As many statements as there are combinations of filters and numbers of words: few.
  const prepared = new Map<string, StatementSync>();
  return (query) => {
    const words = fold(query.q)
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length > MOST_WORDS) throw badQuery(1, `there are more than ${MOST_WORDS} words`);
    const where = ['1'];
    const values: SQLInputValue[] = [];
    const demand = (condition: string, ...bound: readonly SQLInputValue[]): void => {
      where.push(condition);
      values.push(...bound);
    };
    if (query.status !== undefined) demand('status = ?', query.status);
    if (query.level !== undefined) demand('level_rank >= ?', levelRank(query.level));
    if (query.kind !== undefined) demand('kind = ?', query.kind);
    for (const word of words) demand('instr(words, ?) > 0', word);
    if (query.cursor !== undefined) {
      const { lastSeen, id } = readAlertCursor(query.cursor);
      demand('(last_seen, id) < (?, ?)', lastSeen, id);
    }
    const sql = `SELECT id, last_seen, state FROM alert WHERE ${where.join(' AND ')} ORDER BY last_seen DESC, id DESC LIMIT ?`;
    const statement = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, statement);
    return statement.all(...values, query.limit + 1);
  };
}

/** Evidence and history of an alert; `most` picks the evidence that a list shows. */
function besideReader(db: DatabaseSync, evidence: EvidenceReader) {
  const history = db.prepare('SELECT at, action, by, note FROM history WHERE alert = ? ORDER BY at, id');
  return (id: number, most: Most): Omit<StoredAlert, 'alert'> => ({
    evidence: evidence.of(id, most),
    history: history.all(id).flatMap((row) => historyOf(row) ?? []),
  });
}

const ACTIONS = ['opened', ...ALERT_STATUSES] as const;

function historyOf(row: Row): HistoryEntry | undefined {
  const action = ACTIONS.find((known) => known === row['action']);
  if (action === undefined) return undefined;
  return { at: Number(row['at']), by: String(row['by']), action, note: String(row['note']) };
}

function counter(db: DatabaseSync): (since: number) => Omit<AlertSummary, 'worst'> {
  const byLevel = db.prepare(
    `SELECT level_rank AS rank, count(*) AS n FROM alert WHERE status = 'open' GROUP BY level_rank`,
  );
  const byStatus = db.prepare('SELECT status, count(*) AS n FROM alert GROUP BY status');
  const byKind = db.prepare(
    'SELECT kind, count(*) AS n, sum(count) AS folded FROM alert WHERE last_seen >= ? GROUP BY kind ORDER BY n DESC, kind',
  );
  return (since) => {
    const levels = { informational: 0, low: 0, medium: 0, high: 0, critical: 0 };
    for (const row of byLevel.all()) {
      const level = LEVELS[Number(row['rank'])];
      if (level !== undefined) levels[level] = Number(row['n']);
    }
    const statuses = { open: 0, acknowledged: 0, closed: 0 };
    for (const row of byStatus.all()) {
      const status = ALERT_STATUSES.find((known) => known === row['status']);
      if (status !== undefined) statuses[status] = Number(row['n']);
    }
    const kinds = byKind.all(since);
    return {
      levels,
      statuses,
      kinds: kinds.map((row) => ({ kind: String(row['kind']), count: Number(row['n']) })),
      folded: kinds.reduce((sum, row) => sum + Number(row['folded']), 0),
    };
  };
}
