import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isoTime } from '#contract';
import { type Zone, zoneOf } from '#normalize';
import { inOrder, readAlerts, readMetrics } from './monitor-line.ts';

const zone = (name: string): Zone => {
  const found = zoneOf(name);
  if (found === undefined) throw new Error(name);
  return found;
};
const NOW = Date.UTC(2026, 10, 20);
const reader = { zone: zone('Europe/Berlin'), host: 'nas', now: NOW };

const LOAD = { level: 'info', metric: 'cpu_load', value: 0.42, message: 'CPU load average: 0.42' };
const MEMORY = { level: 'info', metric: 'memory_used_pct', value: 61.5, message: 'Memory used: 61.5%' };
const PEERS = { level: 'alert', metric: 'established_connections', value: 245, message: 'Established: 245' };
const line = (fields: object): string =>
  JSON.stringify({ timestamp: '2025-11-30 11:25:10', security_score: 92, entries: [LOAD, MEMORY], ...fields });

test('a line of metrics is a look with what it holds', () => {
  const read = readMetrics(
    line({ entries: [LOAD, MEMORY, PEERS, { metric: 'of_another_version', value: 1 }] }),
    reader,
  );
  assert.ok(read.ok);
  const { snapshot, score, historic } = read.value;
  assert.equal(historic, true);
  assert.equal(isoTime(snapshot.at), '2025-11-30T10:25:10.000Z');
  assert.deepEqual([snapshot.host, snapshot.load[0], snapshot.memory], ['nas', 0.42, { total: 100, used: 61.5 }]);
  assert.equal(snapshot.connections?.established, 245);
  assert.deepEqual([score.score, score.band, score.entries], [92, 'normal', [LOAD, MEMORY, PEERS]]);
});

test('connections that the system did not say are not 0', () => {
  const read = readMetrics(line({}), reader);
  assert.equal(read.ok && read.value.snapshot.connections, null);
});

const BAD_METRICS: readonly (readonly [text: string, reason: RegExp])[] = [
  ['{"timestamp":"2025-11-30 11:2', /not JSON/],
  ['[]', /not a JSON object/],
  ['null', /not a JSON object/],
  [line({ timestamp: 'yesterday' }), /timestamp is not like/],
  [line({ timestamp: 17 }), /timestamp is not like/],
  [line({ timestamp: '2025-13-30 11:25:10' }), /timestamp is not like/],
  [line({ timestamp: '2031-11-30 11:25:10' }), /future/],
  [line({ security_score: 101 }), /0 to 100/],
  [line({ security_score: '92' }), /0 to 100/],
  [line({ entries: {} }), /not a list/],
  [line({ entries: [LOAD] }), /memory_used_pct is missing/],
  [line({ entries: [LOAD, { ...MEMORY, value: '61' }] }), /memory_used_pct is missing/],
  [line({ entries: [LOAD, { ...MEMORY, value: 161 }] }), /cannot be/],
];
for (const [text, reason] of BAD_METRICS) {
  test(`no look: ${text.slice(0, 90)}`, () => {
    const read = readMetrics(text, reader);
    assert.match(read.ok ? 'it was read' : read.reason, reason);
  });
}

test('a line of warnings', () => {
  const read = readAlerts('{"timestamp":"2025-11-30 11:25:10","alerts":["a: 1","b: 2"]}', reader);
  assert.deepEqual(read, { ok: true, value: { at: Date.UTC(2025, 10, 30, 10, 25, 10), alerts: ['a: 1', 'b: 2'] } });
});

for (const alerts of [[], 'a', [1], undefined]) {
  test(`no warnings: ${JSON.stringify(alerts)}`, () => {
    assert.equal(readAlerts(JSON.stringify({ timestamp: '2025-11-30 11:25:10', alerts }), reader).ok, false);
  });
}

test('the hour that comes twice comes twice', () => {
  const berlin = inOrder(zone('Europe/Berlin'));
  const local = (hour: number, minute: number): number => Date.UTC(2025, 9, 26, hour, minute);
  const walls = [local(1, 30), local(2, 10), local(2, 50), local(2, 10), local(2, 50), local(3, 10)];
  assert.deepEqual(
    walls.map((wall) => isoTime(berlin.toUtc(wall, NOW)).slice(11, 16)),
    ['23:30', '00:10', '00:50', '01:10', '01:50', '02:10'],
  );
});

test('the hour that does not exist is read as the zone reads it', () => {
  const wall = Date.UTC(2025, 2, 30, 2, 30);
  assert.equal(inOrder(zone('Europe/Berlin')).toUtc(wall, NOW), zone('Europe/Berlin').toUtc(wall, NOW));
});
