/**
 * `porchlight import` as a person types it, killed with -9 at moments of chance until it has ended by itself: every line is in, once.
 * Then the server shows it.
 *
 * PORCHLIGHT_SEED: whose moments. Printed in the name of the test.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { isoTime } from '#contract';
import { openSqliteStore } from '#store';
import { random } from '../chaos/server/random.ts';
import { type House, openHouse } from './house.ts';

const SEED = Number(process.env['PORCHLIGHT_SEED'] ?? 20261120);
const KILLS = 8;
/** Fewer than the store tells apart when it counts the values of a field. */
const LINES = 90_000;
const LOOKS = 60_000;
const CHECKOUT = join(import.meta.dirname, '../..');
const START = Date.UTC(2025, 5, 1);

function writeFiles(house: House): readonly string[] {
  const text = Array.from({ length: LINES }, (_, n) => `${isoTime(START + n * 1000)} nas backupd[7]: line ${n}\n`).join(
    '',
  );
  const log = join(house.folder, 'old.log.gz');
  writeFileSync(log, gzipSync(text));
  utimesSync(log, START / 1000, START / 1000);
  const entries = [
    { level: 'info', metric: 'cpu_load', value: 0.5, message: 'CPU load average: 0.50' },
    { level: 'info', metric: 'memory_used_pct', value: 50, message: 'Memory used: 50.0%' },
  ];
  const looks = Array.from({ length: LOOKS }, (_, n) => {
    const timestamp = isoTime(START + n * 10_000)
      .slice(0, 19)
      .replace('T', ' ');
    return `${JSON.stringify({ timestamp, security_score: n % 101, entries })}\n`;
  });
  const history = join(house.folder, 'monitor_metrics.jsonl');
  writeFileSync(history, looks.join(''));
  return [history, log];
}

interface Run {
  readonly code: number | null;
  readonly out: string;
}

/** Killed `after` ms after it began to write, where that is given. */
async function run(house: House, files: readonly string[], after?: number): Promise<Run> {
  const child = spawn(process.execPath, [join(CHECKOUT, 'launch/inside.mjs'), 'import', '--json', ...files], {
    cwd: house.folder,
    env: { ...process.env, PORCHLIGHT_DATA: house.data, TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  if (after !== undefined) {
    await Promise.race([ended, growth(join(house.data, 'porchlight.db-wal'))]);
    await Promise.race([ended, setTimeout(after)]);
    child.kill('SIGKILL');
  }
  const [code] = await ended;
  return { code, out };
}

/** Resolves when the file has changed. */
async function growth(file: string): Promise<void> {
  const stamp = (): number => (existsSync(file) ? statSync(file).mtimeMs : 0);
  for (const before = stamp(); stamp() === before;) await setTimeout(5);
}

test(`an import that is killed ${KILLS} times, seed ${SEED}`, { timeout: 600_000 }, async (t) => {
  const choices = random(SEED);
  const house = await openHouse();
  t.after(() => house.close());
  const files = writeFiles(house);
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill++) if ((await run(house, files, choices.int(0, 400))).code === null) killed++;
  t.diagnostic(`${killed} of ${KILLS} were killed before they had ended`);
  assert.ok(killed > 1, 'the kills came too late to tell anything');
  const last = await run(house, files);
  assert.equal(last.code, 0, last.out);
  assert.equal((await run(house, files)).code, 0);

  const store = await openSqliteStore(join(house.data, 'porchlight.db'));
  try {
    assert.equal((await store.recover()).eventCount, LINES);
    const { distinct } = await store.values({ q: '', field: 'message', limit: 1 });
    assert.equal(distinct, LINES);
    const points = await store.metrics({ host: 'nas', limit: 100_000 });
    assert.deepEqual(
      points.map(({ score }) => score),
      Array.from({ length: LOOKS }, (_, n) => n % 101),
    );
  } finally {
    await store.close();
  }

  const up = await house.up('--quiet');
  const { items } = await house.client.call('listMetrics', {
    query: { host: 'nas', from: isoTime(START), to: isoTime(START + 100_000), limit: 50 },
  });
  assert.deepEqual(
    items.map(({ score }) => score),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  const refused = await run(house, files);
  assert.equal(refused.code, 3);
  const found = await house.client.call('listEvents', {
    query: { q: '"line 89999"', from: isoTime(START), limit: 2 },
  });
  assert.equal(found.items.length, 1);
  assert.equal(await up.stop(), 0);
});
