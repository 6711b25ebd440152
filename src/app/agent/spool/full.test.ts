/** What a spool does at its limits. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { RawRecord } from '#contract';
import { inspectSpool, waitingLines } from './inspect.ts';
import { openSpool, type Spool, type SpoolOptions } from './spool.ts';

const never = new AbortController().signal;
const tag = { id: 'file:/a', agent: 'local', host: 'nas' } as const;
const line = (n: number): RawRecord => ({ source: tag, received: 1, text: `line ${n} ${'x'.repeat(200)}` });

async function make(
  t: TestContext,
  change: Partial<SpoolOptions>,
): Promise<{ spool: Spool; folder: string; troubles: (string | undefined)[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-full-'));
  const troubles: (string | undefined)[] = [];
  const spool = await openSpool({
    folder,
    hostName: 'nas',
    maxBytes: 40_000,
    segmentBytes: 5000,
    maxAge: 1e12,
    whenFull: 'wait',
    pace: 0,
    now: () => 1000,
    onTrouble: (reason) => void troubles.push(reason),
    onDamage: () => undefined,
    ...change,
  });
  t.after(async () => {
    await spool.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { spool, folder, troubles };
}

test('full: who puts waits, it is said, and an acknowledgement lets it go on', { timeout: 300_000 }, async (t) => {
  const { spool, troubles } = await make(t, {});
  let put = 0;
  const producer = (async () => {
    for (; put < 600; put++) await spool.put([line(put)], never);
    await spool.settled();
  })();
  while (troubles.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.match(troubles[0] ?? '', /the spool is full/);
  assert.ok(spool.bytes <= 40_000 && put < 600);
  const reader = spool.reader();
  const texts: string[] = [];
  // Takes what there is, frame by frame, until all 600 went through a spool that holds about 150.
  for (let frame = reader.next(); texts.length < 600; frame = reader.next()) {
    if (frame === undefined) {
      await spool.until(spool.state.ack, 50, never);
      continue;
    }
    for (const text of frame.body.toString().trimEnd().split('\n')) texts.push((JSON.parse(text) as { t: string }).t);
    spool.ack(frame.first + frame.count, new Map([['file:/a', frame.count]]));
    assert.ok(spool.bytes <= 45_000, `${spool.bytes} bytes`);
  }
  await producer;
  reader.close();
  assert.deepEqual(
    texts,
    Array.from({ length: 600 }, (_, n) => line(n).text),
  );
  assert.equal(troubles.at(-1), undefined);
});

test('closed while lines wait for room: shorter ones behind them, for which there is room, are not kept either', async (t) => {
  const { spool, folder, troubles } = await make(t, {});
  const placed = (n: number, length: number): RawRecord => ({
    source: tag,
    received: 1,
    text: `line ${n} ${'x'.repeat(length)}`,
    position: { stream: { key: 'file:/a@1', detail: 'd' }, from: n, to: n + 1 },
  });
  let n = 0;
  for (; spool.bytes < 28_000; n++) {
    await spool.put([placed(n, 500)], never);
    await spool.settled();
  }
  await spool.put([placed(n, 10_000)], never);
  while (troubles.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  for (let more = 1; more <= 4; more++) await spool.put([placed(n + more, 10)], never);
  await spool.close();
  assert.equal(inspectSpool(folder).records, n);
  const again = await openSpool({
    folder,
    hostName: 'nas',
    maxBytes: 40_000,
    maxAge: 1e12,
    whenFull: 'wait',
    now: () => 1000,
    onTrouble: () => undefined,
    onDamage: () => undefined,
  });
  t.after(() => again.close());
  assert.deepEqual(again.marks('file:'), [{ key: 'file:/a@1', mark: n, detail: 'd' }]);
});

test('a segment that was removed is not held open by who read it last', async (t) => {
  const { spool, folder } = await make(t, {});
  const open = (): string[] =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        const to = readlinkSync(join('/proc/self/fd', fd));
        return to.startsWith(folder) ? [to] : [];
      } catch {
        // The folder's own, closed by now.
        return [];
      }
    });
  const reader = spool.reader();
  await spool.put([line(0)], never);
  await spool.settled();
  assert.equal(reader.next()?.count, 1);
  for (let n = 1; n < 60; n++) {
    await spool.put([line(n)], never);
    await spool.settled();
    spool.ack(n + 1, new Map());
  }
  await spool.settled();
  assert.deepEqual(
    open().filter((path) => path.endsWith(' (deleted)')),
    [],
  );
  reader.close();
});

test('closing a full spool does not hang, and keeps what was written', { timeout: 300_000 }, async (t) => {
  const { spool, folder, troubles } = await make(t, {});
  const stopping = new AbortController();
  const producer = (async () => {
    for (let n = 0; ; n++) await spool.put([line(n)], stopping.signal);
  })();
  const ended = assert.rejects(producer);
  while (troubles.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  stopping.abort();
  await ended;
  await spool.close();
  const { records } = inspectSpool(folder);
  assert.ok(records > 50);
  assert.deepEqual(
    Array.from(waitingLines(folder), ({ seq }) => seq),
    Array.from({ length: records }, (_, n) => n),
  );
});

test('what is too old is given up, and counted', { timeout: 300_000 }, async (t) => {
  const clock = { now: Date.now() };
  const { spool, folder } = await make(t, { maxAge: 60_000, now: () => clock.now });
  for (let n = 0; n < 40; n++) await spool.put([line(n)], never);
  await spool.settled();
  spool.expire();
  await spool.settled();
  assert.equal(inspectSpool(folder).records, 40);
  clock.now += 120_000;
  spool.expire();
  await spool.settled();
  assert.deepEqual(spool.state.tallies.get('file:/a'), { spooled: 40, sent: 0, dropped: { too_old: 40 } });
  assert.equal([...waitingLines(folder)].length, 0);
  await spool.put([line(40)], never);
  await spool.settled();
  assert.deepEqual(
    Array.from(waitingLines(folder), ({ seq }) => seq),
    [40],
  );
});

test('no descriptor is free: nothing can be read for a while, and then it goes on where it was', async (t) => {
  if (process.platform !== 'linux') return t.diagnostic('Only Linux lets us take descriptors away.');
  const { spool } = await make(t, {});
  for (let n = 0; n < 3; n++) await spool.put([line(n)], never);
  await spool.settled();
  const reader = spool.reader();
  // Started before: to start it would need what there is none of.
  const script = `while read most; do prlimit --pid ${process.pid} --nofile=$most: && echo done; done`;
  const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => shell.kill());
  const limit = async (files: number): Promise<void> => {
    shell.stdin.write(`${files}\n`);
    await once(shell.stdout, 'data');
  };
  // The lowest free number, which is what an open file gets: with that as the limit there is none.
  const lowest = openSync('/dev/null', 'r');
  closeSync(lowest);
  await limit(lowest);
  try {
    assert.equal(reader.next(), undefined);
  } finally {
    await limit(1024);
  }
  assert.equal(reader.next()?.first, 0);
  reader.close();
});
