/** Spool and forwarder against a real server over TLS, in every mood that it can have. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { AgentReport, RawRecord } from '#contract';
import { countingServer, type CountingServer, type Mood } from './counting-server.fixture.ts';
import type { Standing } from './delivery.ts';
import { forward, type ForwarderOptions } from './forwarder.ts';
import { type Link, openLink } from './link.ts';
import { park, parkedHeads } from './parked.ts';
import { enrolledProtocol, plainProtocol, type Protocol } from './protocol.ts';
import { findLog, segmentsOf } from './spool/folder.ts';
import { openSpool, type Spool, type SpoolOptions } from './spool/spool.ts';

const never = new AbortController().signal;
const report: AgentReport = {
  version: '0',
  platform: 'test',
  host: 'nas',
  started: 0,
  always_on: true,
  spool: { records: 0, bytes: 0, oldest: null, quarantined: 0, parked: 0 },
  sources: [],
};
const tag = { id: 'file:/a', agent: 'local', host: 'nas', path: '/a' } as const;
const line = (n: number): RawRecord => ({ source: tag, received: 1, text: `line ${n}` });
const lines = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `line ${from + i}`);

async function until(what: string, look: () => boolean): Promise<void> {
  for (const end = performance.now() + 120_000; !look();) {
    if (performance.now() > end) throw new Error(`${what}: it did not come to that`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface Bench {
  readonly server: CountingServer;
  readonly spool: Spool;
  readonly folder: string;
  readonly standings: Standing[];
  /** Each chunk is a frame. */
  put(from: number, to: number): Promise<void>;
  start(change?: Partial<ForwarderOptions>): Promise<{ stop(): Promise<void> }>;
  /** Before the test's own end. */
  end(): Promise<void>;
}

async function bench(t: TestContext, options: Partial<SpoolOptions> = {}, commit = 0): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-forward-'));
  const server = await countingServer(0, undefined, { commit });
  const spool = await openSpool({
    folder,
    hostName: 'nas',
    maxBytes: 1e9,
    maxAge: 1e12,
    whenFull: 'wait',
    pace: 0,
    now: Date.now,
    onTrouble: () => undefined,
    onDamage: () => undefined,
    ...options,
  });
  const standings: Standing[] = [];
  const running = new Set<() => Promise<void>>();
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> => (ending ??= endAll());
  async function endAll(): Promise<void> {
    for (const stop of running) await stop();
    await spool.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  t.after(end);
  return {
    end,
    server,
    spool,
    folder,
    standings,
    async put(from, to) {
      await spool.put(
        lines(from, to).map((_, i) => line(from + i)),
        never,
      );
      await spool.settled();
    },
    async start(change = {}) {
      const stopping = new AbortController();
      const links = change.links ?? [await openLink(new URL(server.url), server.authority.ca)];
      const protocol =
        change.protocol ??
        enrolledProtocol({ place: () => spool.state, key: () => server.key, compression: 'zstd', now: Date.now });
      const ended = forward(
        {
          spool,
          attempts: 1000,
          delay: 5,
          now: Date.now,
          report: () => report,
          park: (batch, reason) => park(folder, spool.state.epoch, batch, reason, 0),
          onStanding: (standing) => void standings.push(standing),
          freshKey: () => undefined,
          rotate: () => Promise.resolve(),
          pace: 0,
          longDelay: 20,
          ...change,
          protocol,
          links,
        },
        stopping.signal,
      );
      const stop = async (): Promise<void> => {
        running.delete(stop);
        stopping.abort();
        await ended;
      };
      running.add(stop);
      return { stop };
    },
  };
}

const gapsOf = ({ epochs }: CountingServer) => [...epochs.values()].flatMap(({ gaps }) => gaps);

test(
  'replies are lost, connections reset, the server is busy: everything once, in order',
  { timeout: 300_000 },
  async (t) => {
    const { server, spool, put, start } = await bench(t);
    let n = 0;
    server.mood = () =>
      (['drop reply', 'reset', { status: 503 }, { status: 429, headers: { 'Retry-After': '0' } }, 'fine'] as const)[
        n++ % 5
      ] ?? 'fine';
    await start();
    for (let i = 0; i < 30; i++) await put(i * 10, i * 10 + 10);
    await until('all is taken', () => spool.state.ack === 300);
    assert.deepEqual(server.texts(), lines(0, 300));
    assert.deepEqual(gapsOf(server), []);
    assert.equal(spool.state.tallies.get('file:/a')?.sent, 300);
  },
);

test('a backlog: a second batch is on its way while the first is being committed', { timeout: 300_000 }, async (t) => {
  const { server, spool, put, start } = await bench(t, {}, 5);
  await put(0, 40_000);
  await start();
  await until('all is taken', () => spool.state.ack === 40_000);
  assert.equal(server.mostAtOnce(), 2);
  assert.deepEqual(server.texts(), lines(0, 40_000));
  assert.equal(server.repeated(), 0);
});

/** Small batches, so that there are many; the limit is the protocol's to say. */
const small = (spool: Spool, key: string): Protocol => {
  const usual = enrolledProtocol({ place: () => spool.state, key: () => key, compression: 'zstd', now: Date.now });
  return { ...usual, limits: { ...usual.limits, records: 50 } };
};

test('two at a time, each its own way and its own fate: everything once, in order', { timeout: 300_000 }, async (t) => {
  const moods = fc.constantFrom<Mood>('drop reply', 'reset', { status: 503 }, { status: 400 }, { status: 413 });
  const fate = fc.record({
    mood: fc.oneof({ weight: 8, arbitrary: fc.constant<Mood>('fine') }, { weight: 1, arbitrary: moods }),
    travel: fc.nat(6),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { minLength: 10, maxLength: 60 }), async (fates) => {
      const { server, spool, put, start, end } = await bench(t, {}, 2);
      let [asked, sent] = [0, 0];
      const isParked = new Set<number>();
      server.mood = ({ from, to }) => {
        const mood = fates[asked++ % fates.length]?.mood ?? 'fine';
        if (typeof mood === 'object' && mood.status === 413 && to - from === 1) return 'fine';
        // A gap is declared with what comes next.
        if (to === 1500) return 'fine';
        // Refused for good: whoever asks again with these numbers has a bug.
        if (typeof mood === 'object' && mood.status === 400) for (let n = from; n < to; n++) isParked.add(n);
        return mood;
      };
      server.travel = () => fates[sent++ % fates.length]?.travel ?? 0;
      await put(0, 1500);
      await start({ protocol: small(spool, server.key) });
      await until('all is taken', () => spool.state.ack === 1500);
      const texts = server.texts();
      const gone = new Set(gapsOf(server).flatMap(({ from, to }) => lines(from, to)));
      assert.deepEqual(
        texts,
        lines(0, 1500).filter((text) => !gone.has(text)),
      );
      const { sent: counted = 0, dropped = {} } = spool.state.tallies.get('file:/a') ?? {};
      assert.equal(counted + (dropped['parked'] ?? 0), 1500);
      for (const text of gone) assert.ok(isParked.has(Number(text.slice(5))), text);
      await end();
    }),
    { seed: 1, numRuns: 12, endOnFailure: true },
  );
});

const PARKING: readonly number[] = [400, 404, 413, 415, 422];
for (const status of PARKING) {
  test(`${status} parks the batch, and its numbers are a declared gap`, { timeout: 300_000 }, async (t) => {
    const { server, spool, folder, standings, put, start } = await bench(t);
    server.mood = (head) => (head.from <= 1 && head.to > 1 ? { status } : 'fine');
    await put(0, 1);
    await start();
    await until('the first one', () => spool.state.ack === 1);
    await put(1, 2);
    await until('it is parked', () => spool.state.ack === 2);
    await put(2, 5);
    await until('the rest', () => spool.state.ack === 5);
    assert.deepEqual(server.texts(), ['line 0', ...lines(2, 5)]);
    assert.deepEqual(gapsOf(server), [{ from: 1, to: 2, reason: 'parked' }]);
    const [parked] = readdirSync(join(folder, 'parked'));
    assert.match(readFileSync(join(folder, 'parked', parked ?? ''), 'utf8'), /line 1/);
    assert.match(parkedHeads(folder)[0]?.reason ?? '', new RegExp(`${status}`));
    assert.deepEqual(spool.state.tallies.get('file:/a'), { spooled: 5, sent: 4, dropped: { parked: 1 } });
    assert.ok(standings.some(({ lastError }) => lastError?.includes('parked')));
  });
}

test('413: smaller batches, down to what the server takes', { timeout: 300_000 }, async (t) => {
  const { server, spool, folder, put, start } = await bench(t);
  server.mood = (head) => (head.to - head.from > 7 ? { status: 413 } : 'fine');
  await put(0, 100);
  await start();
  await until('all is taken', () => spool.state.ack === 100);
  assert.deepEqual(server.texts(), lines(0, 100));
  assert.deepEqual(readdirSync(join(folder, 'parked')), []);
});

for (const status of [401, 403]) {
  test(`${status}: nothing is parked; it says so, waits for a key, and goes on`, { timeout: 300_000 }, async (t) => {
    const { server, spool, folder, standings, put, start } = await bench(t);
    let asked = 0;
    server.mood = () => (asked < 3 ? { status } : 'fine');
    await put(0, 10);
    await start({ freshKey: () => void (asked += 1) });
    await until('all is taken', () => spool.state.ack === 10);
    assert.deepEqual(server.texts(), lines(0, 10));
    assert.ok(standings.some(({ state }) => state === 'key_refused'));
    assert.deepEqual(readdirSync(join(folder, 'parked')), []);
  });
}

test(
  'the server lost its last commits: what is still here goes again, what is not is declared',
  { timeout: 300_000 },
  async (t) => {
    const { server, spool, folder, put, start } = await bench(t, { segmentBytes: 2000 });
    const first = await start();
    for (let i = 0; i < 10; i++) await put(i * 10, i * 10 + 10);
    await until('all is taken', () => spool.state.ack === 100);
    await first.stop();
    await spool.settled();
    const state = server.epochs.get(spool.state.epoch);
    assert.ok(state !== undefined);
    const here = segmentsOf(findLog(folder) ?? '')[0]?.first ?? 0;
    assert.ok(here > 10 && here < 100, `from ${here} on it is still here`);
    state.mark = 5;
    state.stored.splice(5);
    await start();
    // Before more comes: with the next write the spool lets go of what was taken.
    await until('it went again', () => state.mark === 100);
    await put(100, 110);
    await until('all is taken', () => spool.state.ack === 110 && state.mark === 110);
    assert.deepEqual(state.gaps, [{ from: 5, to: here, reason: 'missing' }]);
    assert.deepEqual(server.texts(), [...lines(0, 5), ...lines(here, 110)]);
  },
);

test('a damaged frame: its numbers are declared, and the rest arrives', { timeout: 300_000 }, async (t) => {
  const { server, spool, folder, put, start } = await bench(t);
  for (let i = 0; i < 3; i++) await put(i * 10, i * 10 + 10);
  const path = segmentsOf(findLog(folder) ?? '')[0]?.path ?? '';
  const bytes = readFileSync(path);
  const at = bytes.indexOf('line 15');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  await start();
  await until('all is taken', () => spool.state.ack === 30);
  assert.deepEqual(server.texts(), [...lines(0, 10), ...lines(20, 30)]);
  assert.deepEqual(gapsOf(server), [{ from: 10, to: 20, reason: 'damaged' }]);
  assert.equal(readdirSync(join(folder, 'quarantine')).length, 1);
});

test('a spool that gives up its oldest: counted, declared, and the newest arrives', { timeout: 300_000 }, async (t) => {
  const { server, spool, put, start } = await bench(t, {
    maxBytes: 20_000,
    segmentBytes: 3000,
    whenFull: 'drop_oldest',
  });
  for (let i = 0; i < 60; i++) await put(i * 10, i * 10 + 10);
  assert.ok(spool.bytes <= 20_000, `${spool.bytes} bytes`);
  await start();
  await until('all is taken', () => spool.state.ack === 600);
  const evicted = spool.state.tallies.get('file:/a')?.dropped['evicted'] ?? 0;
  assert.ok(evicted > 100);
  assert.deepEqual(server.texts(), lines(evicted, 600));
  assert.deepEqual(gapsOf(server), [{ from: 0, to: evicted, reason: 'evicted' }]);
});

test(
  'the server knows numbers that were never given: the spool is an old copy, and numbers anew',
  { timeout: 300_000 },
  async (t) => {
    const { server, spool, put, start } = await bench(t);
    const { epoch } = spool.state;
    server.epochs.set(epoch, { mark: 1000, stored: [], gaps: [] });
    await put(0, 10);
    await start();
    await until('all is taken', () => spool.state.ack === 10);
    assert.notEqual(spool.state.epoch, epoch);
    assert.deepEqual(server.texts(), lines(0, 10));
    assert.deepEqual(gapsOf(server), []);
  },
);

test(
  'POST /api/logs of old: a reply that is lost doubles nothing, since the key is the same',
  { timeout: 300_000 },
  async (t) => {
    const { spool, put, start } = await bench(t);
    const seen = new Map<string, unknown[]>();
    let n = 0;
    async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const key = String(request.headers['idempotency-key']);
      const records = body
        .trimEnd()
        .split('\n')
        .map((text): unknown => JSON.parse(text));
      if (!seen.has(key)) seen.set(key, records);
      if (n++ % 2 === 0) request.socket.destroy();
      else response.writeHead(201).end(JSON.stringify({ status: 'ok', accepted: records.length, rejected: [] }));
    }
    const http = createServer((request, response) => void take(request, response)).listen(0, '127.0.0.1');
    await once(http, 'listening');
    t.after(() => http.close());
    const { port } = http.address() as { port: number };
    const links: readonly Link[] = [await openLink(new URL(`http://127.0.0.1:${port}/api/logs`), undefined)];
    const protocol: Protocol = plainProtocol({
      path: '/api/logs',
      place: () => spool.state,
      hostName: 'nas',
      compression: undefined,
    });
    for (let i = 0; i < 5; i++) await put(i * 10, i * 10 + 10);
    await start({ links, protocol });
    await until('all is taken', () => spool.state.ack === 50);
    const records = [...seen.values()].flat();
    assert.deepEqual(
      records,
      lines(0, 50).map((message) => ({ host: 'nas', message, source: '/a' })),
    );
  },
);
