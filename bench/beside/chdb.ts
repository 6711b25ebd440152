/** ClickHouse in this process, by chdb: a package of bench/peers, not of the product, installed when it is first wanted. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { answers, ASKED, type Lane, type Peer, type Question, rowOf } from './lane.ts';

const HERE = join(import.meta.dirname, '../peers');
const need = createRequire(join(HERE, 'package.json'));

/** As much of chdb as is used. */
interface Session {
  query(sql: string, format?: string): string;
  close(): void;
}
type SessionMaker = new (path: string) => Session;

/** Sorted by time, as logs are asked for; what is asked for by value has an index that skips, as its documentation advises. */
const SCHEMA = `
  CREATE TABLE log (
    time DateTime64(3, 'UTC') CODEC(Delta, ZSTD), host LowCardinality(String), program LowCardinality(String),
    user LowCardinality(Nullable(String)), ip Nullable(String), outcome LowCardinality(Nullable(String)),
    level LowCardinality(String), raw String CODEC(ZSTD),
    INDEX by_ip ip TYPE bloom_filter GRANULARITY 1,
    INDEX by_words raw TYPE ngrambf_v1(4, 32768, 3, 0) GRANULARITY 1
  ) ENGINE = MergeTree ORDER BY time
  SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

const DAY = `time >= fromUnixTimestamp64Milli(${ASKED.from}, 'UTC') AND time < fromUnixTimestamp64Milli(${ASKED.to}, 'UTC')`;
const COLUMNS = 'toUnixTimestamp64Milli(time) AS at, * EXCEPT time';
const SQL = {
  newest: `SELECT ${COLUMNS} FROM log WHERE user = '${ASKED.user}' AND outcome = '${ASKED.outcome}' AND host = '${ASKED.host}' ORDER BY time DESC LIMIT ${ASKED.limit}`,
  bars: `SELECT intDiv(toUnixTimestamp64Milli(time), ${ASKED.step}) * ${ASKED.step} AS at, level, count() AS n FROM log WHERE ${DAY} GROUP BY at, level`,
  address: `SELECT ${COLUMNS} FROM log WHERE ip = '${ASKED.address}' ORDER BY time DESC LIMIT ${ASKED.limit}`,
  top: `SELECT ip, count() AS n FROM log WHERE ${DAY} AND ip IS NOT NULL GROUP BY ip ORDER BY n DESC LIMIT ${ASKED.top}`,
  substring: `SELECT ${COLUMNS} FROM log WHERE ${DAY} AND raw LIKE '%${ASKED.words}%' ORDER BY time DESC LIMIT ${ASKED.limit}`,
} as const satisfies Record<Question, string>;

function isThere(): boolean {
  try {
    need.resolve('chdb');
    return true;
  } catch {
    return false;
  }
}

/** Why it is not there. Half a gigabyte, so it is said before. */
function install(): string | undefined {
  if (isThere()) return undefined;
  process.stderr.write('chdb is installed into bench/peers, some 550 MB …\n');
  const words = ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund'];
  const done = spawnSync('npm', words, { cwd: HERE, shell: process.platform === 'win32', encoding: 'utf8' });
  if (done.status === 0 && isThere()) return undefined;
  const why = done.error?.message ?? done.stderr.trim().split('\n').at(-1) ?? '';
  return `chdb could not be installed: ${why}`;
}

export const chdb: Peer = {
  name: 'chdb 3.4 (ClickHouse)',
  how: 'MergeTree by time, skipping indexes, fsync of each insert; merged before it is asked',
  within: true,
  absent: install,
  async open(folder) {
    const { Session } = need('chdb') as { readonly Session: SessionMaker };
    const session = new Session(join(folder, 'data'));
    session.query(SCHEMA);
    const lane: Lane = {
      async load(events) {
        const rows = events.map((event) => {
          const row = rowOf(event);
          return JSON.stringify({ ...row, time: new Date(row.time).toISOString().slice(0, -1) });
        });
        session.query(`INSERT INTO log FORMAT JSONEachRow ${rows.join('\n')}`);
      },
      settle: async () => void session.query('OPTIMIZE TABLE log FINAL'),
      bytes: () => bytesOf(session),
      ask: async (question) => answerOf(question, rowsOf(session.query(SQL[question], 'JSONEachRow'))),
      close: async () => session.close(),
    };
    return lane;
  },
};

/** Of the parts that count: those that were merged stay on the disk for some minutes. */
function bytesOf(session: Session): number {
  const [row] = rowsOf(
    session.query(`SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE table = 'log' AND active`, 'JSONEachRow'),
  );
  return Number(row?.['bytes']);
}

const rowsOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

function answerOf(question: Question, rows: readonly Record<string, unknown>[]): string {
  if (question === 'bars') return answers.bars(rows.map(({ at, level, n }) => [Number(at), String(level), Number(n)]));
  if (question === 'top') return answers.counts(rows.map(({ n }) => Number(n)));
  return answers.times(rows.map(({ at }) => Number(at)));
}
