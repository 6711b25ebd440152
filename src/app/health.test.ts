import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Alert,
  type Event,
  type HostSnapshot,
  type ScoredSnapshot,
  SNAPSHOT_DATASET,
  SNAPSHOT_FIELD,
} from '#contract';
import { parseConfig } from './config.ts';
import { createHealth } from './health.ts';

const DAY = 24 * 3_600_000;
const NOON = Date.UTC(2026, 10, 20, 12);
const { monitor } = parseConfig(undefined, {});

const quiet: HostSnapshot = {
  host: 'nas',
  at: NOON,
  span: 10_000,
  cpus: 4,
  uptime: 1000,
  load: [0.1, 0.1, 0.1],
  cpu: 1,
  memory: { total: 100, used: 10 },
  swap: null,
  disks: [],
  processes: [],
  connections: { established: 3, peers: [] },
  listeners: [],
  network: null,
  logins: [],
};
const look: Event = {
  '@timestamp': NOON,
  'event.ingested': NOON,
  'event.dataset': SNAPSHOT_DATASET,
  [SNAPSHOT_FIELD]: JSON.stringify(quiet),
};

function alert(change: Partial<Alert>): Alert {
  return {
    id: '1',
    title: 'Password guessing over SSH',
    kind: 'SSH',
    level: 'high',
    status: 'open',
    count: 1,
    evidence_count: 1,
    first_seen: NOON,
    last_seen: NOON,
    rule: { id: 'r', title: 'r' },
    entity: '203.0.113.7',
    entity_field: 'source.ip',
    host: 'nas',
    sentence: 'Somebody guesses.',
    steps: [],
    tags: [],
    historic: false,
    ...change,
  };
}

const COSTS: readonly (readonly [what: string, change: Partial<Alert>, points: number])[] = [
  ['an open high alert', {}, monitor.weights.high_alert],
  ['a live one, however old', { last_seen: NOON - 30 * DAY }, monitor.weights.high_alert],
  ['one from old lines of the last day', { historic: true, last_seen: NOON - DAY / 2 }, monitor.weights.high_alert],
  ['one from the lines of last month', { historic: true, last_seen: NOON - 30 * DAY }, 0],
  ['one that was acknowledged', { status: 'acknowledged' }, 0],
  ['a medium one', { level: 'medium' }, 0],
];
for (const [what, change, points] of COSTS) {
  test(`${what} costs ${points} points`, () => {
    const alerts = [alert(change)];
    const health = createHealth(
      { settings: monitor, hostName: 'nas', alerts: () => alerts },
      { snapshots: [], auth: [] },
    );
    assert.equal(health.take(look)?.scored.score.score, 100 - points);
  });
}

/** What the last look said before a restart, then three quiet ones: the end of what was told is news. */
for (const historic of [false, true]) {
  test(`after a last look that was ${historic ? 'imported: nothing is over' : 'ours: it is over'}`, () => {
    const entry = { level: 'alert', metric: 'cpu_load', value: 9, message: 'CPU load average: 9.00' } as const;
    const last: ScoredSnapshot = {
      snapshot: quiet,
      auth: { lines: 0, failed: 0, failedBy: [], sudo: 0 },
      score: { score: 80, band: 'minor', ledger: [], entries: [entry] },
      ...(historic ? { historic } : {}),
    };
    const health = createHealth(
      { settings: monitor, hostName: 'nas', alerts: () => [] },
      { snapshots: [last], auth: [] },
    );
    const pushes = [1, 2, 3].flatMap(() => health.take(look)?.pushes ?? []);
    assert.deepEqual(
      pushes.map(({ title }) => title),
      historic ? [] : ['nas is back to normal'],
    );
  });
}
