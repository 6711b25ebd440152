/**
 * kill -9 at any moment: nothing acknowledged is lost or doubled, and a brute force that straddles the restart is seen.
 *
 * PORCHLIGHT_KILLS: how often (8). PORCHLIGHT_SEED: whose choices. The report line is printed, also when the run fails.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { reckon } from './audit.ts';
import { healthWatch } from './health-watch.ts';
import { gone, type House, house, type Running } from './house.ts';
import { marksBySize } from './marks.ts';
import { type Random, random } from './random.ts';
import { reportLine } from './report.ts';
import { allAlerts, stored } from './stored.ts';
import { pause, until } from './waiting.ts';
import { populate, settle, type World } from './world.ts';

const KILLS = Number(process.env['PORCHLIGHT_KILLS'] ?? 8);
const SEED = Number(process.env['PORCHLIGHT_SEED'] ?? 20261120);
/** Counters that must not move: places of a file that were passed over or read twice, and faults of ours. */
const UNWANTED = / (?:gap|overlap|normalize_failed|detect_failed)$/;

interface Lives {
  readonly restarts: number[];
  readonly begin: () => Running;
}

test(`${KILLS} kills under load, seed ${SEED}`, async (t) => {
  const choices = random(SEED);
  const home = await house();
  t.after(() => home.remove());
  using world = populate(home, choices, { senders: 8, think: 10 });
  const health = healthWatch(home);
  t.after(() => health.stop());
  const lives = livesOf(t, home, (server) => health.follow(server));
  const found = stored(home);

  const first = lives.begin();
  await first.listening;
  world.log.write(1);
  await settle(found, world.known());
  world.work();
  const orphans = await killAgainAndAgain(first, lives, world, choices);

  const last = lives.begin();
  await last.listening;
  await world.rest();
  await settle(found, world.known());
  const alerts = await allAlerts(home);
  const reckoning = reckon(world.known(), found.events, alerts);
  const run = { kills: KILLS, seed: SEED, reckoning, stored: found.events.length, alerts: alerts.length };
  const { restarts } = lives;
  const { senders, log } = world;
  // Printed rather than a diagnostic: the run's own reporter shows what is printed.
  process.stdout.write(
    `${reportLine({
      ...run,
      rotations: log.rotations,
      senders: senders(),
      restarts,
      peakMb: health.peak,
      counters: health.counters(),
    })}\n`,
  );
  assert.deepEqual(reckoning.faults.slice(0, 20), []);
  assert.ok(reckoning.acked > 0 && log.rotations > 0 && alerts.length > 0);
  // The monitor may have had something to say of the machine since: what is stored is read again beside the count.
  await until('the count is that of the stored events', async () => {
    const { events } = await home.client.call('health');
    await found.more();
    return events === found.events.length ? true : undefined;
  });
  const { status, sources } = await home.client.call('health');
  assert.equal(status, 'ok', JSON.stringify(sources));
  const unwanted = [...health.counters()].filter(([name, value]) => value > 0 && UNWANTED.test(name));
  assert.deepEqual(unwanted, []);
  await gone(orphans);

  // Stopped in order and begun once more: what is there stays as it is, and the next line is the next event.
  assert.equal(await last.terminate(), 0);
  const again = lives.begin();
  await again.listening;
  log.write(1);
  await settle(found, world.known());
  assert.deepEqual(reckon(world.known(), found.events, await allAlerts(home)).faults.slice(0, 20), []);
  assert.equal(await again.terminate(), 0);
  assert.deepEqual(await marksBySize(home), log.sizes());
});

function livesOf(t: TestContext, home: House, onBegin: (server: Running) => void): Lives {
  const restarts: number[] = [];
  return {
    restarts,
    begin() {
      const server = home.start();
      t.after(() => server.kill());
      onBegin(server);
      server.listening.then((ms) => restarts.push(ms)).catch(() => undefined);
      return server;
    },
  };
}

/** Returns the processes that the killed ones left behind. */
async function killAgainAndAgain(first: Running, lives: Lives, world: World, choices: Random): Promise<number[]> {
  const orphans: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const server = kill === 0 ? first : lives.begin();
    world.burglars.come(3);
    await fatalMoment(server, lives.restarts, world, choices);
    orphans.push(...server.children());
    await server.kill();
    assert.equal(server.complained(), '');
    // The next life begins at once, often while the honeypot of this one is still on its way out.
    for (let n = choices.int(0, 2); n > 0; n--) {
      if (choices.chance(0.5)) world.log.rotate();
      world.log.write(choices.int(0, 20));
    }
  }
  return orphans;
}

/** In the middle of starting and recovering, right after an acknowledgement, or whenever. */
async function fatalMoment(server: Running, restarts: readonly number[], world: World, choices: Random): Promise<void> {
  const usual = restarts.reduce((sum, ms) => sum + ms, 0) / Math.max(1, restarts.length);
  switch (choices.int(0, 3)) {
    case 0:
      return pause(choices.next() * usual * 1.1);
    case 1:
      await server.listening;
      return world.senders().acknowledged(choices.int(1, 200));
    default:
      await server.listening;
      return pause(choices.int(0, 1500));
  }
}
