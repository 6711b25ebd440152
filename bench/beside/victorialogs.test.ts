/** What the lane asks of VictoriaLogs, and what it makes of the replies: a stand-in server says what the documentation says. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { type Event, newFields } from '#contract';
import type { Lane, Question } from './lane.ts';
import { peerAt } from './server.ts';
import { victoriaLane } from './victorialogs.ts';

interface Asked {
  readonly path: string;
  readonly body: string;
}

async function withLane(reply: string, use: (lane: Lane, asked: readonly Asked[]) => Promise<void>): Promise<void> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ path: request.url ?? '', body });
      response.end(reply);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const lane = victoriaLane({ ...peerAt(`http://127.0.0.1:${port}`), close: () => Promise.resolve() }, () => 1);
    await use(lane, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('events go as lines, with streams, time and message named; what is not there is left out', () =>
  withLane('', async (lane, asked) => {
    const event: Event = Object.assign(newFields(), {
      '@timestamp': Date.UTC(2026, 2, 14),
      'event.ingested': Date.UTC(2026, 2, 14),
      'host.name': 'nas',
      'process.name': 'sshd',
      'source.ip': '192.0.2.1',
      message: 'raw line',
    });
    await lane.load([event, event]);
    const [{ path, body } = { path: '', body: '' }] = asked;
    assert.equal(path, '/insert/jsonline?_stream_fields=host%2Cprogram&_time_field=time&_msg_field=raw');
    const line = { time: '2026-03-14T00:00:00.000Z', host: 'nas', program: 'sshd', ip: '192.0.2.1', level: '' };
    assert.deepEqual(
      body
        .trimEnd()
        .split('\n')
        .map((one) => JSON.parse(one) as unknown),
      [
        { ...line, raw: 'raw line' },
        { ...line, raw: 'raw line' },
      ],
    );
  }));

test('before it is asked it is flushed and merged', () =>
  withLane('', async (lane, asked) => {
    await lane.settle();
    assert.deepEqual(
      asked.map(({ path }) => path),
      ['/internal/force_flush', '/internal/force_merge'],
    );
  }));

const DAY = '_time:[2026-03-14T00:00:00.000Z, 2026-03-15T00:00:00.000Z)';
const NEWEST = '| sort by (_time desc) limit 100';
const lines = '{"_time":"2026-03-14T00:00:02Z","n":"7"}\n{"_time":"2026-03-14T00:00:01Z","n":"9"}\n';
const hits =
  '{"hits":[{"fields":{"level":"error"},"timestamps":["2026-03-14T00:10:00Z","2026-03-14T00:00:00Z"],"values":[3,0],"total":3}]}';
const TIMES = `${Date.UTC(2026, 2, 14, 0, 0, 2)} ${Date.UTC(2026, 2, 14, 0, 0, 1)}`;
const cases: readonly (readonly [Question, string, Readonly<Record<string, string>>, string, string])[] = [
  ['newest', '/select/logsql/query', { query: `{host="nas"} user:="root" outcome:="failure" ${NEWEST}` }, lines, TIMES],
  ['address', '/select/logsql/query', { query: `ip:="192.0.2.250" ${NEWEST}` }, lines, TIMES],
  ['substring', '/select/logsql/query', { query: `${DAY} "nowhere-to-be-found" ${NEWEST}` }, '', ''],
  [
    'top',
    '/select/logsql/query',
    { query: `${DAY} ip:* | stats by (ip) count() as n | sort by (n desc) limit 10` },
    lines,
    '9 7',
  ],
  [
    'bars',
    '/select/logsql/hits',
    {
      query: DAY,
      start: '2026-03-14T00:00:00.000Z',
      end: '2026-03-15T00:00:00.000Z',
      step: '10m',
      field: 'level',
    },
    hits,
    `${Date.UTC(2026, 2, 14, 0, 10)} error 3`,
  ],
];
for (const [question, path, form, reply, answer] of cases)
  test(`the question of ${question}`, () =>
    withLane(reply, async (lane, asked) => {
      assert.equal(await lane.ask(question), answer);
      assert.equal(asked[0]?.path, path);
      assert.deepEqual(Object.fromEntries(new URLSearchParams(asked[0]?.body)), form);
    }));

test('a refusal is an error, not an empty answer', async () => {
  const server = createServer((_, response) => response.writeHead(400).end('no such pipe')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await assert.rejects(peerAt(`http://127.0.0.1:${port}`).post('/select/logsql/query', ''), /400 no such pipe/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
