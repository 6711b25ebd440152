import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { MonitorEntry, ScoredSnapshot } from '#contract';
import { localTime, monitorFiles } from './monitor-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'porchlight-monitor-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const AT = new Date(2025, 10, 30, 11, 25, 10).getTime();

function scored(entries: readonly MonitorEntry[]): ScoredSnapshot {
  return {
    snapshot: {
      host: 'nas',
      at: AT,
      span: 0,
      cpus: 4,
      uptime: 1,
      load: [0.42, 0, 0],
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
    score: { score: 92, band: 'normal', ledger: [], entries },
  };
}

const load: MonitorEntry = { level: 'info', metric: 'cpu_load', value: 0.42, message: 'CPU load average: 0.42' };
const logins: MonitorEntry = {
  level: 'alert',
  metric: 'failed_logins',
  value: 23,
  message: 'Recent failed login attempts: 23 (last 300 lines)',
};

const linesOf = (name: string): unknown[] =>
  readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

test('a line a snapshot in the old form, in local time; alerts only for alert level', () => {
  const files = monitorFiles(folder);
  files.write(scored([load]));
  files.write(scored([load, logins]));
  const timestamp = '2025-11-30 11:25:10';
  assert.equal(
    readFileSync(join(folder, 'monitor_metrics.jsonl'), 'utf8').split('\n')[0],
    `{"timestamp":"${timestamp}","security_score":92,"entries":[{"level":"info","metric":"cpu_load","value":0.42,"message":"CPU load average: 0.42"}]}`,
  );
  assert.equal(linesOf('monitor_metrics.jsonl').length, 2);
  assert.deepEqual(linesOf('monitor_alerts.jsonl'), [{ timestamp, alerts: [logins.message] }]);
});

test('a file that has grown is put aside, two of them are kept, no line is split', () => {
  const files = monitorFiles(folder, 300);
  for (let n = 0; n < 20; n++) files.write(scored([load]));
  const names = readdirSync(folder).filter((name) => name.startsWith('monitor_metrics'));
  assert.deepEqual(names.toSorted(), ['monitor_metrics.jsonl', 'monitor_metrics.jsonl.1', 'monitor_metrics.jsonl.2']);
  for (const name of names) assert.ok(linesOf(name).length > 0);
});

test('a local time has two digits everywhere', () => {
  assert.equal(localTime(new Date(2026, 0, 2, 3, 4, 5).getTime()), '2026-01-02 03:04:05');
});
