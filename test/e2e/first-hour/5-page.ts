import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { openContext, openPage, type View, watch } from '../../web/browser.ts';
import { logLine } from '../house.ts';
import { type Chapter, running, startAgain, type Story } from './story.ts';

const GUESSED = '203.0.113.7 guessed the password of backup on nas';

async function heading(story: Story, path: string, name: string | RegExp, view: View = {}) {
  const watched = await openPage(story.browser, story.house.url + path, view);
  await watched.page.getByRole('heading', { name }).first().waitFor();
  return watched;
}

const SIDEWAYS = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

export const page: Chapter = {
  title: '5. The page',
  words: '`http://127.0.0.1:5000/` says the worst thing first.',
  steps: [
    {
      name: 'Home: the worst alert is the headline, open alerts are counted by level',
      async run(story) {
        const { page: home, troubles } = await heading(story, '/', GUESSED);
        const { levels } = await story.house.client.call('alertSummary');
        const shown = await home.getByRole('region', { name: 'Open alerts' }).getByRole('listitem').allInnerTexts();
        assert.deepEqual(
          shown.map((row) => Number(row.split('\n').at(-1))),
          [levels.critical, levels.high, levels.medium, levels.low, levels.informational],
        );
        assert.deepEqual([levels.critical, levels.high, levels.medium], [1, 3, 1]);
        story.transcript.say(`**${GUESSED}**. ${await home.locator('h1 + p').innerText()}`);
        story.transcript.console(`Open alerts\n${shown.map((row) => `  ${row.replace(/\s+/g, ' ')}`).join('\n')}`);
        assert.deepEqual(troubles, []);
        await home.context().close();
      },
    },
    {
      name: 'a slice of the doughnut filters the alerts',
      async run(story) {
        const { page: home, troubles } = await heading(story, '/', GUESSED);
        const feed = home.getByTestId('alert-feed').getByRole('listitem');
        await feed.nth(5).waitFor();
        const kinds = home.getByRole('region', { name: 'Alerts in 24 hours, by kind' });
        await kinds.getByRole('button', { name: 'Honeypot 3' }).click();
        await home.getByRole('button', { name: /^Only Honeypot/ }).waitFor();
        assert.equal(await feed.count(), 3);
        for (const text of await feed.allInnerTexts()) assert.match(text, /honeypot/);
        assert.deepEqual(troubles, []);
        await home.context().close();
      },
    },
    {
      name: 'Events: words and field:value in the search box',
      async run(story) {
        const { page: events, troubles } = await heading(story, '/events', /events in the last day$/);
        const box = events.getByRole('combobox', { name: 'Search events' });
        const table = events.getByTestId('event-table');
        await box.fill('front door');
        await box.press('Enter');
        await events.getByRole('heading', { level: 1, name: 'One event found in the last day' }).waitFor();
        await table.getByText('front door unlocked by anna').waitFor();
        await box.fill('source.ip:203.0.113.7 event.outcome:success');
        await box.press('Enter');
        await table.getByText('Accepted password for backup').waitFor();
        await events.getByRole('heading', { level: 1, name: 'One event found in the last day' }).waitFor();
        assert.equal(new URL(events.url()).searchParams.get('q'), 'source.ip:203.0.113.7 event.outcome:success');
        assert.deepEqual(troubles, []);
        await events.context().close();
      },
    },
    {
      name: 'an alert has a page with its evidence and what to do',
      async run(story) {
        const { page: alert, troubles } = await heading(story, '/', GUESSED);
        await alert.getByRole('link', { name: 'Open alert' }).click();
        await alert.waitForURL('**/alerts/*');
        const panel = alert.getByRole('article');
        await panel.getByRole('heading', { name: GUESSED }).waitFor();
        await panel.getByTestId('evidence').getByText('Accepted password for').first().waitFor();
        await panel.getByText('sudo passwd -l backup', { exact: true }).waitFor();
        assert.deepEqual(troubles, []);
        await alert.context().close();
      },
    },
    {
      name: 'light and dark, as the system says or as the button says',
      async run(story) {
        const paper = 'getComputedStyle(document.documentElement).backgroundColor';
        const light = await heading(story, '/', GUESSED);
        const dark = await heading(story, '/', GUESSED, { dark: true });
        const [day, night] = [await light.page.evaluate(paper), await dark.page.evaluate(paper)];
        assert.notEqual(day, night);
        await light.page.getByRole('button', { name: 'Switch between light and dark' }).click();
        assert.equal(await light.page.evaluate(paper), night);
        await light.page.reload();
        assert.equal(await light.page.evaluate(paper), night);
        assert.deepEqual([...light.troubles, ...dark.troubles], []);
        await light.page.context().close();
        await dark.page.context().close();
      },
    },
    {
      name: 'on a phone of 360 pixels nothing has to be pushed sideways',
      async run(story) {
        const { page: phone, troubles } = await heading(story, '/', GUESSED, { width: 360, height: 740 });
        for (const [path, ready] of [
          ['/', 'alert-feed'],
          ['/alerts', 'alert-list'],
          ['/alerts/1', 'evidence'],
          ['/events', 'event-table'],
        ] as const) {
          await phone.goto(story.house.url + path);
          await phone.getByTestId(ready).waitFor();
          assert.equal(await phone.evaluate(SIDEWAYS), 0, path);
        }
        assert.deepEqual(troubles, []);
        await phone.context().close();
      },
    },
    {
      name: 'without the live stream it asks every five seconds',
      async run(story) {
        const context = await openContext(story.browser);
        await context.route('**/api/stream*', (route) => route.abort());
        const deaf = await context.newPage();
        await deaf.goto(`${story.house.url}/`);
        await deaf.getByText('Reconnecting, nothing is lost').waitFor();
        await story.house.client.call('postLogs', { body: { host: 'router', message: 'heard without a stream' } });
        await deaf.getByTestId('event-feed').getByText('heard without a stream').waitFor();
        await context.close();
      },
    },
    {
      name: 'when the server restarts, an open page comes back and fills the gap by itself',
      async run(story) {
        const { page: home } = await heading(story, '/', GUESSED);
        await home.getByText(/^Live,/).waitFor();
        assert.equal(await running(story).stop(), 0);
        await home.getByText('Reconnecting, nothing is lost').waitFor();
        const message = 'Failed password for root from 198.51.100.30 port 40022 ssh2';
        appendFileSync(story.house.authLog, logLine('sshd[4900]', message));
        await startAgain(story);
        await home.getByText(/^Live,/).waitFor();
        const troubles = watch(home, story.house.url);
        await home.getByTestId('event-feed').getByText(message).waitFor();
        await story.house.client.call('postLogs', { body: { host: 'router', message: 'heard after the restart' } });
        await home.getByTestId('event-feed').getByText('heard after the restart').waitFor();
        assert.equal(await home.getByTestId('event-feed').getByText(message).count(), 1);
        assert.deepEqual(troubles, []);
        await home.context().close();
        story.transcript.say(
          'While the server restarts the page says *Reconnecting, nothing is lost*; then it shows what came meanwhile.',
        );
      },
    },
  ],
};
