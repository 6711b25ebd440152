/** A row an event, as one would write it: columns, the indexes that the questions want, and FTS5 over the raw line. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Answer, answers, ASKED, type Lane, type Peer, type Question, rowOf } from './lane.ts';
import { bytesBelow } from './porchlight.ts';

const SCHEMA = `
  CREATE TABLE log (
    id INTEGER PRIMARY KEY, time INTEGER NOT NULL, host TEXT NOT NULL, program TEXT NOT NULL, user TEXT, ip TEXT, outcome TEXT,
    level TEXT NOT NULL, raw TEXT NOT NULL
  ) STRICT;
  CREATE INDEX log_by_time ON log (time, level);
  CREATE INDEX log_by_ip ON log (ip, time);
  CREATE INDEX log_by_user ON log (user, time);
  CREATE INDEX log_by_host ON log (host, time);`;

/** The day that is asked about. */
const DAY = 'time >= ? AND time < ?';
export const SQL = {
  newest: `SELECT * FROM log WHERE user = '${ASKED.user}' AND outcome = '${ASKED.outcome}' AND host = '${ASKED.host}' ORDER BY time DESC LIMIT ${ASKED.limit}`,
  bars: `SELECT time / ${ASKED.step} * ${ASKED.step} AS time, level, count(*) AS n FROM log WHERE ${DAY} GROUP BY 1, 2`,
  address: `SELECT * FROM log WHERE ip = '${ASKED.address}' ORDER BY time DESC LIMIT ${ASKED.limit}`,
  top: `SELECT ip, count(*) AS n FROM log WHERE ${DAY} AND ip IS NOT NULL GROUP BY ip ORDER BY n DESC LIMIT ${ASKED.top}`,
  substring: `SELECT * FROM log WHERE ${DAY} AND raw LIKE '%${ASKED.words}%' ORDER BY time DESC LIMIT ${ASKED.limit}`,
} as const satisfies Record<Question, string>;

/** The tokenizer decides what FTS5 can find: whole words, or any three letters in a row. */
function rows(name: string, how: string, tokenize: 'unicode61' | 'trigram'): Peer {
  return {
    name,
    how,
    within: true,
    absent: () => undefined,
    async open(folder) {
      const db = new DatabaseSync(join(folder, 'log.db'));
      db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -64000; ${SCHEMA}
        CREATE VIRTUAL TABLE words USING fts5(raw, content = 'log', content_rowid = 'id', tokenize = '${tokenize}');`);
      const insert = db.prepare(
        'INSERT INTO log (time, host, program, user, ip, outcome, level, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      );
      const index = db.prepare('INSERT INTO words (rowid, raw) VALUES (?, ?)');
      const found = `SELECT * FROM log WHERE id IN (SELECT rowid FROM words WHERE words MATCH '"${ASKED.words}"') AND ${DAY} ORDER BY time DESC LIMIT ${ASKED.limit}`;
      const lane: Lane = {
        async load(events) {
          db.exec('BEGIN IMMEDIATE');
          for (const event of events) {
            const { time, host, program, user, ip, outcome, level, raw } = rowOf(event);
            const { lastInsertRowid } = insert.run(time, host, program, user, ip, outcome, level, raw);
            index.run(lastInsertRowid, raw);
          }
          db.exec('COMMIT');
        },
        settle: async () => {
          db.exec(`INSERT INTO words (words) VALUES ('optimize'); PRAGMA wal_checkpoint(TRUNCATE); ANALYZE`);
        },
        bytes: () => bytesBelow(folder),
        ask: async (question) => answerOf(question, everyRow(db, question === 'substring' ? found : SQL[question])),
        close: async () => db.close(),
      };
      return lane;
    },
  };
}

function everyRow(db: DatabaseSync, sql: string): Record<string, unknown>[] {
  const range = sql.includes(DAY) ? [ASKED.from, ASKED.to] : [];
  return db.prepare(sql).all(...range);
}

export function answerOf(question: Question, found: readonly Record<string, unknown>[]): Answer {
  if (question === 'bars')
    return answers.bars(found.map(({ time, level, n }) => [Number(time), String(level), Number(n)]));
  if (question === 'top') return answers.counts(found.map(({ n }) => Number(n)));
  return answers.times(found.map(({ time }) => Number(time)));
}

export const sqliteWords = rows(
  'SQLite rows, FTS5',
  'four indexes, FTS5 of whole words, WAL, synchronous=FULL',
  'unicode61',
);
export const sqliteTrigrams = rows(
  'SQLite rows, FTS5 trigram',
  'the same, FTS5 of trigrams: finds within words too',
  'trigram',
);
