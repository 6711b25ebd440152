import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logLine } from '../house.ts';
import { type Chapter, running, shell, startAgain } from './story.ts';

export const start: Chapter = {
  title: '1. Start it',
  words:
    '`npm start` in a fresh clone is the same as `./porchlight up`. On this machine there is no auth.log and no journal yet.',
  steps: [
    {
      name: 'it starts on a machine with no log at all, and names what is missing',
      async run(story) {
        const { terminal } = await startAgain(story);
        const screen = terminal.screen();
        story.transcript.console(`$ ./porchlight up\n${screen}`);
        for (const line of [
          `Dashboard   http://127.0.0.1:${story.house.port}/`,
          `Log intake  POST http://localhost:${story.house.port}/api/logs`,
          `Honeypot    127.0.0.1:${story.house.honeypotPort}`,
          `Data        ${story.house.data}`,
          'waiting   /var/log/auth.log: Not there. It is followed as soon as it appears.',
          'off       /var/log/journal: No journal, and no file carries logins.',
          `telnet 127.0.0.1 ${story.house.honeypotPort}`,
        ])
          assert.ok(screen.includes(line), `${line}\nis not in\n${screen}`);
      },
    },
    {
      name: 'the dashboard and the intake answer',
      async run({ house }) {
        const page = await fetch(house.url);
        assert.equal(page.status, 200);
        assert.match(await page.text(), /<title>Porchlight<\/title>/);
        const health = await house.client.call('health');
        assert.equal(health.host, 'nas');
        assert.equal(health.sources.find(({ id }) => id === 'honeypot')?.state, 'following');
      },
    },
    {
      name: 'a port in use is one clear line with the way out',
      async run(story) {
        const other = join(story.house.folder, 'other');
        const { code, out, err } = await shell(story, `./porchlight up --data ${other} --port ${story.house.port}`);
        assert.equal(code, 3);
        assert.equal(out, '');
        const said = err.trimEnd().split('\n');
        assert.deepEqual(said, [
          `porchlight: The port is taken: 127.0.0.1 port ${story.house.port}; --port ${story.house.port + 1} would be another.`,
          '  Stop it, or choose another port with --port.',
        ]);
      },
    },
    {
      name: 'a second one on the same data folder is refused, and the first is none the worse',
      async run(story) {
        const { code, err } = await story.house.shell('./porchlight up --port 0 --honeypot off');
        assert.equal(code, 3);
        assert.match(err, /The data folder cannot be used: .* is in use by another Porchlight \(process \d+\)\./);
        assert.equal((await story.house.client.call('health')).status, 'ok');
      },
    },
    {
      name: 'Ctrl-C stops it and says that everything is kept',
      async run(story) {
        const up = running(story);
        assert.equal(await up.stop(), 0);
        await up.terminal.shows('Stopped. Everything is kept.');
      },
    },
    {
      name: 'the second start is quick, and says which log it follows and why',
      async run(story) {
        writeFileSync(story.house.authLog, logLine('systemd[1]', 'Started ssh.service - OpenBSD Secure Shell server.'));
        const { terminal, took } = await startAgain(story);
        const followed = /^ +followed.*$/m.exec(terminal.screen())?.[0].trim() ?? '';
        assert.equal(followed, 'followed  /var/log/auth.log: Readable and in use.');
        story.transcript.say(
          `Ctrl-C stops it. With rsyslog installed the second start listens after ${took} ms and says so: \`${followed}\``,
        );
      },
    },
  ],
};
