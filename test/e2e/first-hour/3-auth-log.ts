import assert from 'node:assert/strict';
import { appendFileSync, closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { alertWhere, logLine } from '../house.ts';
import { until } from '../waiting.ts';
import { type Chapter, running, shell, startAgain, type Story } from './story.ts';

const ATTACKER = '203.0.113.7';
const failed = (port: number, user = 'backup'): string =>
  `Failed password for ${user} from ${ATTACKER} port ${port} ssh2`;

/** Appends lines and resolves once each of them is stored. */
async function log(story: Story, lines: readonly string[], q: string): Promise<void> {
  const before = await story.house.count(q);
  appendFileSync(story.house.authLog, lines.join(''));
  await stored(story, q, before + lines.length);
}

const stored = ({ house }: Story, q: string, count: number): Promise<unknown> =>
  until(`${count} events of ${q}`, async () => (await house.count(q)) === count);

export const authLog: Chapter = {
  title: '3. Somebody tries passwords',
  words: 'The followed auth.log grows. Each line is an event with names that can be searched for.',
  steps: [
    {
      name: 'a failed SSH login and a failed sudo are events that say who and from where',
      async run(story) {
        const began = performance.now();
        await log(story, [logLine('sshd[4710]', failed(51_332))], 'process.name:sshd');
        const took = Math.round(performance.now() - began);
        const wrong =
          'jonas : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/home/jonas ; USER=root ; COMMAND=/usr/bin/id';
        await log(story, [logLine('sudo', wrong)], 'process.name:sudo');
        const { items } = await story.house.client.call('listEvents', { query: { q: 'event.outcome:failure nas' } });
        const named = ['process.name', 'source.ip', 'user.name', 'event.outcome'];
        const found = items.filter((event) => event['log.file.path'] === '/var/log/auth.log');
        assert.deepEqual(
          found.map((event) => named.map((field) => event[field])),
          [
            ['sudo', undefined, 'jonas', 'failure'],
            ['sshd', ATTACKER, 'backup', 'failure'],
          ],
        );
        await shell(story, `./porchlight search 'event.outcome:failure log.file.path:/var/log/auth.log'`);
        story.transcript.say(`From the line in the file to the event that is found: ${took} ms.`);
      },
    },
    {
      name: 'three wrong sudo passwords are an alert',
      async run({ house }) {
        const alert = await alertWhere(house, ({ entity }) => entity === 'jonas');
        assert.equal(alert.sentence, 'jonas got 3 sudo passwords wrong on nas');
      },
    },
    {
      name: 'twenty failures in a minute are one alert, in a sentence, with the lines',
      async run(story) {
        const lines = Array.from({ length: 19 }, (_, n) =>
          logLine(`sshd[${4711 + n}]`, failed(51_333 + n), (19 - n) * 2500),
        );
        await log(story, lines, `source.ip:${ATTACKER}`);
        const alert = await alertWhere(story.house, ({ entity }) => entity === ATTACKER);
        assert.deepEqual(
          [alert.title, alert.level, alert.sentence, alert.count],
          ['Password guessing over SSH', 'medium', `${ATTACKER} failed 20 SSH logins on nas`, 20],
        );
        const whole = await story.house.client.call('getAlert', { params: { id: alert.id } });
        assert.equal(whole.evidence.length, 20);
        assert.equal(whole.evidence_omitted, 0);
        for (const line of whole.evidence) assert.match(String(line['message']), /^Failed password for backup from /);
      },
    },
    {
      name: 'a success after them is critical',
      async run(story) {
        const accepted = `Accepted password for backup from ${ATTACKER} port 51390 ssh2`;
        await log(story, [logLine('sshd[4790]', accepted)], 'event.outcome:success process.name:sshd');
        const alert = await alertWhere(story.house, ({ level }) => level === 'critical');
        assert.equal(alert.sentence, `${ATTACKER} guessed the password of backup on nas`);
        assert.equal(alert.title, 'Success after many failures');
        story.transcript.say('Nineteen more failures within a minute, and then a success:');
        const { out } = await shell(story, './porchlight alerts list --level medium');
        assert.match(
          out,
          /critical +(?:[\d-]+ )?\d\d:\d\d:\d\d +21× {2}203\.0\.113\.7 guessed the password of backup on nas/,
        );
        assert.match(out, /medium +(?:[\d-]+ )?\d\d:\d\d:\d\d +20× {2}203\.0\.113\.7 failed 20 SSH logins on nas/);
      },
    },
    {
      name: 'stopped and started again it goes on where it was: what came meanwhile is there, nothing twice',
      async run(story) {
        const before = await story.house.count('process.name:sshd');
        assert.equal(await running(story).stop(), 0);
        appendFileSync(story.house.authLog, logLine('sshd[4800]', failed(51_400, 'meanwhile')));
        await startAgain(story);
        await stored(story, 'user.name:meanwhile', 1);
        await log(story, [logLine('sshd[4801]', failed(51_401, 'afterwards'))], 'user.name:afterwards');
        assert.equal(await story.house.count('process.name:sshd'), before + 2);
        story.transcript.say('A restart loses no line and stores none twice; neither does logrotate:');
      },
    },
    {
      name: 'a rotation by rename is followed, also what still goes to the old file',
      async run(story) {
        const { authLog: path } = story.house;
        const before = await story.house.count('process.name:sshd');
        const old = openSync(path, 'a');
        writeSync(old, logLine('sshd[4810]', failed(51_410, 'rotate1')));
        renameSync(path, `${path}.1`);
        // A daemon writes on to the file that it has open until it is told.
        writeSync(old, logLine('sshd[4811]', failed(51_411, 'rotate2')));
        appendFileSync(path, logLine('sshd[4812]', failed(51_412, 'rotate3')));
        closeSync(old);
        await stored(story, 'user.name:rotate*', 3);
        await log(story, [logLine('sshd[4813]', failed(51_413, 'rotate4'))], 'user.name:rotate4');
        assert.equal(await story.house.count('process.name:sshd'), before + 4);
        await shell(story, `./porchlight search 'user.name:rotate*'`);
      },
    },
  ],
};
