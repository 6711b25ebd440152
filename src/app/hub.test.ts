/** The hub over real threads and a real store in a folder of its own; only faults are put in by hand. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CommitNotice } from '#api';
import { CodedError, type EventId, type RawRecord } from '#contract';
import { type Counters, counters as createCounters } from '#lib/counters';
import type { Commit, Store } from '#store';
import { parseConfig } from './config.ts';
import { createHub, type Hub } from './hub.ts';
import { readRules } from './rule-catalogue.ts';
import { type PipelineThread, startPipelineThread, startStoreThread } from './threads.ts';

const RULES = readRules([fileURLToPath(new URL('../../rules', import.meta.url))]).documents;
const FULL = new CodedError('STORE_FAILED', 'the disk is full.');

type CommitCall = (commit: Commit, real: Store['commit']) => Promise<void>;

interface Bench {
  readonly hub: Hub;
  readonly store: Store;
  readonly counters: Counters;
  readonly pipelines: PipelineThread[];
  readonly troubles: (string | undefined)[];
  /** Messages in the order they were stored. */
  messages(): Promise<string[]>;
}

/** `commit` and `recover` stand between the hub and the store. */
async function bench(
  t: TestContext,
  commit: CommitCall = (batch, real) => real(batch),
  recover: (real: Store['recover']) => ReturnType<Store['recover']> = (real) => real(),
): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-hub-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const thread = startStoreThread(folder);
  t.after(async () => {
    await thread.store.close();
    await thread.stop();
  });
  const pipelines: PipelineThread[] = [];
  const troubles: (string | undefined)[] = [];
  const counters = createCounters();
  const hub = await createHub({
    store: {
      ...thread.store,
      commit: (batch) => commit(batch, thread.store.commit),
      recover: () => recover(thread.store.recover),
    },
    startPipeline() {
      const pipeline = startPipelineThread({
        rules: RULES,
        hostName: 'nas',
        timezone: 'UTC',
        ownAddresses: [],
        backfill: 86_400_000,
        notifyLevel: 'high',
        channels: [],
        score: parseConfig(undefined, {}).monitor,
      });
      pipelines.push(pipeline);
      return pipeline;
    },
    counters,
    now: Date.now,
    onRecords: () => undefined,
    onTrouble: (reason) => troubles.push(reason),
  });
  t.after(() => hub.close());
  async function messages(): Promise<string[]> {
    const found: string[] = [];
    for (let after: EventId = '0-0'; ;) {
      const { items } = await thread.store.events({ q: '', limit: 1000, after });
      found.push(...items.map(({ event }) => String(event['message'])));
      const last = items.at(-1);
      if (last === undefined) return found;
      after = last.id;
    }
  }
  return { hub, store: thread.store, counters, pipelines, troubles, messages };
}

const SOURCE = { id: 'file:/var/log/auth.log', agent: 'local', host: 'nas', type: 'syslog' };

/** Lines `from` up to `to` of one file, a byte each. */
function lines(from: number, to: number, say = (n: number) => `backupd[${n}]: line ${n}`): RawRecord[] {
  const stream = { key: 'file:/var/log/auth.log@1', detail: '{}' };
  return Array.from({ length: to - from }, (_, i): RawRecord => {
    const n = from + i;
    const received = Date.now();
    const text = `${new Date(received).toISOString()} nas ${say(n)}`;
    return { source: SOURCE, received, text, position: { stream, from: n, to: n + 1 } };
  });
}
const texts = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `line ${from + i}`);
const forever = new AbortController().signal;

const post = (message: string, idempotencyKey?: string, agent = 'local') => ({
  body: new TextEncoder().encode(JSON.stringify({ message })),
  agent,
  idempotencyKey,
});

test('a failed commit: posts are refused, records are kept and come once, and their alert counts them once', async (t) => {
  let failures = 3;
  const { hub, store, counters, troubles, messages } = await bench(t, async (batch, real) => {
    if (batch.events.count > 0 && failures-- > 0) throw FULL;
    await real(batch);
  });
  const failed = (n: number): string => `sshd[${n}]: Failed password for root from 203.0.113.9 port ${1000 + n} ssh2`;
  const putting = hub.put(lines(0, 25, failed), forever);
  const refused = hub.submit(post('refused'));
  await assert.rejects(refused, { code: 'STORE_FAILED', detail: 'the disk is full.' });
  await putting;
  await hub.settled();
  assert.equal((await messages()).length, 25);
  const { items } = await store.alerts({ q: '', limit: 10 });
  assert.deepEqual(
    items.map(({ alert }) => [alert.title, alert.count, alert.evidence_count]),
    [['Password guessing over SSH', 25, 25]],
  );
  assert.equal(counters.get('commit_failures', 'STORE_FAILED'), 3);
  assert.deepEqual(
    troubles.slice(0, 3),
    Array.from({ length: 3 }, () => FULL.message),
  );
  assert.equal(troubles.at(-1), undefined);
  assert.deepEqual(await hub.submit(post('accepted')), { accepted: 1, rejected: [] });
  assert.deepEqual((await messages()).slice(25), ['accepted']);
});

test('two batches in flight and the first one fails: both come, in their order', async (t) => {
  let seen = 0;
  const { hub, messages } = await bench(t, async (batch, real) => {
    if (batch.events.count > 0 && seen++ === 0) throw FULL;
    await real(batch);
  });
  // Small orders would wait for each other.
  const puts = Array.from({ length: 30 }, (_, n) => hub.put(lines(n * 1000, (n + 1) * 1000), forever));
  await Promise.all(puts);
  await hub.settled();
  assert.ok(seen > 3, 'several batches');
  assert.deepEqual(await messages(), texts(0, 30_000));
});

test('little orders that come while a batch is committed are the next batch, all of them', async (t) => {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const counts: number[] = [];
  const { hub, messages } = await bench(t, async (batch, real) => {
    counts.push(batch.events.count);
    reached.resolve();
    await gate.promise;
    await real(batch);
  });
  const first = hub.submit(post('first'));
  await reached.promise;
  const more = Array.from({ length: 20 }, (_, n) => hub.submit(post(`post ${n}`)));
  const large = 'x'.repeat(5000);
  const all = [first, ...more, hub.put(lines(0, 3), forever), hub.submit(post(large))];
  gate.resolve();
  await Promise.all(all);
  await hub.settled();
  assert.deepEqual(counts.slice(0, 2), [1, 24]);
  const posts = more.map((_, n) => `post ${n}`);
  assert.deepEqual(await messages(), ['first', ...posts, ...texts(0, 3), large]);
});

test('a commit whose reply is lost counts as done: acknowledged, and there once', async (t) => {
  let lose = true;
  const { hub, messages, troubles } = await bench(t, async (batch, real) => {
    await real(batch);
    if (batch.events.count > 0 && lose) {
      lose = false;
      throw new Error('the reply is lost');
    }
  });
  assert.equal((await hub.submit(post('one'))).accepted, 1);
  assert.equal((await hub.submit(post('two'))).accepted, 1);
  assert.deepEqual(await messages(), ['one', 'two']);
  assert.deepEqual(new Set(troubles), new Set([undefined]));
});

test('a pipeline thread that dies is replaced; nothing is lost, and windows go on where they were', async (t) => {
  const { hub, store, pipelines, messages, counters } = await bench(t);
  const failed = (n: number): string => `sshd[${n}]: Failed password for root from 203.0.113.9 port ${1000 + n} ssh2`;
  await hub.put(lines(0, 12, failed), forever);
  await hub.settled();
  await pipelines[0]?.stop();
  await hub.put(lines(12, 24, failed), forever);
  await hub.settled();
  assert.equal(pipelines.length, 2);
  assert.equal(counters.get('commit_failures', 'INTERNAL'), 1);
  assert.equal((await messages()).length, 24);
  const { items } = await store.alerts({ q: '', limit: 10 });
  assert.deepEqual(
    items.map(({ alert }) => [alert.title, alert.count]),
    [['Password guessing over SSH', 24]],
  );
});

test('a post that meets a dead pipeline is refused, and the next one is taken', async (t) => {
  const { hub, pipelines, messages } = await bench(t);
  await pipelines[0]?.stop();
  await assert.rejects(hub.submit(post('refused')), { code: 'STORE_FAILED' });
  assert.equal((await hub.submit(post('taken'))).accepted, 1);
  assert.deepEqual(await messages(), ['taken']);
});

const keys: readonly {
  readonly what: string;
  readonly second: ReturnType<typeof post>;
  readonly stored: readonly string[];
}[] = [
  { what: 'the same key again is answered alike and stored once', second: post('a', 'k1'), stored: ['a'] },
  { what: 'another key is another post', second: post('a', 'k2'), stored: ['a', 'a'] },
  { what: 'the same key of another agent is another post', second: post('a', 'k1', 'pi'), stored: ['a', 'a'] },
  { what: 'a post without a key is another post', second: post('a'), stored: ['a', 'a'] },
];
for (const { what, second, stored } of keys) {
  test(`Idempotency-Key: ${what}`, async (t) => {
    const { hub, messages } = await bench(t);
    const first = await hub.submit(post('a', 'k1'));
    assert.deepEqual(await hub.submit({ ...second, body: second.body.slice() }), first);
    assert.deepEqual(await messages(), stored);
  });
}

test('a body that is no JSON is refused alone', async (t) => {
  const { hub, messages } = await bench(t);
  const bad = hub.submit({ ...post(''), body: new TextEncoder().encode('hello') });
  const good = hub.submit(post('good'));
  await assert.rejects(bad, { code: 'BAD_BODY' });
  assert.equal((await good).accepted, 1);
  assert.deepEqual(await messages(), ['good']);
});

test('records and posts are stored in the order they came, repeats are not', async (t) => {
  const { hub, messages, counters } = await bench(t);
  const work: Promise<unknown>[] = [];
  for (let n = 0; n < 50; n++) {
    work.push(hub.put(lines(n, n + 1), forever), hub.submit(post(`post ${n}`)));
    if (n % 10 === 9) work.push(hub.put(lines(n - 9, n + 1), forever));
  }
  await Promise.all(work);
  await hub.settled();
  const expected = Array.from({ length: 50 }, (_, n) => [`line ${n}`, `post ${n}`]).flat();
  assert.deepEqual(await messages(), expected);
  assert.equal(hub.eventCount(), 100);
  assert.deepEqual(
    counters
      .entries()
      .filter(({ label }) => label === 'repeat')
      .map(({ value }) => value),
    [50],
  );
  assert.deepEqual(hub.marks('file:'), [{ key: 'file:/var/log/auth.log@1', mark: 50, detail: '{}' }]);
});

test('the status of an alert: committed like everything else; of none: not found', async (t) => {
  const { hub, store } = await bench(t);
  await hub.put(
    lines(0, 20, (n) => `sshd[${n}]: Failed password for root from 203.0.113.9 port 1 ssh2`),
    forever,
  );
  await hub.settled();
  assert.equal(await hub.setStatus('1', 'acknowledged', 'ann', 'mine'), true);
  assert.equal(await hub.setStatus('77', 'closed', 'ann', ''), false);
  const found = await store.alert('1');
  assert.equal(found?.alert.status, 'acknowledged');
  assert.deepEqual(
    found?.history.map(({ action, by, note }) => [action, by, note]),
    [
      ['opened', 'porchlight', ''],
      ['acknowledged', 'ann', 'mine'],
    ],
  );
});

test('closing commits what has a place, and takes no more', async (t) => {
  const { hub, messages } = await bench(t);
  await hub.put(lines(0, 100), forever);
  const submitted = hub.submit(post('last'));
  await hub.close();
  assert.equal((await submitted).accepted, 1);
  assert.deepEqual(await messages(), [...texts(0, 100), 'last']);
  await assert.rejects(hub.put(lines(100, 101), forever));
  await assert.rejects(hub.submit(post('too late')));
});

for (const recovers of [true, false]) {
  const how = recovers ? 'written' : 'written or read';
  test(`closing while nothing can be ${how} ends, and whoever waits is told`, { timeout: 300_000 }, async (t) => {
    let broken = false;
    const { hub, messages, troubles } = await bench(
      t,
      async (batch, real) => {
        if (broken) throw FULL;
        await real(batch);
      },
      (real) => (broken && !recovers ? Promise.reject(FULL) : real()),
    );
    broken = true;
    await hub.put(lines(0, 1), forever);
    while (troubles.at(-1) === undefined) await new Promise(setImmediate);
    // These wait in the channel, behind what is being tried again.
    await hub.put(lines(1, 5), forever);
    const waiting = [hub.settled(), hub.submit(post('late'))];
    const refused = Promise.all(waiting.map((one) => assert.rejects(one, { code: 'STORE_FAILED' })));
    await hub.close();
    await refused;
    assert.deepEqual(await messages(), []);
  });
}

test('on a slow disk a batch waits for more: what comes one after the other shares a commit', async (t) => {
  const { hub } = await bench(t, async (batch, real) => {
    await setTimeout(70);
    await real(batch);
  });
  // Three that tell, and one for which the hub waited already before they had.
  for (const n of [1, 2, 3, 4]) await hub.submit(post(`slow ${n}`));
  const before = hub.lastBatch();
  await Promise.all([hub.submit(post('one')), hub.submit(post('other'))]);
  assert.equal(hub.lastBatch(), before + 1);
});

test('a preview is made where somebody wants it, and only as long', async (t) => {
  const { hub } = await bench(t);
  const seen: number[] = [];
  const note = (notice: CommitNotice): void => void seen.push(notice.preview.length, notice.eventCount);
  const leave = hub.onCommit(note, { preview: false });
  await hub.submit(post('nobody looks'));
  const stopLooking = hub.onCommit(() => undefined);
  await hub.submit(post('somebody looks'));
  stopLooking();
  stopLooking();
  await hub.submit(post('nobody again'));
  const again = hub.onCommit(() => undefined);
  await hub.submit(post('and again'));
  again();
  leave();
  assert.deepEqual(seen, [0, 1, 1, 1, 0, 1, 1, 1]);
});

test('it is busy while a batch is on its way, and no longer', async (t) => {
  const reached = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const { hub } = await bench(t, async (batch, real) => {
    reached.resolve();
    await held.promise;
    await real(batch);
  });
  assert.equal(hub.busy(), 0);
  const posted = hub.submit(post('slow'));
  await reached.promise;
  const before = hub.busy();
  assert.ok(before > 0);
  await setTimeout(1);
  assert.ok(hub.busy() > before);
  held.resolve();
  await posted;
  const rest = hub.busy();
  await setTimeout(1);
  assert.equal(hub.busy(), rest);
});
