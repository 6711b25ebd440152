/** The network's threats on the whole server as it is started, where what matters is disk, memory and the store behind the API. */
import assert from 'node:assert/strict';
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { exchange, post } from '../../../src/api/http.fixture.ts';
import { type House, openHouse, type Up } from '../house.ts';
import { until, within } from '../waiting.ts';

const MIB = 1024 * 1024;
const FOLD = "await (await import('./launch/program.mjs')).foldProgram(process.execPath)";
const ADMIN = 'admin-key-0123456789abcdef';

let house: House;
let up: Up;
before(async () => {
  // One look at the machine and no more: nothing but the attack may write.
  house = await openHouse(['monitor: { interval: 3600 }']);
  // What a server does after half a minute: the bytes that its child writes are counted as its own.
  assert.equal((await house.shell(`${process.execPath} --input-type=module -e "${FOLD}"`)).code, 0);
  up = await house.up('--quiet');
  await house.client.call('postLogs', { body: { host: 'nas', message: 'before the attack' } });
  // And after twenty seconds it tidies up, for the first time.
  await until('the house is tidied', async () => (await house.client.call('health')).kept !== undefined);
  let last = -1;
  await until('nothing is written any more', async () => {
    const earlier = last;
    last = written();
    await setTimeout(500);
    return earlier === last;
  });
});
after(() => house.close());

/** Size and times of every file in the data folder, and the number of the last commit. */
async function onDisk(): Promise<unknown> {
  const files = readdirSync(house.data).toSorted();
  const { batch, events } = await house.client.call('health');
  return {
    batch,
    events,
    files: files.map((name) => {
      const { size, mtimeMs, ctimeMs } = lstatSync(join(house.data, name));
      return { name, size, mtimeMs, ctimeMs };
    }),
  };
}

const pid = (): number => Number(readFileSync(join(house.data, 'porchlight.pid'), 'utf8'));
const written = (): number => Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid()}/io`, 'utf8'))?.[1]);
const peakBytes = (): number =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid()}/status`, 'utf8'))?.[1]) * 1024;

test(
  '10,000 bad tokens: not a byte on disk, no row, and health answers all the while',
  { timeout: 300_000 },
  async (t) => {
    const [disk, bytes] = [await onDisk(), written()];
    let sent = 0;
    let over = false;
    const waits: number[] = [];
    async function attack(): Promise<void> {
      while (sent < 10_000) {
        const key = `bad-token-${sent++}`;
        const posting = sent % 2 === 0;
        const reply = await fetch(house.url + (posting ? '/api/logs' : '/api/events?q=secret'), {
          method: posting ? 'POST' : 'GET',
          headers: { authorization: `Bearer ${key}` },
          ...(posting ? { body: '{"message":"forged"}' } : {}),
        });
        assert.equal(reply.status, 401);
        await reply.body?.cancel();
      }
    }
    async function ask(): Promise<void> {
      while (!over) {
        const began = performance.now();
        assert.equal((await house.client.call('health')).status, 'ok');
        waits.push(performance.now() - began);
      }
    }
    const asking = ask();
    await Promise.all(Array.from({ length: 16 }, attack));
    over = true;
    await asking;
    assert.deepEqual(await onDisk(), disk);
    assert.equal(written(), bytes);
    assert.equal(await house.count('forged'), 0);
    const slow = waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? 0;
    t.diagnostic(
      `health was asked ${waits.length} times meanwhile, p99 ${slow.toFixed(1)} ms, attacker on the same cores`,
    );
  },
);

const FOREIGN: readonly (readonly [name: string, headers: Record<string, string>, status: number])[] = [
  ['another site', { origin: 'https://evil.example' }, 403],
  ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }, 403],
  ['another name (DNS rebinding)', { host: 'evil.example' }, 421],
  ['beyond a proxy that nobody trusts', { 'x-forwarded-for': '203.0.113.9' }, 401],
];

for (const [name, headers, status] of FOREIGN) {
  test(`a post from ${name} leaves nothing behind`, async () => {
    const disk = await onDisk();
    const reply = await post(house.port, headers, Buffer.from('{"message":"forged"}'));
    assert.equal(reply.status, status);
    assert.equal((await exchange(house.port, { path: '/api/stream', headers })).status, status);
    assert.deepEqual(await onDisk(), disk);
  });
}

for (const path of [
  '/../package.json',
  '/..%2fpackage.json',
  '/%2e%2e/%2e%2e/package.json',
  '/%252e%252e/package.json',
  '/..\\..\\package.json',
  '/assets/..%5c..%5cpackage.json',
  '/index.html%00.js',
  '//etc/passwd',
]) {
  test(`${path} is 404 with the real page's folder`, async () => {
    const socket = connect(house.port, '127.0.0.1');
    let reply = '';
    socket.setEncoding('latin1').on('data', (text: string) => (reply += text));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await within('the connection ends', new Promise((resolve) => void socket.once('close', resolve)));
    assert.match(reply, /^HTTP\/1\.1 404 /);
    assert.doesNotMatch(reply, /"porchlight"|root:x:/);
  });
}

const spaces = Buffer.alloc(256 * MIB, 32);
for (const [encoding, body] of [
  ['gzip', gzipSync(spaces)],
  ['zstd', zstdCompressSync(spaces)],
] as const) {
  test(`a ${encoding} bomb is 413 within twice the limit of memory`, async (t) => {
    const first = peakBytes();
    const reply = await post(house.port, { 'content-encoding': encoding }, body);
    assert.equal(reply.status, 413);
    const grown = (peakBytes() - first) / MIB;
    t.diagnostic(`${body.length} bytes sent, ${spaces.length} meant, the server grew by ${grown.toFixed(0)} MiB`);
    assert.ok(grown < 64, `It grew by ${grown} MiB.`);
  });
}

test('streams that nobody reads do not hold the server when it stops', async () => {
  const sockets = Array.from({ length: 8 }, () => {
    const socket = connect(house.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
    socket.pause();
    return socket;
  });
  await until('all are open', async () =>
    /^porchlight_stream_clients 8$/m.test(await (await fetch(`${house.url}/metrics`)).text()),
  );
  assert.equal(await up.stop(), 0);
  for (const socket of sockets) socket.destroy();
});

test('keys and tokens of the settings are in no reply and on no screen', async () => {
  const guarded = await openHouse();
  try {
    const settings = join(guarded.data, 'porchlight.yaml');
    const keys = `keys: [{ name: anna, role: admin, key: ${ADMIN} }]`;
    writeFileSync(settings, readFileSync(settings, 'utf8').replace(/^http: \{/, `http: { ${keys},`));
    const running = await guarded.up();
    for (const path of ['/api/health', '/api/events', '/metrics', '/api/openapi.json', '/api/rules'])
      assert.doesNotMatch(await (await fetch(guarded.url + path)).text(), /admin-key/);
    const allowed = await fetch(`${guarded.url}/api/health`, { headers: { authorization: `Bearer ${ADMIN}` } });
    assert.equal(allowed.status, 200);
    assert.doesNotMatch(await guarded.shell('./porchlight config show').then(({ out, err }) => out + err), /admin-key/);
    assert.doesNotMatch(running.terminal.screen(), /admin-key/);
    const stored = readFileSync(join(guarded.data, 'porchlight.db')).toString('latin1');
    assert.doesNotMatch(stored, /admin-key/);
  } finally {
    await guarded.close();
  }
});
