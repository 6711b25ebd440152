import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { configSchema } from '#contract/schema';
import { encodeBatch, openSqliteStore, openUpkeep } from '#store';
import { noteBackup } from '../backup/last.ts';
import { runLine, type Said } from '../cli.fixture.ts';
import type { Context } from '../command.ts';
import type { Finding } from '../doctor/finding.ts';
import { checkAccount, checkNode } from '../doctor/machine.ts';
import { checkPage } from '../doctor/product.ts';
import { startServer } from '../server.ts';

const DAY = 86_400_000;

interface House {
  readonly folder: string;
  readonly data: string;
  readonly root: string;
  readonly port: number;
  readonly honeypotPort: number;
  write(path: string, text: string): string;
}

/** A house where all is well: an auth.log in use, free ports, rules of its own. */
async function house(t: TestContext, settings = ''): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-doctor-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [data, root] = [join(folder, 'data'), join(folder, 'root')];
  const write = (path: string, text: string): string => {
    mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  };
  write('root/var/log/auth.log', 'Nov 20 11:09:35 nas sshd[1]: Server listening\n');
  const [port, honeypotPort] = [await freePort(), await freePort()];
  write(
    'data/porchlight.yaml',
    `http: { port: ${port} }\nhoneypot: { host: 127.0.0.1, port: ${honeypotPort} }\n` +
      `host: { root: ${JSON.stringify(root)} }\nsources: { log_candidates: [/var/log/auth.log] }\n${settings}`,
  );
  return { folder, data, root, port, honeypotPort, write };
}

async function freePort(): Promise<number> {
  const server = await listen(0);
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function listen(port: number): Promise<Server> {
  const server = createServer((socket) => socket.end('220 not Porchlight\r\n')).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const run = (one: House, options: readonly string[], overrides: Partial<Context> = {}): Promise<Said> =>
  runLine(['doctor', '--data', one.data, ...options], {
    err: (text) => assert.fail(text),
    uid: process.getuid?.(),
    now: Date.now,
    ...overrides,
  });

/** The findings by name; what a fresh checkout has not yet (the page) is left aside. */
async function findings(one: House, overrides: Partial<Context> = {}): Promise<ReadonlyMap<string, Finding>> {
  const { out } = await run(one, ['--json'], overrides);
  const all = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Finding);
  return new Map(all.filter(({ name }) => name !== 'Page').map((finding) => [finding.name, finding]));
}

const unwell = (found: ReadonlyMap<string, Finding>): Finding[] =>
  [...found.values()].filter(({ name, state }) => state !== 'ok' && name !== 'Account');

test('where all is well it says so, and makes nothing', async (t) => {
  const one = await house(t);
  assert.deepEqual(unwell(await findings(one)), []);
  assert.deepEqual(readdirSync(one.data), ['porchlight.yaml']);
});

const faults: readonly (readonly [
  what: string,
  name: string,
  state: Finding['state'],
  text: RegExp,
  next: RegExp,
  spoil: (one: House, t: TestContext) => unknown,
  overrides?: Partial<Context>,
])[] = [
  [
    'a fault in the settings',
    'Settings',
    'broken',
    /porchlight\.yaml:5: unknown key "htp"\. Did you mean "http"\?/,
    /config check/,
    ({ data }) => writeFileSync(join(data, 'porchlight.yaml'), '\n\n\n\nhtp: 1\n'),
  ],
  [
    'a data folder that others can open',
    'Data folder',
    'look',
    /can be opened by others/,
    /chmod 700/,
    ({ data }) => chmodSync(data, 0o755),
  ],
  [
    'a store that is no store',
    'Store',
    'broken',
    /is damaged/,
    /--data DIR/,
    (one) => one.write('data/porchlight.db', 'x'.repeat(9000)),
  ],
  [
    'a day whose file is gone',
    'Damage',
    'broken',
    /^Some of what is kept cannot be read; the rest is found\. events-2026-03-13\.db: it is gone\.$/,
    /doctor --verify names every place; porchlight restore FOLDER/,
    async ({ data }) => {
      await sealedDays(data);
      rmSync(join(data, 'events-2026-03-13.db'));
    },
  ],
  [
    'a backup of long ago',
    'Backup',
    'look',
    /the newest is 45 days old/,
    /porchlight backup FOLDER/,
    ({ data }) => noteBackup(data, '/mnt/usb', Date.now() - 45.5 * DAY),
  ],
  ['another program at our port', 'Server', 'broken', /another program listens there/, /--port/, blockPort('port')],
  [
    'another program at the honeypot’s',
    'Honeypot',
    'broken',
    /another program listens/,
    /--honeypot/,
    blockPort('honeypotPort'),
  ],
  [
    'a log nobody writes',
    '/var/log/auth.log',
    'look',
    /nothing was written to it for 40 days/,
    /still runs/,
    ({ root }) => utimesSync(join(root, '/var/log/auth.log'), 0, Date.now() / 1000 - (40 * DAY) / 1000),
  ],
  [
    'no log at all',
    'Logins',
    'look',
    /No log is followed/,
    /rsyslog/,
    ({ root }) => rmSync(join(root, '/var/log/auth.log')),
  ],
  [
    'a log that leads elsewhere',
    '/var/log/auth.log',
    'broken',
    /not a regular file/,
    /not a regular file/,
    ({ root }) => {
      rmSync(join(root, '/var/log/auth.log'));
      mkdirSync(join(root, '/var/log/auth.log'));
    },
  ],
  [
    'a clock of long ago',
    'Clock',
    'broken',
    /before this program was installed/,
    /set-ntp/,
    () => undefined,
    { now: () => 0 },
  ],
  [
    'a clock that went back',
    'Clock',
    'broken',
    /the last thing that was stored is of 2099-/,
    /set-ntp/,
    (one) => {
      const path = one.write('data/porchlight.db-wal', '');
      utimesSync(path, Date.UTC(2099) / 1000, Date.UTC(2099, 2) / 1000);
    },
  ],
];

const NOON = Date.UTC(2026, 2, 14, 12);

/** A store of two days, each in its file. */
async function sealedDays(data: string): Promise<void> {
  const path = join(data, 'porchlight.db');
  const store = await openSqliteStore(path);
  const at = (time: number) => ({ '@timestamp': time, 'event.ingested': time, message: 'the bell rang', n: time });
  const events = encodeBatch([at(NOON), at(NOON - 1), at(NOON - DAY)]);
  await store.commit({ batch: 1, received: NOON, hits: 0, marks: [], outbox: [], alerts: [], events });
  const upkeep = openUpkeep(path, { days: 0, bytes: 0, free: 0 });
  upkeep.seal(NOON);
  upkeep.close();
  await store.close();
}

function blockPort(which: 'port' | 'honeypotPort') {
  return async (one: House, t: TestContext): Promise<void> => {
    const server = await listen(one[which]);
    t.after(() => server.close());
  };
}

for (const [what, name, state, text, next, spoil, overrides] of faults) {
  test(`${what}: ${state}, and what to do`, async (t) => {
    const one = await house(t);
    await spoil(one, t);
    const found = (await findings(one, overrides)).get(name);
    assert.equal(found?.state, state);
    assert.match(found?.text ?? '', text);
    assert.match(found?.next ?? '', next);
  });
}

test('a rule that was refused and a zone that does not exist are named', async (t) => {
  const one = await house(t);
  const rule = one.write('rules/broken.yml', 'title: x\ndetection: 7\n');
  const settings = `rules: { folders: [${dirname(rule)}] }\nsources: { timezone: Mars/Olympus }\n`;
  one.write('data/porchlight.yaml', settings);
  const found = await findings(one);
  assert.match(found.get('Rule')?.text ?? '', /broken\.yml:\d+ is refused/);
  assert.equal(found.get('Clock')?.state, 'broken');
  assert.match(found.get('Clock')?.text ?? '', /Mars\/Olympus/);
});

test('a data folder that cannot be one', async (t) => {
  const one = await house(t);
  rmSync(one.data, { recursive: true });
  writeFileSync(one.data, '');
  const found = await findings(one);
  assert.equal(found.get('Data folder')?.state, 'broken');
  assert.equal(found.has('Store'), false);
});

test('a store that somebody has open is in use, not broken, and left alone', async (t) => {
  const one = await house(t);
  const store = await openSqliteStore(join(one.data, 'porchlight.db'));
  try {
    const found = await findings(one);
    assert.equal(found.get('Store')?.state, 'ok');
    assert.match(
      found.get('Store')?.text ?? '',
      new RegExp(`in use by another Porchlight \\(process ${process.pid}\\)`),
    );
    assert.equal(found.get('Server')?.state, 'look');
    assert.match(found.get('Server')?.text ?? '', /none answers at port/);
  } finally {
    await store.close();
  }
});

test('beside a server it asks that one', async (t) => {
  const one = await house(t);
  symlinkSync('/proc', join(one.root, 'proc'));
  const config = configSchema.parse({
    http: { port: one.port },
    honeypot: { host: '127.0.0.1', port: one.honeypotPort },
    host: { root: one.root },
    sources: { log_candidates: ['/var/log/auth.log'] },
  });
  const server = await startServer({ config, dataFolder: one.data, now: Date.now });
  try {
    const found = await findings(one);
    assert.deepEqual(unwell(found), []);
    assert.match(found.get('Server')?.text ?? '', /^Porchlight .* runs at/);
    assert.match(found.get('Honeypot')?.text ?? '', new RegExp(`listens on 127\\.0\\.0\\.1:${one.honeypotPort}`));
    assert.equal(found.get('/var/log/auth.log')?.state, 'ok');
  } finally {
    await server.close();
  }
});

test('a place that a search came upon is told by health, by the doctor and by the counters', async (t) => {
  const one = await house(t);
  await sealedDays(one.data);
  const day = new DatabaseSync(join(one.data, 'events-2026-03-14.db'));
  const { events } = day.prepare('SELECT events FROM block').get() as { events: Uint8Array };
  events[events.length >> 1] = (events[events.length >> 1] ?? 0) ^ 1;
  day.prepare('UPDATE block SET events = ?').run(events);
  day.close();
  const config = configSchema.parse({
    http: { port: one.port },
    honeypot: { enabled: false },
    host: { root: one.root },
    sources: { log_candidates: ['/var/log/auth.log'] },
    monitor: { interval: 3600 },
  });
  const server = await startServer({ config, dataFolder: one.data, now: Date.now });
  t.after(() => server.close());
  const health = async (): Promise<Record<string, unknown>> =>
    (await (await fetch(`http://127.0.0.1:${one.port}/api/health`)).json()) as Record<string, unknown>;
  assert.equal((await health())['damage'], undefined);
  const { items } = await server.backend.store.events({ q: 'bell', limit: 10 });
  assert.equal(items.length, 1);
  const { status, damage } = await health();
  assert.equal(status, 'degraded');
  assert.match(JSON.stringify(damage), /^\{"places":1,"first":\[\{"what":"block 1 of 2026-03-14","reason":"/);
  const found = (await findings(one)).get('Damage');
  assert.equal(found?.state, 'broken');
  assert.match(found?.text ?? '', /block 1 of 2026-03-14/);
  assert.ok(server.backend.counters.get('store_places_damaged', 'read') > 0);
});

test('the report shows each source as start-up does, what to do below it, and counts what wants mending', async (t) => {
  const one = await house(t);
  rmSync(join(one.root, '/var/log/auth.log'));
  mkdirSync(join(one.root, '/var/log/auth.log'));
  one.write('rules/broken.yml', 'title: \u001b[2J\ndetection: 7\n');
  one.write(
    'data/porchlight.yaml',
    `host: { root: ${JSON.stringify(one.root)} }\nhoneypot: { enabled: false }\nhttp: { port: ${one.port} }\n`,
  );
  const { code, out } = await run(one, []);
  assert.equal(code, 1);
  assert.match(out, /^ {4}DENIED {4}\/var\/log\/auth\.log: Not followed: .*not a regular file/m);
  assert.match(out, /^ {4}waiting {3}\/var\/log\/secure: Not there/m);
  assert.match(out, /wants? mending\.\n$/);
  assert.doesNotMatch(out, /\u001b/);
});

test('its exit code is 0 where nothing wants mending', async (t) => {
  const one = await house(t);
  const { code, out } = await run(one, []);
  assert.equal(code, checkPage().state === 'ok' ? 0 : 1, out);
  assert.equal(statSync(one.data).isDirectory(), true);
});

const single: readonly (readonly [what: string, finding: Finding, state: Finding['state']])[] = [
  ['Node 24', checkNode('v24.21.0'), 'ok'],
  ['Node 20', checkNode('v20.19.2'), 'broken'],
  ['root', checkAccount(0), 'look'],
  ['somebody', checkAccount(1000), 'ok'],
  ['Windows', checkAccount(undefined), 'ok'],
  ['no page', checkPage('/nowhere'), 'broken'],
];
for (const [what, finding, state] of single) test(`${what}: ${state}`, () => assert.equal(finding.state, state));
