/** The monitor without a server, on this real machine and a log written for it. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseConfig } from './config.ts';
import { openLocalMonitor } from './local-monitor.ts';

const folder = mkdtempSync(join(tmpdir(), 'porchlight-top-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('looks, counts failed logins of the last lines, keeps both files, and goes on where an earlier run left off', async () => {
  const log = join(folder, 'logs', 'auth.log');
  mkdirSync(join(folder, 'logs'));
  const failed = (n: number): string =>
    `2026-03-14T12:00:${String(n).padStart(2, '0')}Z nas sshd[${n}]: Failed password for root from 203.0.113.7 port ${50_000 + n} ssh2`;
  writeFileSync(log, `${Array.from({ length: 23 }, (_, n) => failed(n)).join('\n')}\n`);
  const yaml = `sources: { log_candidates: [${JSON.stringify(log)}] }\nhost: { name: nas }\n`;
  const config = parseConfig({ path: 'porchlight.yaml', text: yaml }, {});
  const open = () => openLocalMonitor({ config, dataFolder: folder, now: Date.now, every: 10_000 });

  const monitor = await open();
  const { auth, score, snapshot } = await monitor.look(AbortSignal.timeout(120_000));
  await monitor.close();
  assert.deepEqual(auth, { lines: 23, failed: 23, failedBy: [{ address: '203.0.113.7', count: 23 }], sudo: 0 });
  assert.ok(snapshot.span > 0, 'rates need two looks');
  const logins = score.entries.find(({ metric }) => metric === 'failed_logins');
  assert.deepEqual(logins, {
    level: 'alert',
    metric: 'failed_logins',
    value: 23,
    message: 'Recent failed login attempts: 23 (last 300 lines)',
  });
  const shown = monitor.authEvents();
  assert.ok('value' in shown && shown.value[0]?.['process.pid'] === 22, 'newest first');

  const line = JSON.parse(readFileSync(join(folder, 'monitor_metrics.jsonl'), 'utf8')) as { security_score: number };
  assert.equal(line.security_score, score.score);
  const alerts = JSON.parse(readFileSync(join(folder, 'monitor_alerts.jsonl'), 'utf8')) as { alerts: string[] };
  assert.ok(alerts.alerts.includes('Recent failed login attempts: 23 (last 300 lines)'));

  const again = await open();
  assert.deepEqual(
    again.history().map((point) => point.score),
    [score.score],
  );
  await again.close();
});
