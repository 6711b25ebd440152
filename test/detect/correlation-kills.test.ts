/**
 * Correlations of every type on the real server, which is killed with -9 at moments of chance while events come: at the end
 * every alert is as on a server that nobody touched. Late events among them show in /metrics.
 *
 * PORCHLIGHT_SEED: whose moments. Printed in the name of the test.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isoTime } from '#contract';
import { type House, house } from '../chaos/server/house.ts';
import { type Random, random } from '../chaos/server/random.ts';
import { allAlerts } from '../chaos/server/stored.ts';
import { HUNG, until } from '../chaos/server/waiting.ts';

const SEED = Number(process.env['PORCHLIGHT_SEED'] ?? 20261120);
const KILLS = 4;
const POSTS = 32;
const PER_POST = 10;

const RULES = `
title: Somebody rings
name: ring
logsource: { service: kitchen }
detection: { selection: { event.action: ring }, condition: selection }
---
title: Somebody knocks
name: knock
logsource: { service: kitchen }
detection: { selection: { event.action: knock }, condition: selection }
---
title: Somebody leaves
name: leave
logsource: { service: kitchen }
detection: { selection: { event.action: leave }, condition: selection }
`;

const common = (title: string, rules: string, type: string): string =>
  `title: ${title}\nname: ${title}\nporchlight: { sentence: '{user.name} {value} of {count} in {timespan}' }\n` +
  `correlation:\n  type: ${type}\n  rules: [${rules}]\n  group-by: user.name\n  timespan: 15m\n`;

const CORRELATIONS = [
  `${common('counted', 'ring', 'event_count')}  condition: { gte: 4 }\n  generate: false`,
  `${common('distinct', 'ring, knock', 'value_count')}  condition: { field: [source.ip, room], gte: 4 }`,
  common('together', 'knock, leave', 'temporal'),
  `${common('words', 'ring, knock, leave', 'temporal')}  condition: ring and knock and not leave`,
  common('ordered', 'knock, ring, leave', 'temporal_ordered'),
  `${common('summed', 'ring', 'value_sum')}  condition: { field: bytes, gt: 100, lte: 900 }`,
  `${common('average', 'ring', 'value_avg')}  condition: { field: bytes, gt: 40 }`,
  `${common('median', 'knock', 'value_median')}  condition: { field: bytes, lt: 45.5 }`,
  `${common('ninetieth', 'knock', 'value_percentile')}  condition: { field: bytes, percentile: 90, gte: 88 }`,
  `${common('rare', 'knock', 'value_percentile')}  condition: { field: room, lte: 20 }`,
  common('chained', 'counted, leave', 'temporal_ordered'),
].join('\n---\n');

interface Post {
  readonly key: string;
  readonly body: string;
}

/** Seconds apart, some minutes ago; a few come late, of which some are too late. */
function posts(choices: Random): readonly Post[] {
  const start = Date.now() - 3_000_000;
  return Array.from({ length: POSTS }, (_, post) => {
    const records = Array.from({ length: PER_POST }, (__, at) => {
      const late = choices.chance(0.1) ? choices.pick([60, 600, 1800]) : 0;
      return {
        '@timestamp': isoTime(start + ((post * PER_POST + at) * 8 - late) * 1000),
        'labels.service': 'kitchen',
        'event.action': choices.pick(['ring', 'knock', 'knock', 'leave', 'cook']),
        'user.name': choices.pick(['ada', 'bob', 'eve']),
        'source.ip': choices.pick(['192.0.2.1', '192.0.2.2', '192.0.2.3']),
        room: choices.pick(['hall', 'hall', 'hall', 'cellar']),
        bytes: choices.int(0, 100),
      };
    });
    return { key: `${SEED}-${post}`, body: JSON.stringify(records) };
  });
}

async function prepared(t: TestContext): Promise<House> {
  const home = await house();
  t.after(() => home.remove());
  const folder = join(home.folder, 'rules');
  mkdirSync(folder);
  writeFileSync(join(folder, 'kitchen.yml'), `${RULES}---\n${CORRELATIONS}\n`);
  writeFileSync(
    join(home.folder, 'porchlight.yaml'),
    `host: { name: nas }\nrules: { folders: [${JSON.stringify(folder)}] }\n`,
  );
  return home;
}

/** Sends until it is acknowledged, through however many lives of the server. */
async function send(home: House, { key, body }: Post): Promise<void> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  const once = async (): Promise<true | undefined> => {
    const answer = await fetch(`${home.base}/api/logs`, { method: 'POST', headers, body }).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => undefined);
    return answer?.status === 201 ? true : undefined;
  };
  await until(`an answer to ${key}`, once, 4 * HUNG);
}

/** What an alert tells, without what differs from run to run. */
async function told(home: House): Promise<readonly unknown[]> {
  const alerts = await allAlerts(home);
  return alerts
    .filter(({ rule }) => CORRELATIONS.includes(`name: ${rule.id}`))
    .map(({ title, entity, count, sentence, first_seen, last_seen }) => {
      return { title, entity, count, sentence, first_seen, last_seen };
    })
    .toSorted((left, right) => `${left.title} ${left.entity}`.localeCompare(`${right.title} ${right.entity}`));
}

const lateOnes = async (home: House): Promise<number> => {
  const text = await (await fetch(`${home.base}/metrics`)).text();
  return Number(/^porchlight_detections_dropped_total\{label="late"\} (\d+)$/m.exec(text)?.[1] ?? 0);
};

test(`${KILLS} kills amid correlations, seed ${SEED}`, async (t) => {
  const choices = random(SEED);
  const all = posts(choices);
  const moments = new Set(Array.from({ length: KILLS }, (_, at) => choices.int(at * 7 + 2, at * 7 + 8)));
  const [calm, killed] = [await prepared(t), await prepared(t)];
  const untouched = calm.start();
  t.after(() => untouched.kill());
  let living = killed.start();
  t.after(() => living.kill());
  await Promise.all([untouched.listening, living.listening]);

  for (const [at, post] of all.entries()) {
    const sending = Promise.all([send(calm, post), send(killed, post)]);
    if (moments.has(at)) {
      // While the post is on its way: before, amid or after its commit.
      await new Promise((resolve) => setTimeout(resolve, choices.int(0, 12)));
      await living.kill();
      living = killed.start();
      await living.listening;
    }
    await sending;
  }

  const [expected, found] = [await told(calm), await told(killed)];
  assert.deepEqual(found, expected);
  const titles = new Set(expected.map((alert) => JSON.stringify(alert).replace(/^\{"title":"(\w+)".*$/, '$1')));
  t.diagnostic(`${expected.length} alerts of ${titles.size} correlations`);
  // The one below `chained` is silent, because it is referred to.
  assert.equal(titles.size, 10);
  assert.ok((await lateOnes(calm)) > 0, 'nothing came too late');
});
