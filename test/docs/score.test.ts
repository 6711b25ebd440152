/** `docs/score.md` shows a configuration that loads, and the figures that the schema has. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { monitorSchema } from '#contract/schema';
import { parseConfig } from '../../src/app/config.ts';

const text = readFileSync(fileURLToPath(new URL('../../docs/score.md', import.meta.url)), 'utf8');

test('the sample loads', () => {
  const sample = /```yaml\n([\s\S]*?)```/.exec(text)?.[1];
  assert.ok(sample);
  const { monitor } = parseConfig({ path: 'docs/score.md', text: sample }, {});
  assert.equal(monitor.thresholds.established_connections, 600);
  assert.equal(monitor.weights.cpu_load, 0);
});

test('the table says what the defaults are', () => {
  const { thresholds, weights, limits } = monitorSchema.parse({});
  const rows = [...text.matchAll(/^\| [^|]+ \| ([\d.]+)(?: %)? \| ([\d.]+)(?: %)? \| (\d+) \|/gm)].map((row) =>
    row.slice(1).map(Number),
  );
  const metrics = [
    'cpu_load',
    'memory_used_pct',
    'established_connections',
    'failed_logins',
    'high_cpu_processes',
  ] as const;
  assert.deepEqual(
    rows,
    metrics.map((metric) => [thresholds[metric], limits[metric].alert, weights[metric]]),
  );
  const alerts = [...text.matchAll(/^\| each open (critical|high) alert \| \| \| (\d+) \|/gm)].map((row) => [
    row[1],
    Number(row[2]),
  ]);
  assert.deepEqual(alerts, [
    ['critical', weights.critical_alert],
    ['high', weights.high_alert],
  ]);
});
