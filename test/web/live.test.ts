/** The page while things happen: the stream, its loss, and its return. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, openContext, openPage, watch } from './browser.ts';
import { line, openHouse } from './house.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const event = (message: string) => line(Date.now(), { 'host.name': 'nas', message });

test('an alert and an event appear by themselves', async () => {
  const house = await openHouse();
  const { page, troubles } = await openPage(browser, house.url);
  await page.getByRole('heading', { level: 1, name: 'All quiet. Nothing needs you.' }).waitFor();
  await page.getByText(/^Live,/).waitFor();

  await house.addAlerts([{ sentence: '198.51.100.23 opened the honeypot', level: 'high', kind: 'Honeypot' }]);
  await page.getByTestId('alert-feed').getByText('198.51.100.23 opened the honeypot').waitFor();
  await page.getByRole('heading', { level: 1, name: '198.51.100.23 opened the honeypot' }).waitFor();
  await house.addEvents([event('a line of its own')]);
  await page.getByTestId('event-feed').getByText('a line of its own').waitFor();
  assert.equal(await page.title(), '(1) Home · Porchlight');
  assert.deepEqual(troubles, []);
  await page.context().close();
  await house.close();
});

test('a server that was away is found again, and what came meanwhile is there', async () => {
  const house = await openHouse();
  await house.addEvents([event('before the pause')]);
  const home = await openPage(browser, house.url);
  const events = await openPage(browser, `${house.url}/events?range=all`);
  for (const { page } of [home, events]) {
    await page.getByText(/^Live,/).waitFor();
    await page.getByText('before the pause').waitFor();
  }

  await house.stop();
  for (const { page } of [home, events]) await page.getByText('Reconnecting, nothing is lost').first().waitFor();
  await house.addEvents([event('during the pause')]);
  await house.addAlerts([{ sentence: 'backup was guessed during the pause', level: 'critical' }]);
  await house.start();

  for (const { page } of [home, events]) await page.getByText(/^Live,/).waitFor();
  await home.page.getByTestId('event-feed').getByText('during the pause', { exact: true }).waitFor();
  await home.page.getByRole('heading', { level: 1, name: 'backup was guessed during the pause' }).waitFor();
  await events.page.getByTestId('event-table').getByText('during the pause', { exact: true }).waitFor();
  await house.addEvents([event('after the pause')]);
  await events.page.getByTestId('event-table').getByText('after the pause').waitFor();
  const times = await events.page.getByTestId('event-table').getByText('before the pause').count();
  assert.equal(times, 1);
  await home.page.context().close();
  await events.page.context().close();
  await house.close();
});

test('without the stream the page asks every five seconds', async () => {
  const house = await openHouse();
  const context = await openContext(browser);
  await context.route('**/api/stream*', (route) => route.abort());
  const page = await context.newPage();
  await page.goto(house.url);
  await page.getByText('Reconnecting, nothing is lost').waitFor();
  await page.getByRole('heading', { level: 1, name: 'All quiet. Nothing needs you.' }).waitFor();
  await house.addAlerts([{ sentence: 'svc_update became administrator of media' }]);
  await page.getByTestId('alert-feed').getByText('svc_update became administrator of media').waitFor();
  await page.getByRole('heading', { level: 1, name: 'svc_update became administrator of media' }).waitFor();
  assert.equal(house.watchers(), 0);
  await context.close();
  await house.close();
});

test('two tabs share one stream, and the second takes over when the first closes', async () => {
  const house = await openHouse();
  const first = await openPage(browser, house.url);
  await first.page.getByText(/^Live,/).waitFor();
  const second = await first.page.context().newPage();
  const troubles = watch(second, house.url);
  let streams = 0;
  second.on('request', (request) => {
    if (request.url().includes('/api/stream')) streams++;
  });
  await second.goto(`${house.url}/alerts`);
  await second.getByText(/^Live,/).waitFor();
  await house.addAlerts([{ sentence: 'heard through the first tab' }]);
  await second.getByTestId('alert-list').getByText('heard through the first tab').waitFor();
  assert.equal(streams, 0);

  const opened = second.waitForRequest(/\/api\/stream/);
  await first.page.close();
  await opened;
  await second.getByText(/^Live,/).waitFor();
  await house.addAlerts([{ sentence: 'heard by the second tab itself' }]);
  await second.getByTestId('alert-list').getByText('heard by the second tab itself').waitFor();
  assert.equal(streams, 1);
  assert.deepEqual(troubles, []);
  await second.context().close();
  await house.close();
});

test('a flood of alerts is drawn in steps, with no list growing past its bound', async () => {
  const house = await openHouse();
  const { page, troubles } = await openPage(browser, `${house.url}/alerts`);
  await page.getByText(/^Live,/).waitFor();
  for (let wave = 0; wave < 10; wave++) {
    await house.addAlerts(
      Array.from({ length: 100 }, (_, n) => ({ sentence: `flood ${wave * 100 + n}`, level: 'medium' as const })),
    );
  }
  await page.getByRole('button', { name: /^Open 1,000/ }).waitFor();
  await page.getByTestId('alert-list').getByText('flood 999').waitFor();
  const rows = await page.getByTestId('alert-list').getByRole('link').count();
  assert.ok(rows > 5 && rows < 60, `${rows} rows are in the page`);
  assert.deepEqual(troubles, []);
  await page.context().close();
  await house.close();
});
