import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { routes } from '#contract/schema';
import { openPage, type Watched } from '../../web/browser.ts';
import { alertWhere, type House } from '../house.ts';
import { type Chapter, shell } from './story.ts';

/** Opened before the visit: the alert has to come to it by itself. */
let home: Watched | undefined;

async function visit(house: House, from: string): Promise<void> {
  const socket = connect({ port: house.honeypotPort, host: '127.0.0.1', localAddress: from });
  await once(socket, 'data');
  socket.destroy();
}

export const telnet: Chapter = {
  title: '2. Knock at the honeypot',
  words: 'The dashboard is open in a browser. In another terminal somebody knocks where nobody has a reason to.',
  steps: [
    {
      name: 'a page is open and all is quiet',
      async run({ browser, house }) {
        home = await openPage(browser, house.url);
        await home.page.getByRole('heading', { level: 1, name: 'All quiet. Nothing needs you.' }).waitFor();
        await home.page.getByText(/^Live,/).waitFor();
      },
    },
    {
      name: 'a telnet client sees a login prompt, and never a shell',
      async run({ house, transcript }) {
        const client = house.terminal(`telnet 127.0.0.1 ${house.honeypotPort}`);
        for (const [user, password] of [
          ['root', 'vizxv'],
          ['admin', 'admin1234'],
          ['root', 'xc3511'],
        ]) {
          await client.shows('router login: ');
          client.type(`${user}\r`);
          await client.shows('Password: ');
          client.type(`${password}\r`);
          await client.shows('Login incorrect');
        }
        await client.shows('Connection closed by foreign host');
        await client.ended;
        const screen = client.screen();
        transcript.console(`$ telnet 127.0.0.1 ${house.honeypotPort}\n${screen}`);
        assert.doesNotMatch(screen, /[$#] |uid=|BusyBox|Welcome|vizxv|admin1234|xc3511/);
      },
    },
    {
      name: 'the alert is in the browser, with what was tried',
      async run({ transcript }) {
        assert.ok(home);
        const { page, troubles } = home;
        await page.getByTestId('alert-feed').getByText('127.0.0.1 tried root at the honeypot').waitFor();
        await page.getByRole('heading', { level: 1, name: '127.0.0.1 tried root at the honeypot' }).waitFor();
        await page.getByText('Honeypot Connection', { exact: true }).waitFor();
        assert.deepEqual(troubles, []);
        transcript.say(
          'By then the open page says **127.0.0.1 tried root at the honeypot**: Honeypot Connection, high. `GET /api/alerts` has the same alert with its evidence, and the events hold what was typed:',
        );
      },
    },
    {
      name: 'GET /api/alerts has the peer, its port and every try',
      async run(story) {
        await alertWhere(story.house, (alert) => alert.evidence.some((line) => line['user.name'] === 'admin'));
        const { out } = await story.house.shell(`curl -s ${story.house.url}/api/alerts`);
        const { items } = routes.listAlerts.response.parse(JSON.parse(out));
        assert.equal(items.length, 1);
        const [alert] = items;
        assert.ok(alert);
        assert.deepEqual(
          [alert.title, alert.level, alert.status, alert.count, alert.entity],
          ['Honeypot Connection', 'high', 'open', 1, '127.0.0.1'],
        );
        const tries = alert.evidence.filter((line) => line['event.action'] === 'login-attempt');
        assert.deepEqual(
          tries.map((line) => [line['user.name'], line['porchlight.honeypot.password']]),
          [
            ['root', 'vizxv'],
            ['admin', 'admin1234'],
            ['root', 'xc3511'],
          ],
        );
        const port = tries[0]?.['source.port'];
        assert.ok(typeof port === 'number' && port > 1023);
        for (const line of alert.evidence) {
          assert.equal(line['source.ip'], '127.0.0.1');
          assert.equal(line['source.port'], port);
        }
        await shell(story, `./porchlight search 'source.port:${port}'`);
      },
    },
    {
      name: 'from the visit to the alert in the browser it takes less than a second',
      async run({ house, transcript }) {
        assert.ok(home);
        const began = performance.now();
        await visit(house, '127.0.0.3');
        await home.page.getByTestId('alert-feed').getByText('127.0.0.3 knocked at the honeypot').waitFor();
        // A figure for the reader; how fast it has to be is measured elsewhere, on a machine that does nothing else.
        transcript.say(`From a connection to its alert in the open page: ${Math.round(performance.now() - began)} ms.`);
      },
    },
    {
      name: 'ten connections from one address are one alert with a count',
      async run(story) {
        assert.ok(home);
        for (let n = 0; n < 10; n++) await visit(story.house, '127.0.0.2');
        const alert = await alertWhere(story.house, ({ entity, count }) => entity === '127.0.0.2' && count === 10);
        assert.equal(alert.evidence.length + alert.evidence_omitted, 10);
        const row = home.page.getByTestId('alert-feed').getByRole('listitem').filter({ hasText: '127.0.0.2' });
        await row.getByText('10×').waitFor();
        assert.equal(await row.count(), 1);
        story.transcript.say('Ten connections from one address are one alert:');
        const { out } = await shell(story, './porchlight alerts list');
        assert.equal(out.split('\n').filter((line) => line.includes('127.0.0.2')).length, 1);
        await home.page.context().close();
        assert.deepEqual(home.troubles, []);
      },
    },
  ],
};
