import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { availableParallelism, totalmem, uptime } from 'node:os';
import { test } from 'node:test';
import { type HostSnapshot, SNAPSHOT_FIELD, type SourceTag } from '#contract';
import { hasBattery } from './host-metrics/battery.ts';
import { snapshotRecord } from './host-metrics/snapshot-record.ts';
import { hostMetrics, hostState, msToBeat, takeSnapshot } from './host-metrics.ts';

const AT = Date.UTC(2026, 2, 1, 12);
const tag: SourceTag = { id: 'host', agent: 'local', host: 'nas', type: 'snapshot' };
const onLinux = process.platform === 'linux';

test('beats are counted from the start; those that have passed are left out', () => {
  const rows: readonly (readonly [now: number, wait: number])[] = [
    [1000, 100],
    [1001, 99],
    [1099.5, 0.5],
    [1100, 100],
    [1101, 99],
    [1555, 45],
  ];
  for (const [now, wait] of rows) assert.equal(msToBeat(1000, 100, now), wait, String(now));
});

test('whether it sleeps is said by its battery, or by who knows better', async () => {
  const options = { host: 'nas', root: '/', now: () => AT };
  for (const alwaysOn of [true, false]) {
    assert.equal((await takeSnapshot(hostState({ ...options, alwaysOn }))).always_on, alwaysOn);
  }
  assert.equal((await takeSnapshot(hostState(options))).always_on, !hasBattery('/'));
});

test('this very machine, twice', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("x"); for (;;);'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const client = createConnection(address.port, '127.0.0.1');
  try {
    await Promise.all([once(child.stdout, 'data'), once(server, 'connection'), once(client, 'connect')]);
    const state = hostState({ host: 'nas', root: '/', now: () => AT });
    const first = await takeSnapshot(state);
    assert.equal(first.span, 0);
    assert.ok(first.processes.every(({ cpu }) => cpu === 0));
    const second = await spun(state, child.pid ?? 0);
    check(second);
    if (!onLinux) return;
    assert.ok(second.listeners.some(({ port, process: name }) => port === address.port && name.includes('node')));
    assert.ok((second.connections?.established ?? 0) >= 2);
    assert.ok(second.connections?.peers.some(({ address: peer }) => peer === '127.0.0.1'));
  } finally {
    child.kill('SIGKILL');
    client.destroy();
    server.close();
  }
});

/** Looks until the child, which does nothing but spin, was given CPU time by the kernel. */
async function spun(state: ReturnType<typeof hostState>, pid: number): Promise<HostSnapshot> {
  for (;;) {
    const snapshot = await takeSnapshot(state);
    if (!onLinux || snapshot.processes.some((one) => one.pid === pid && one.cpu > 0)) return snapshot;
  }
}

function check(snapshot: HostSnapshot): void {
  assert.equal(snapshot.host, 'nas');
  assert.equal(snapshot.at, AT);
  assert.ok(snapshot.span > 0);
  assert.ok(snapshot.cpus >= availableParallelism());
  assert.ok(Math.abs(snapshot.uptime - uptime()) < 60);
  assert.ok(snapshot.memory.total > 0 && snapshot.memory.total <= totalmem() * 1.01);
  assert.ok(snapshot.memory.used > 0 && snapshot.memory.used < snapshot.memory.total);
  assert.ok(snapshot.cpu !== null && snapshot.cpu >= 0 && snapshot.cpu <= 100);
  if (!onLinux) return;
  assert.ok(snapshot.network !== null && snapshot.swap !== null);
  assert.ok(snapshot.processes.length > 1 && snapshot.processes.length <= 10);
  assert.ok(snapshot.processes.some(({ memory }) => memory > 0));
}

test('the stream: at once, then at every beat, and an end without an error', async () => {
  const stop = new AbortController();
  const seen: HostSnapshot[] = [];
  for await (const records of hostMetrics({ host: 'nas', root: '/', interval: 20, now: () => AT, tag }, stop.signal)) {
    assert.equal(records.length, 1);
    const [record] = records;
    assert.ok(record?.source === tag && record.received === AT);
    const fields = JSON.parse(record.text) as Record<string, unknown>;
    seen.push(JSON.parse(String(fields[SNAPSHOT_FIELD])) as HostSnapshot);
    if (seen.length === 3) stop.abort();
  }
  assert.deepEqual(
    seen.map(({ span }) => span > 0),
    [false, true, true],
  );
});

test('the stream ends at once while it waits', { timeout: 300_000 }, async () => {
  const stop = new AbortController();
  const options = { host: 'nas', root: '/', interval: 3_600_000, now: () => AT, tag };
  const stream = hostMetrics(options, stop.signal);
  assert.equal((await stream.next()).done, false);
  const next = stream.next();
  stop.abort();
  assert.equal((await next).done, true);
});

test('a system without /proc: what Node says, the rest unknown', async (context) => {
  const { platform } = process;
  context.after(() => Object.defineProperty(process, 'platform', { value: platform }));
  Object.defineProperty(process, 'platform', { value: 'darwin' });
  const state = hostState({ host: 'mac', root: '/', now: () => AT });
  assert.equal((await takeSnapshot(state)).cpu, 0);
  const { span, cpus, uptime: up, load, cpu, memory, ...rest } = await takeSnapshot(state);
  assert.ok(span > 0 && cpus >= 1 && up > 0 && load.length === 3 && memory.used < memory.total);
  assert.ok(cpu !== null && cpu >= 0 && cpu <= 100);
  assert.deepEqual(rest, {
    host: 'mac',
    always_on: true,
    at: AT,
    swap: null,
    disks: [],
    processes: [],
    connections: null,
    listeners: [],
    network: null,
    logins: [],
  });
});

test("another machine's root without its /proc is refused: our own figures would pass for it", () => {
  assert.throws(() => hostState({ host: 'nas', root: '/nowhere', now: () => AT }), /host\.root is \/nowhere, .*mount/);
});

const SNAPSHOT: HostSnapshot = {
  host: 'nas',
  at: AT,
  span: 10_000,
  cpus: 4,
  uptime: 1,
  load: [0.42, 0.4, 0.3],
  cpu: 12.5,
  memory: { total: 1000, used: 613 },
  swap: null,
  disks: [],
  processes: [{ pid: 1, name: '</script>\x1b[2J', user: 'root', cpu: 1, memory: 1 }],
  connections: { established: 144, peers: [] },
  listeners: [],
  network: null,
  logins: [],
};

test('a snapshot as a record: figures under the names people chart, the whole as JSON', () => {
  const { text, received, source } = snapshotRecord(SNAPSHOT, tag);
  assert.equal(received, AT);
  assert.equal(source, tag);
  const { [SNAPSHOT_FIELD]: whole, ...fields } = JSON.parse(text) as Record<string, unknown>;
  assert.deepEqual(JSON.parse(String(whole)), SNAPSHOT);
  assert.deepEqual(fields, {
    '@timestamp': '2026-03-01T12:00:00.000Z',
    'host.name': 'nas',
    'event.dataset': 'porchlight.snapshot',
    'event.kind': 'metric',
    'event.category': ['host'],
    'event.type': ['info'],
    'labels.product': 'porchlight',
    'labels.service': 'snapshot',
    'system.load.1': 0.42,
    'system.load.5': 0.4,
    'system.load.15': 0.3,
    'system.memory.used.pct': 0.613,
    'system.cpu.total.norm.pct': 0.125,
    'porchlight.connections': 144,
    message: 'load 0.42, memory 61 %, 144 connections',
  });
});

test('a snapshot of a system that says little', () => {
  const { text } = snapshotRecord({ ...SNAPSHOT, cpu: null, connections: null, memory: { total: 0, used: 0 } }, tag);
  const fields = JSON.parse(text) as Record<string, unknown>;
  assert.equal(fields['message'], 'load 0.42, memory 0 %');
  assert.equal('system.cpu.total.norm.pct' in fields || 'porchlight.connections' in fields, false);
});
