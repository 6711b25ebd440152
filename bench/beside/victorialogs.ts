/**
 * VictoriaLogs, where PORCHLIGHT_BENCH_VLOGS names its program. Written after its documentation: /insert/jsonline takes lines of JSON,
 * /select/logsql/query answers with them, /select/logsql/hits counts by time. It replies before what it took is on the disk.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../server-process.ts';
import { answers, ASKED, type Lane, type Peer, type Question, rowOf } from './lane.ts';
import { bytesBelow } from './porchlight.ts';
import { type PeerServer, startPeer } from './server.ts';

const program = (): string => process.env['PORCHLIGHT_BENCH_VLOGS'] ?? '';

export const victoriaLogs: Peer = {
  name: 'VictoriaLogs',
  how: 'over HTTP; streams by host and program; merged before it is asked; it replies before its disk has what it took',
  within: false,
  absent() {
    if (program() === '') return 'no program named in PORCHLIGHT_BENCH_VLOGS';
    return existsSync(program()) ? undefined : `${program()} is not there`;
  },
  async open(folder) {
    const port = await freePort();
    const data = join(folder, 'data');
    // The events are of one month, long ago or ahead.
    const args = [`-storageDataPath=${data}`, `-httpListenAddr=127.0.0.1:${port}`, '-retentionPeriod=100y'];
    const server = await startPeer(program(), [...args, '-futureRetention=100y'], port, '/health');
    return victoriaLane(server, () => bytesBelow(data));
  },
};

const FIELDS = new URLSearchParams({ _stream_fields: 'host,program', _time_field: 'time', _msg_field: 'raw' });
const INSERT = `/insert/jsonline?${FIELDS.toString()}`;
const iso = (time: number): string => new Date(time).toISOString();
const DAY = `_time:[${iso(ASKED.from)}, ${iso(ASKED.to)})`;
const NEWEST = `| sort by (_time desc) limit ${ASKED.limit}`;
const QUERIES = {
  newest: `{host="${ASKED.host}"} user:="${ASKED.user}" outcome:="${ASKED.outcome}" ${NEWEST}`,
  bars: DAY,
  address: `ip:="${ASKED.address}" ${NEWEST}`,
  substring: `${DAY} "${ASKED.words}" ${NEWEST}`,
  top: `${DAY} ip:* | stats by (ip) count() as n | sort by (n desc) limit ${ASKED.top}`,
} as const satisfies Record<Question, string>;

export function victoriaLane(server: PeerServer, bytes: () => number): Lane {
  return {
    async load(events) {
      const lines = events.map((event) => {
        const row = rowOf(event);
        const there = Object.entries(row).filter(([, value]) => value !== null);
        return JSON.stringify({ ...Object.fromEntries(there), time: iso(row.time) });
      });
      await server.post(INSERT, `${lines.join('\n')}\n`);
    },
    async settle() {
      await server.post('/internal/force_flush', '');
      await server.post('/internal/force_merge', '');
    },
    bytes,
    async ask(question) {
      const query = QUERIES[question];
      if (question === 'bars') {
        const range = { start: iso(ASKED.from), end: iso(ASKED.to), step: `${ASKED.step / 60_000}m`, field: 'level' };
        return barsOf(await server.post('/select/logsql/hits', new URLSearchParams({ query, ...range })));
      }
      const rows = rowsOf(await server.post('/select/logsql/query', new URLSearchParams({ query })));
      if (question === 'top') return answers.counts(rows.map(({ n }) => Number(n)));
      return answers.times(rows.map(({ _time }) => Date.parse(String(_time))));
    },
    close: () => server.close(),
  };
}

const rowsOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

interface Hits {
  readonly hits: readonly {
    readonly fields: Readonly<Record<string, string>>;
    readonly timestamps: readonly string[];
    readonly values: readonly number[];
  }[];
}

function barsOf(text: string): string {
  const { hits } = JSON.parse(text) as Hits;
  return answers.bars(
    hits.flatMap(({ fields, timestamps, values }) =>
      timestamps.map((time, at) => [Date.parse(time), fields['level'] ?? '', values[at] ?? 0] as const),
    ),
  );
}
