/** The score of a house: logins that fail and alerts that are open cost points, the ledger says which, and closing brings them back. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { MONITOR_METRICS } from '#contract';
import { readServerEvents } from '../../../src/app/commands/server-events.ts';
import { alertWhere, type House, logLine, openHouse } from '../house.ts';
import { until } from '../waiting.ts';
import { ATTACKER, fail, scoreWhere } from './look.ts';

let house: House;

before(async () => {
  house = await openHouse();
  writeFileSync(house.authLog, '');
  await house.up('--quiet --interval 1');
});
after(() => house.close());

const FAILED_LOGINS = {
  points: 20,
  metric: 'failed_logins',
  value: 25,
  threshold: 5,
  reason: '25 failed logins in the last 300 lines',
  culprit: ATTACKER,
};

test('a quiet house: 100 points, an empty ledger, five entries', async () => {
  const quiet = await scoreWhere(house, 'the second look', ({ snapshot }) => snapshot.span > 0);
  assert.deepEqual([quiet.host, quiet.score, quiet.band, quiet.ledger], ['nas', 100, 'normal', []]);
  assert.deepEqual(
    quiet.entries.map(({ metric, level }) => [metric, level]),
    MONITOR_METRICS.map((metric) => [metric, 'info']),
  );
  assert.ok(quiet.snapshot.memory.total > 0 && quiet.snapshot.uptime > 0 && quiet.snapshot.processes.length > 0);
});

test('25 SSH logins fail: the score falls by what the ledger says, with the address behind it', async () => {
  fail(house, 25);
  const reply = await scoreWhere(house, 'a ledger', ({ ledger }) => ledger[0]?.value === 25);
  assert.deepEqual(reply.ledger, [FAILED_LOGINS]);
  assert.deepEqual([reply.score, reply.band], [80, 'minor']);
  assert.deepEqual(reply.auth, { lines: 25, failed: 25, failedBy: [{ address: ATTACKER, count: 25 }], sudo: 0 });
});

test('the command says the same, in words and as JSON', async () => {
  const { out, code } = await house.shell('./porchlight score');
  assert.equal(code, 0);
  assert.equal(
    out,
    'nas  80  Minor things to see to. 20 points lost.\n  −20  25 failed logins in the last 300 lines\n',
  );
  const json = await house.shell('./porchlight score --json --host nas');
  assert.deepEqual((JSON.parse(json.out) as { ledger: unknown }).ledger, [FAILED_LOGINS]);
  assert.match((await house.shell('./porchlight score --all')).out, /^ 80 {2}Minor things to see to {2}nas\n$/);
  const unknown = await house.shell('./porchlight score --host router');
  assert.deepEqual([unknown.code, unknown.out], [3, '']);
  assert.match(unknown.err, /router/);
});

test('the stream says so too, and the history and the list of hosts', async () => {
  const closing = new AbortController();
  for await (const { event, data } of readServerEvents(`${house.url}/api/stream?events=0`, {}, closing.signal)) {
    if (event !== 'snapshot') continue;
    assert.match(JSON.stringify(data), /"score":80/);
    break;
  }
  closing.abort();
  const { items: hosts } = await house.client.call('hosts');
  assert.deepEqual(
    hosts.map(({ host, score, band }) => [host, score, band]),
    [['nas', 80, 'minor']],
  );
  const { items } = await house.client.call('listMetrics', { query: { limit: 50 } });
  const scores = items.map(({ score }) => score);
  assert.deepEqual([scores[0], scores.at(-1)], [100, 80]);
  assert.deepEqual(
    items.map(({ at }) => at),
    items.map(({ at }) => at).toSorted(),
  );
});

test('an open critical alert is a row of its own until it is closed', async () => {
  appendFileSync(house.authLog, logLine('sshd[4790]', `Accepted password for backup from ${ATTACKER} port 51390 ssh2`));
  const alert = await alertWhere(house, ({ level }) => level === 'critical');
  const burning = await scoreWhere(house, 'a row for the alert', ({ ledger }) => ledger.length === 2);
  const row = { points: 35, metric: 'alert', value: 1, threshold: 1, reason: alert.sentence, culprit: alert.id };
  assert.deepEqual(burning.ledger, [row, FAILED_LOGINS]);
  assert.deepEqual([burning.score, burning.band], [45, 'serious']);

  const { code } = await house.shell(`./porchlight alerts close ${alert.id} --note 'it was me'`);
  assert.equal(code, 0);
  const closed = await scoreWhere(house, 'the points back', ({ ledger }) => ledger.length === 1);
  assert.deepEqual(closed.ledger, [FAILED_LOGINS]);
  assert.equal(closed.score, 80);
});

const STAMP = String.raw`"timestamp":"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"`;
const entry = (metric: string): string =>
  String.raw`\{"level":"(?:info|warning|alert)","metric":"${metric}","value":\d+(?:\.\d+)?,"message":"[^"\\]+"\}`;
const METRICS_LINE = new RegExp(
  `^\\{${STAMP},"security_score":\\d{1,3},"entries":\\[${MONITOR_METRICS.map(entry).join(',')}\\]\\}$`,
);
const ALERTS_LINE = new RegExp(String.raw`^\{${STAMP},"alerts":\["[^"\\]+"(?:,"[^"\\]+")*\]\}$`);

interface MetricsLine {
  readonly timestamp: string;
  readonly security_score: number;
  readonly entries: readonly { readonly level: string; readonly message: string }[];
}

const linesOf = (name: string): string[] => readFileSync(join(house.data, name), 'utf8').trimEnd().split('\n');

test('both files have the form they always had, a line a look, the alerts’ one only for those at alert level', async () => {
  const written = linesOf('monitor_metrics.jsonl').length;
  await until('one more look is written', () => linesOf('monitor_metrics.jsonl').length > written);
  const alerts = linesOf('monitor_alerts.jsonl');
  const metrics = linesOf('monitor_metrics.jsonl');
  for (const line of metrics) assert.match(line, METRICS_LINE);
  for (const line of alerts) assert.match(line, ALERTS_LINE);
  const looks = metrics.map((line) => JSON.parse(line) as MetricsLine);
  assert.deepEqual(
    looks.map(({ security_score: score }) => score).filter((score, i, all) => score !== all[i - 1]),
    [100, 80, 45, 80],
  );
  // The alerts were read first: what was written since is not among them.
  const expected = looks.flatMap(({ timestamp, entries }) => {
    const messages = entries.filter(({ level }) => level === 'alert').map(({ message }) => message);
    return messages.length === 0 ? [] : [JSON.stringify({ timestamp, alerts: messages })];
  });
  assert.deepEqual(alerts, expected.slice(0, alerts.length));
  assert.ok(expected.length - alerts.length <= 1 && alerts.length > 0);
  assert.match(alerts[0] ?? '', /"Recent failed login attempts: 25 \(last 300 lines\)"/);
});

/** As the tools read them that people wrote around the old monitor. */
const READER = `
import datetime, json, sys
for path in sys.argv[1:]:
    with open(path) as file:
        for line in file:
            row = json.loads(line)
            datetime.datetime.strptime(row['timestamp'], '%Y-%m-%d %H:%M:%S')
            if 'alerts' in row:
                assert all(isinstance(text, str) for text in row['alerts'])
            else:
                assert 0 <= row['security_score'] <= 100
                values = {entry['metric']: float(entry['value']) for entry in row['entries']}
                assert len(values) == 5 and values['memory_used_pct'] <= 100
            last = row
    print(json.dumps(last.get('alerts', values['failed_logins'] if 'alerts' not in last else None)))
`;

test('a small reader in another language reads both', (t) => {
  const files = ['monitor_metrics.jsonl', 'monitor_alerts.jsonl'].map((name) => join(house.data, name));
  const { status, stdout, stderr, error } = spawnSync('python3', ['-c', READER, ...files], { encoding: 'utf8' });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
    t.diagnostic('There is no python3 here: their form was compared, but only JavaScript has read them.');
    return;
  }
  assert.equal(status, 0, stderr);
  assert.deepEqual(stdout.trim().split('\n'), ['25.0', '["Recent failed login attempts: 25 (last 300 lines)"]']);
});
