import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { alertWhere, logLine } from '../house.ts';
import { until } from '../waiting.ts';
import { type Chapter, running, shell, startAgain, type Story } from './story.ts';

const ATTACKER = '192.0.2.99';
const OF_ATTACKER = `source.ip:${ATTACKER}`;
/** What anybody said; the monitor's own looks go on by themselves. */
const SAID = '-event.dataset:porchlight.snapshot';
const ago = 30_000;

function guess(story: Story, from: number, count: number): void {
  const lines = Array.from({ length: count }, (_, n) =>
    logLine(
      `sshd[${5000 + from + n}]`,
      `Failed password for invalid user admin from ${ATTACKER} port ${42_000 + from + n} ssh2`,
      ago - (from + n) * 1000,
    ),
  );
  appendFileSync(story.house.authLog, lines.join(''));
}

export const kill: Chapter = {
  title: '6. Pull the plug',
  words: 'In the middle of a brute force, with the server killed by `kill -9`.',
  steps: [
    {
      name: 'killed between the sixth and the twelfth guess, twice, the twenty are still one alert of twenty',
      async run(story) {
        const { house } = story;
        guess(story, 0, 6);
        await until('some are stored', async () => (await house.count(OF_ATTACKER)) > 0);
        guess(story, 6, 6);
        await running(story).kill();
        guess(story, 12, 4);
        await startAgain(story);
        await running(story).kill();
        await startAgain(story);
        guess(story, 16, 4);
        const alert = await alertWhere(house, ({ entity, count }) => entity === ATTACKER && count >= 20);
        assert.equal(alert.sentence, `${ATTACKER} failed 20 SSH logins on nas`);
        assert.equal(alert.count, 20);
        assert.equal(await house.count(OF_ATTACKER), 20);
        const { evidence } = await house.client.call('getAlert', { params: { id: alert.id } });
        const ports = evidence.map((line) => line['source.port']);
        assert.deepEqual(
          ports,
          Array.from({ length: 20 }, (_, n) => 42_000 + n),
        );
        await shell(story, `./porchlight alerts list --level medium`);
      },
    },
    {
      name: 'what curl was told 201 for is there after kill -9, exactly once',
      async run(story) {
        const { house } = story;
        const before = await house.count(SAID);
        const answers: number[] = [];
        for (let n = 0; n < 20; n++) {
          const body = JSON.stringify({ host: 'nas', message: `plug ${n + 10} is out` });
          answers.push((await fetch(`${house.url}/api/logs`, { method: 'POST', body })).status);
        }
        await running(story).kill();
        await startAgain(story);
        assert.deepEqual(new Set(answers), new Set([201]));
        for (let n = 0; n < 20; n++) assert.equal(await house.count(`"plug ${n + 10} is out"`), 1);
        assert.equal(await house.count(SAID), before + 20);
      },
    },
    {
      name: 'alerts, their counts and who closed them are as they were',
      async run(story) {
        const { items } = await story.house.client.call('listAlerts', { query: { limit: 500 } });
        const standing = items.map(({ entity, count, status }) => `${entity} ${count} ${status}`).toSorted();
        assert.deepEqual(standing, [
          '127.0.0.1 1 open',
          '127.0.0.2 10 open',
          '127.0.0.3 1 open',
          '192.0.2.99 20 open',
          '203.0.113.7 21 open',
          '203.0.113.7 26 open',
          'jonas 3 closed',
        ]);
      },
    },
    {
      name: 'Ctrl-C ends the hour',
      async run(story) {
        assert.equal(await running(story).stop(), 0);
      },
    },
  ],
};
