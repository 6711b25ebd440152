import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CodedError, HEARTBEAT } from '#contract';
import { routes } from '#contract/schema';
import { readRules } from '../rule-catalogue.ts';
import { deskBench } from './desk.fixture.ts';
import { openDoor, reportOf, tokenOf } from './door.fixture.ts';
import { AGENT_RULES } from './news.ts';
import { SILENT_AFTER, STUCK_AFTER, TICK } from './watch.ts';

type Bench = Awaited<ReturnType<typeof deskBench>>;

const rowOf = ({ board }: Bench) => board.rows().find(({ id }) => id === 'agent:attic');

/** The server is awake for so long, and hears nothing. */
function pass(bench: Bench, ms: number): void {
  for (let at = 0; at < ms; at += TICK) bench.desk().pass(TICK);
}

async function alerts({ store, desk, hub }: Bench): Promise<string[]> {
  await desk().told();
  await hub.settled();
  const { items } = await store.alerts({ q: '', limit: 100 });
  return items.map(({ alert }) => `${alert.title}: ${alert.sentence}: ${alert.status}`).toReversed();
}

test('the alerts that end by themselves are those of our own two rules', () => {
  const folder = fileURLToPath(new URL('../../../rules', import.meta.url));
  const ours = readRules([folder]).documents.flatMap(({ file, content }) =>
    /agent_(silent|stuck)\.yml$/.test(file) ? [(content as { readonly id: string }).id] : [],
  );
  assert.deepEqual(Object.keys(AGENT_RULES).toSorted(), ours.toSorted());
});

test('from an invitation to the account', async (t) => {
  const bench = await deskBench(t);
  assert.deepEqual(await bench.desk().list(), { items: [], next: null, listening: null });
  const { door, key } = await bench.enrolled();
  const sources = [
    {
      source: 'file:/var/log/app.log',
      read: 5,
      spooled: 5,
      sent: 3,
      dropped: { cut_off: 1 },
      gaps: [],
      lag: 7,
      state: 'following' as const,
      reason: '',
    },
  ];
  const report = reportOf({
    spool: { records: 2, bytes: 200, oldest: Date.now(), quarantined: 1, parked: 0 },
    sources,
  });
  const sent = { from: 0, to: 3, report, sent: Date.now() - 60_000 };
  assert.deepEqual((await door.batch(key, sent)).body, { status: 'ok', accepted: 3, repeated: 0, mark: 3 });
  const gap = { from: 3, to: 9, reason: 'damaged' as const };
  assert.equal((await door.batch(key, { from: 9, to: 10, gap })).status, 201);
  const list = routes.listAgents.response.parse(await bench.desk().list());
  const [agent] = list.items;
  assert.ok(agent !== undefined);
  assert.equal(list.listening?.port, door.port);
  assert.deepEqual(
    [agent.name, agent.state, agent.host, agent.version, agent.lag],
    ['attic', 'live', 'attic.lan', '1.0.0', 7],
  );
  assert.ok(Math.abs((agent.clock_skew ?? 0) + 60_000) < 30_000);
  assert.deepEqual(agent.totals, { read: 5, spooled: 5, sent: 3, stored: 4, dropped: 1, lost: 6 });
  assert.deepEqual(
    agent.gaps.map(({ from, to, reason }) => [from, to, reason]),
    [[3, 9, 'damaged']],
  );
  assert.equal(agent.keys.length, 1);
  assert.ok(agent.keys[0]?.last_used !== null && agent.last_seen !== null);
  assert.equal(agent.spool?.records, 2);
  assert.deepEqual(await bench.stored(), ['line 0', 'line 1', 'line 2', 'line 9']);
  assert.deepEqual(bench.messages.at(-1)?.state, 'live');
  assert.deepEqual(
    bench.board.rows().map(({ id, state, records }) => [id, state, records]),
    [
      ['agents', 'following', 0],
      ['agent:attic', 'following', 4],
    ],
  );
});

test('silence becomes an alert in plain words, and its end closes it', async (t) => {
  const bench = await deskBench(t);
  const { door, key } = await bench.enrolled();
  await door.batch(key, { from: 0, to: 1, report: reportOf() });
  pass(bench, SILENT_AFTER - TICK);
  assert.deepEqual(await alerts(bench), []);
  pass(bench, TICK);
  const open = ['Agent silent: attic was not heard for 2 minutes: open'];
  assert.deepEqual(await alerts(bench), open);
  pass(bench, 3_600_000);
  assert.deepEqual(await alerts(bench), open);
  assert.deepEqual(
    (await bench.desk().list()).items.map(({ state }) => state),
    ['silent'],
  );
  assert.equal(rowOf(bench)?.state, 'failed');
  assert.equal(bench.messages.at(-1)?.state, 'silent');
  await door.batch(key, { from: 1, to: 2 });
  assert.deepEqual(await alerts(bench), ['Agent silent: attic was not heard for 2 minutes: closed']);
  const [closed] = (await bench.store.alerts({ q: '', limit: 1 })).items;
  assert.match(closed?.history.at(-1)?.note ?? '', /^attic is back after 62 minutes$/);
  assert.deepEqual(
    (await bench.stored('event.dataset:porchlight.agent')).map((text) => text.replace(/\d+/g, 'N')),
    ['attic was not heard for N minutes', 'attic is back after N minutes'],
  );
  assert.deepEqual(
    (await bench.store.outbox(Infinity, 10)).map(({ title }) => title),
    ['Agent silent', 'Closed: Agent silent'],
  );
  // The next silence is news again.
  pass(bench, SILENT_AFTER);
  assert.equal((await alerts(bench)).length, 2);
  assert.deepEqual(bench.faults, []);
});

test('a restart forgets no alert, and does not say it twice', async (t) => {
  const bench = await deskBench(t);
  const { door, key } = await bench.enrolled();
  await door.batch(key, { from: 0, to: 1, report: reportOf() });
  pass(bench, SILENT_AFTER);
  assert.equal((await alerts(bench)).length, 1);
  const desk = await bench.restart();
  assert.equal((await desk.list()).items[0]?.state, 'silent');
  pass(bench, SILENT_AFTER);
  assert.equal((await alerts(bench)).length, 1);
  const again = await openDoor({
    urls: [`https://127.0.0.1:${(await desk.list()).listening?.port}`],
    ca: (await desk.list()).listening?.ca ?? '',
  });
  assert.equal((await again.batch(key, { from: 1, to: 2 })).status, 201);
  assert.deepEqual(await alerts(bench), ['Agent silent: attic was not heard for 2 minutes: closed']);
});

test('silence counts from the start of the server, not from before', async (t) => {
  const bench = await deskBench(t);
  const { door, key } = await bench.enrolled();
  await door.batch(key, { from: 0, to: 1, report: reportOf() });
  pass(bench, SILENT_AFTER - TICK);
  await bench.restart();
  pass(bench, SILENT_AFTER - TICK);
  assert.deepEqual(await alerts(bench), []);
  pass(bench, TICK);
  assert.equal((await alerts(bench)).length, 1);
});

test('a server that slept calls nobody silent', async (t) => {
  const bench = await deskBench(t);
  await bench.enrolled();
  bench.desk().pass(9 * 3_600_000);
  assert.deepEqual(await alerts(bench), []);
});

test('an agent whose batches we cannot keep, or that is over its quota, is not silent', async (t) => {
  let full = false;
  const bench = await deskBench(t, {
    agents: { quota: { batches_per_second: 0.1, bytes_per_second: 1024 } },
    commit: (batch, real) => (full && batch.agents !== undefined ? Promise.reject(new Error('full')) : real(batch)),
  });
  const { door, key } = await bench.enrolled();
  full = true;
  const statuses: number[] = [];
  for (let at = 0; at < 2 * SILENT_AFTER; at += HEARTBEAT) {
    statuses.push((await door.batch(key, { from: 0, to: 0 })).status);
    pass(bench, HEARTBEAT);
  }
  assert.deepEqual(
    [...new Set(statuses)].toSorted((a, b) => a - b),
    [429, 503],
  );
  assert.deepEqual(await alerts(bench), []);
});

test('a laptop that sleeps is no alert', async (t) => {
  const bench = await deskBench(t);
  const { door, key } = await bench.enrolled();
  await door.batch(key, { from: 0, to: 1, report: reportOf({ always_on: false }) });
  pass(bench, 3_600_000);
  assert.deepEqual(await alerts(bench), []);
  const [agent] = (await bench.desk().list()).items;
  assert.deepEqual([agent?.state, agent?.always_on], ['silent', false]);
  assert.equal(rowOf(bench)?.state, 'waiting');
});

test('an agent that runs and forwards nothing is an alert, and mended when it does again', async (t) => {
  const bench = await deskBench(t);
  const { door, key } = await bench.enrolled();
  await door.batch(key, { from: 0, to: 1, report: reportOf() });
  const waiting = reportOf({ spool: { records: 9, bytes: 900, oldest: Date.now(), quarantined: 0, parked: 0 } });
  for (let at = 0; at < STUCK_AFTER; at += 6 * TICK) {
    await door.batch(key, { from: 1, to: 1, report: waiting });
    pass(bench, 6 * TICK);
  }
  const words = 'Agent forwards nothing: attic runs, but forwards nothing: 9 records wait on its disk';
  assert.deepEqual(await alerts(bench), [`${words}: open`]);
  await door.batch(key, { from: 1, to: 2, report: reportOf() });
  pass(bench, TICK);
  assert.deepEqual(await alerts(bench), [`${words}: closed`]);
});

test('a revoked agent is not waited for, and its alert is over', async (t) => {
  const bench = await deskBench(t);
  await bench.enrolled();
  pass(bench, SILENT_AFTER);
  assert.equal((await alerts(bench)).length, 1);
  await bench.desk().revoke('attic');
  pass(bench, SILENT_AFTER);
  assert.deepEqual(await alerts(bench), ['Agent silent: attic was not heard for 2 minutes: closed']);
  assert.equal(rowOf(bench), undefined);
});

test('the listener is there while there is an agent, without a restart', async (t) => {
  const bench = await deskBench(t);
  const desk = bench.desk();
  assert.equal((await desk.list()).listening, null);
  await bench.enrolled('attic');
  await desk.revoke('attic');
  assert.notEqual((await desk.list()).listening, null, 'a revoked agent shall hear why');
  await desk.remove('attic');
  assert.equal((await desk.list()).listening, null);
  await assert.rejects(desk.add('house', false), CodedError);
  assert.equal((await desk.list()).listening, null, 'nobody was invited');
  await desk.add('attic', false);
  assert.notEqual((await desk.list()).listening, null);
});

test('a port that is taken refuses the invitation, and stands among the sources after a restart', async (t) => {
  const first = await deskBench(t);
  const { door } = await first.enrolled();
  const second = await deskBench(t, { agents: { listen: `127.0.0.1:${door.port}` } });
  await assert.rejects(
    second.desk().add('attic', false),
    (error) => error instanceof CodedError && error.code === 'AGENTS_LISTEN',
  );
  assert.deepEqual((await second.desk().list()).items, []);
  await second.store.saveAgent({
    name: 'attic',
    added: 0,
    revoked: false,
    rotating: false,
    invitation: null,
    keys: [{ id: 'k', digest: 'd', created: 0, lastUsed: null }],
  });
  await second.restart();
  const row = second.board.rows().find(({ id }) => id === 'agents');
  assert.equal(row?.state, 'failed');
  assert.match(row?.reason ?? '', /EADDRINUSE/);
});

test('an owner’s wish for a new key reaches the agent, both keys hold, and the old one ends with the new one’s first use', async (t) => {
  const bench = await deskBench(t);
  const { door, key } = await bench.enrolled();
  await bench.desk().rotate('attic');
  const { body } = await door.batch(key, { from: 0, to: 1 });
  assert.equal(body['rotate'], true);
  const rotated = await door.send('/api/agent/rotate', { key });
  assert.deepEqual([rotated.status, rotated.body['agent']], [200, 'attic']);
  const fresh = String(rotated.body['key']);
  assert.deepEqual((await door.batch(key, { from: 1, to: 2 })).body, {
    status: 'ok',
    accepted: 1,
    repeated: 0,
    mark: 2,
  });
  assert.equal((await door.batch(fresh, { from: 2, to: 3 })).status, 201);
  assert.equal((await door.batch(key, { from: 3, to: 4 })).status, 401);
  assert.equal((await door.batch(fresh, { from: 3, to: 4 })).status, 201);
  assert.deepEqual(await bench.stored(), ['line 0', 'line 1', 'line 2', 'line 3']);
});

test('a token is for this server: its addresses, its authority, half an hour', async (t) => {
  const bench = await deskBench(t, { agents: { names: ['logs.example:15443'] } });
  const before = Date.now();
  const invitation = await bench.desk().add('attic', false);
  const token = tokenOf(invitation.token);
  const place = (await bench.desk().list()).listening;
  assert.deepEqual(token.urls, ['https://logs.example:15443', `https://127.0.0.1:${place?.port}`]);
  assert.equal(token.ca, place?.ca);
  assert.ok(token.expires >= before + 30 * 60_000 && token.expires <= Date.now() + 30 * 60_000);
});

test('two who are invited at once share one listener', async (t) => {
  const bench = await deskBench(t);
  const invitations = await Promise.all(['attic', 'cellar', 'garage'].map((name) => bench.desk().add(name, false)));
  assert.equal(new Set(invitations.map(({ token }) => tokenOf(token).urls.join())).size, 1);
  assert.deepEqual(bench.faults, []);
});

test('closing does not wait for a store that keeps nothing', { timeout: 300_000 }, async (t) => {
  let full = false;
  const bench = await deskBench(t, {
    commit: (batch, real) => (full ? Promise.reject(new CodedError('STORE_FAILED', 'the disk is full.')) : real(batch)),
  });
  const { door, key } = await bench.enrolled();
  pass(bench, SILENT_AFTER);
  await alerts(bench);
  full = true;
  assert.equal((await door.batch(key, { from: 0, to: 1 })).status, 503);
  pass(bench, SILENT_AFTER);
  await bench.desk().revoke('attic');
  await bench.desk().close();
});
