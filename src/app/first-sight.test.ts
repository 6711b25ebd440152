/** The first start on a machine with months of old logs: the last day of them comes in, and the phone stays silent. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isoTime } from '#contract';
import { parseConfig } from './config.ts';
import { type Server, startServer } from './server.ts';

const DAY = 24 * 3_600_000;
const DAYS = 60;
const ATTEMPTS = 40;

/** Forty guesses in forty seconds; `day` names who. */
const attack = (start: number, address: string): string =>
  Array.from({ length: ATTEMPTS }, (_, n) => {
    const at = isoTime(start + n * 1000);
    return `${at} nas sshd[${n}]: Failed password for root from ${address} port ${1000 + n} ssh2\n`;
  }).join('');

/** Titles of what was pushed, and a wait for the next one. */
async function phone(t: TestContext) {
  const titles: string[] = [];
  let rang = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      titles.push(String((JSON.parse(text) as { title?: unknown }).title));
      response.end('{}');
      rang.resolve();
      rang = Promise.withResolvers();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return { titles, url: `http://127.0.0.1:${address.port}/porchlight`, next: () => rang.promise };
}

function stored({ backend }: Server, count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => void (backend.eventCount() >= count && resolve());
    backend.onCommit(look);
    look();
  });
}

test(`${DAYS} days of attacks in auth.log: one day of them is taken, as history; what comes now rings`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-first-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'var/log'), { recursive: true });
  const log = join(folder, 'var/log/auth.log');
  const now = Date.now();
  const days = Array.from({ length: DAYS }, (_, i) => DAYS - i);
  const past = days.map((day) => attack(now - day * DAY + DAY / 2, `203.0.113.${day}`));
  writeFileSync(log, past.join(''));
  const catcher = await phone(t);
  const text = [
    `host: { name: nas, root: ${JSON.stringify(folder)} }`,
    'http: { port: 0 }',
    'honeypot: { enabled: false }',
    `notify: { level: medium, ntfy: { url: "${catcher.url}" } }`,
  ].join('\n');
  const config = parseConfig({ path: 'porchlight.yaml', text }, {});
  const server = await startServer({ config, dataFolder: join(folder, 'data'), now: Date.now });
  t.after(() => server.close());

  await stored(server, ATTEMPTS);
  const { store, counters } = server.backend;
  const before = await store.alerts({ q: '', limit: 100 });
  assert.deepEqual(
    before.items.map(({ alert }) => [alert.entity, alert.historic]),
    [['203.0.113.1', true]],
  );
  assert.equal(counters.get('records_dropped', 'older_than_backfill'), (DAYS - 1) * ATTEMPTS);

  const ringing = catcher.next();
  appendFileSync(log, attack(now, '198.51.100.9'));
  await ringing;
  await stored(server, 2 * ATTEMPTS);
  const { items } = await store.alerts({ q: '', limit: 100 });
  const historic = Object.fromEntries(items.map(({ alert }) => [alert.entity, alert.historic]));
  assert.deepEqual(historic, { '198.51.100.9': false, '203.0.113.1': true });
  assert.deepEqual(catcher.titles, ['Password guessing over SSH']);
});

test('two files, two zones: each stamp without one is in its own file’s', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-first-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'var/log'), { recursive: true });
  const wall = isoTime(Date.now() - 6 * 3_600_000).slice(0, 19);
  for (const name of ['here', 'router'])
    writeFileSync(join(folder, `var/log/${name}.log`), `${wall} nas ${name}[1]: up\n`);
  const text = [
    `host: { name: nas, root: ${JSON.stringify(folder)} }`,
    'http: { port: 0 }',
    'honeypot: { enabled: false }',
    'sources:',
    '  log_candidates: [/var/log/here.log, /var/log/router.log]',
    '  timezone: UTC',
    '  timezones: { /var/log/router.log: Asia/Tokyo }',
  ].join('\n');
  const config = parseConfig({ path: 'porchlight.yaml', text }, {});
  const server = await startServer({ config, dataFolder: join(folder, 'data'), now: Date.now });
  t.after(() => server.close());
  await stored(server, 2);
  const { items } = await server.backend.store.events({ q: '', limit: 9 });
  const times = new Map(items.map(({ event }) => [event['process.name'], event['@timestamp']]));
  assert.equal(times.get('here'), Date.parse(`${wall}Z`));
  assert.equal(times.get('router'), Date.parse(`${wall}+09:00`));
});

test('a zone that there is not is named with its line', () => {
  const text = 'sources:\n  timezones: { /var/log/router.log: Europe/Paradise }\n';
  assert.throws(() => parseConfig({ path: 'porchlight.yaml', text }, {}), {
    code: 'CONFIG',
    message: /porchlight.yaml:2: .*Europe\/Berlin/s,
  });
});
