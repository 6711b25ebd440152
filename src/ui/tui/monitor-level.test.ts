import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Level, MonitorLevel, ScoredSnapshot } from '#contract';
import { fromLevel, monitorLevel, worstLevel } from './monitor-level.ts';
import { countLevels } from './source.ts';
import { nothingYet, type TopData } from './state.ts';
import { plainAlert } from './state.fixture.ts';

const NOTHING = nothingYet('nas', '0.1.0');

const NO_LOOK: Omit<ScoredSnapshot, 'score'> = {
  snapshot: {
    host: 'nas',
    at: 0,
    span: 0,
    cpus: 1,
    uptime: 0,
    load: [0, 0, 0],
    cpu: null,
    memory: { total: 1, used: 0 },
    swap: null,
    disks: [],
    processes: [],
    connections: null,
    listeners: [],
    network: null,
    logins: [],
  },
  auth: { lines: 0, failed: 0, failedBy: [], sudo: 0 },
};

function dataOf(entries: readonly MonitorLevel[], levels: readonly Level[]): TopData {
  const alerts = levels.map((level, at) => plainAlert(String(at), level));
  const score = {
    score: 90,
    band: 'normal' as const,
    ledger: [],
    entries: entries.map((level) => ({ level, metric: 'cpu_load' as const, value: 1, message: '' })),
  };
  return {
    ...NOTHING,
    snapshot: { value: { ...NO_LOOK, score } },
    alerts: { value: alerts },
    levels: { value: countLevels(alerts) },
  };
}

const ROWS: readonly (readonly [MonitorLevel[], Level[], least: MonitorLevel, worst: MonitorLevel])[] = [
  [['info', 'info'], [], 'info', 'info'],
  [['info', 'warning'], [], 'info', 'warning'],
  [['alert', 'warning'], [], 'info', 'alert'],
  [['info'], ['low'], 'info', 'warning'],
  [['info'], ['medium', 'critical'], 'info', 'alert'],
  [['warning'], ['medium'], 'alert', 'info'],
  [['warning'], ['informational'], 'warning', 'warning'],
];
for (const [entries, levels, least, worst] of ROWS) {
  test(`entries ${entries.join()} and alerts ${levels.join()} from ${least} on: ${worst}`, () => {
    assert.equal(worstLevel(fromLevel(dataOf(entries, levels), least)), worst);
  });
}

test('what is below is neither listed nor counted', () => {
  const { alerts, levels } = fromLevel(dataOf(['info'], ['informational', 'medium', 'high']), 'alert');
  assert.deepEqual('value' in alerts && alerts.value.map((alert) => alert.level), ['high']);
  assert.deepEqual('value' in levels && levels.value, { high: 1, critical: 0 });
});

test('a machine that was not scored has no level', () => {
  assert.equal(worstLevel(NOTHING), undefined);
  assert.equal(monitorLevel('informational'), 'info');
});
