/**
 * A disk that is full: posts are refused and never falsely acknowledged, the followed log waits and loses nothing, reading
 * goes on, and once there is room it all goes on by itself.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ApiError } from '#contract';
import { reckon } from './audit.ts';
import { authLog, type AuthLog } from './auth-log.ts';
import { burglars } from './burglars.ts';
import { type House, house, type Running } from './house.ts';
import { random } from './random.ts';
import { type Senders, senders } from './senders.ts';
import { type SmallDisk, type Way, ways } from './small-disk.ts';
import { allAlerts, stored } from './stored.ts';
import { until } from './waiting.ts';
import { settle } from './world.ts';

const SEED = 20261121;

interface Full {
  readonly disk: SmallDisk;
  readonly home: House;
  readonly server: Running;
  readonly log: AuthLog;
  readonly posts: Senders;
}

const ALL = ways();

for (const way of ALL) {
  test(`${way.name}: full, and then not any more`, async (t) => {
    const { disk, home, server, log, posts } = await fill(t, way);
    const code = await home.client
      .call('postLogs', { body: { message: 'one that is refused' } })
      .catch((error: unknown) => (error instanceof ApiError ? error.problem.code : error));
    assert.equal(code, 'STORE_FAILED');
    const known = { posted: posts.posted, lines: log.lines, visits: [], notes: [] };
    const found = stored(home);
    await found.more();
    const acked = posts.posted.filter(({ state }) => state === 'acked').flatMap(({ ids }) => ids);
    const present = new Set(found.events.map((event) => event['chaos']));
    assert.deepEqual(
      acked.filter((id) => !present.has(id)),
      [],
      'acknowledged, and there while the disk is full',
    );
    const degraded = await home.client.call('health');
    assert.equal(degraded.status, 'degraded');
    assert.match(degraded.sources.find(({ id }) => id === 'store')?.reason ?? '', /full|disk/);

    // Written while nothing can be kept.
    log.write(30);
    const delivered = posts.stop();
    disk.free(server);
    await delivered;
    log.write(10);
    await settle(found, known);
    const reckoning = reckon(known, found.events, await allAlerts(home));
    assert.deepEqual(reckoning.faults.slice(0, 20), []);
    assert.deepEqual([...posts.refused.keys()], [503]);
    assert.equal((await home.client.call('health')).status, 'ok');
    t.diagnostic(
      `${way.name} · acked ${reckoning.acked} · refused ${posts.refused.get(503)} · stored ${found.events.length} · lost 0 · duplicated 0 · seed ${SEED}`,
    );
    assert.equal(await server.terminate(), 0);
    assert.equal(server.complained(), '');
  });
}

test('killed while the disk is full: it says so, and begins again once there is room', async (t) => {
  const { disk, home, server, log, posts } = await fill(t, ALL[0]);
  const delivered = posts.stop();
  await server.kill();
  log.write(10);

  const refused = home.start(disk.through);
  t.after(() => refused.kill());
  const outcome = await Promise.race([refused.ended, refused.listening.then(() => 'listening')]);
  t.diagnostic(`started on the full disk: ${outcome} ${refused.complained()}`);
  if (outcome !== 'listening') {
    assert.equal(outcome, 3);
    assert.match(refused.complained(), /full|disk/);
    assert.match(refused.complained(), /Free some space/);
    assert.doesNotMatch(refused.complained(), /\n {4}at /);
  }
  disk.free(outcome === 'listening' ? refused : undefined);
  const again = outcome === 'listening' ? refused : home.start();
  t.after(() => again.kill());
  await again.listening;
  await delivered;
  const known = { posted: posts.posted, lines: log.lines, visits: [], notes: [] };
  const found = stored(home);
  await settle(found, known);
  assert.deepEqual(reckon(known, found.events, await allAlerts(home)).faults.slice(0, 20), []);
  assert.equal(await again.terminate(), 0);
});

test('SIGTERM while the disk is full: it ends, and what it could not keep comes with the next start', async (t) => {
  const { disk, home, server, log, posts } = await fill(t, ALL[0]);
  // A source that failed waits for a commit before it is opened again.
  for (const pid of server.children()) process.kill(pid, 'SIGKILL');
  log.write(10);
  await posts.refusals(503, 5);
  const delivered = posts.stop();
  assert.equal(await server.terminate(), 0);
  disk.free(undefined);
  const next = home.start();
  t.after(() => next.kill());
  await next.listening;
  await delivered;
  const known = { posted: posts.posted, lines: log.lines, visits: [], notes: [] };
  const found = stored(home);
  await settle(found, known);
  assert.deepEqual(reckon(known, found.events, await allAlerts(home)).faults.slice(0, 20), []);
  assert.equal(await next.terminate(), 0);
});

/** A server whose disk is full: some posts were kept, some were refused. */
async function fill(t: TestContext, way: Way): Promise<Full> {
  const disk = way.make();
  t.after(() => disk.remove());
  const home = await house(disk.data);
  t.after(() => home.remove());
  const server = home.start(disk.through);
  t.after(() => server.kill());
  await server.listening;
  const choices = random(SEED);
  const log = authLog({ path: home.log, random: choices, burglars: burglars(choices), rotation: 0 });
  t.after(() => log[Symbol.dispose]());
  log.write(1);
  await settle(stored(home), { posted: [], lines: log.lines, visits: [], notes: [] });
  const posts = senders({ house: home, random: choices, count: 3, think: 5, batch: 8, padding: 3000 });
  await posts.refusals(503, 2);
  const count = posts.posted.filter(({ state }) => state === 'acked').length;
  assert.ok(count > 0);
  await until('nobody sends what fits', () =>
    posts.posted.every(({ state }) => state !== 'unknown') ? true : undefined,
  );
  return { disk, home, server, log, posts };
}
