/** What a person does on the three pages. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage, restingValue } from './browser.ts';
import { alertsOfTheEvening, dayOfEvents, lastMinute, sourcesOfTheHouse } from './evening.ts';
import { type House, line, openHouse } from './house.ts';

let browser: Browser;
let house: House;
const now = Date.now();

before(async () => {
  browser = await launchBrowser();
  house = await openHouse({ sources: sourcesOfTheHouse(now) });
  await house.addEvents(dayOfEvents(now, 2000));
  await house.addAlerts(alertsOfTheEvening(now));
  await house.addEvents(lastMinute(now));
});
after(async () => {
  await browser.close();
  await house.close();
});

test('Home says what of the store is damaged and that the backup is old; otherwise not a word of it', async (t) => {
  const damages = [3, 4].map((block) => ({ what: `block ${block} of 2026-03-14`, reason: 'its checksum is another' }));
  const lastBackup = { made: now - 45 * 86_400_000, days: 45, isOld: true };
  const hurt = await openHouse({ damages, lastBackup });
  t.after(() => hurt.close());
  const { page, troubles } = await openPage(browser, hurt.url);
  t.after(() => page.context().close());
  const mend = page.getByRole('region', { name: 'What wants mending' });
  await mend.getByText('Some of what is kept cannot be read').waitFor();
  await mend.getByText('Block 3 of 2026-03-14 and one more place.').waitFor();
  await mend.getByText('porchlight doctor --verify', { exact: true }).waitFor();
  await mend.getByText('The newest backup is 45 days old.').waitFor();
  await fetch(`${hurt.url}/api/events?q=%28`);
  hurt.counters.add('records_dropped', 'older_than_backfill', 12);
  await page.reload();
  await page.getByText('12 records: older than backfill').waitFor();
  // A search that was refused is no loss.
  assert.equal(await page.getByText(/bad.query/i).count(), 0);
  const well = await openPage(browser, house.url);
  t.after(() => well.page.context().close());
  await well.page.getByRole('region', { name: 'What is not heard' }).getByText('sudo usermod').first().waitFor();
  assert.equal(await well.page.getByText(/cannot be read|newest backup/).count(), 0);
  assert.deepEqual([...troubles, ...well.troubles], []);
});

test('Home says the worst thing first, and what is not heard with the command that mends it', async () => {
  const { page, troubles } = await openPage(browser, house.url);
  await page.getByRole('heading', { level: 1, name: '203.0.113.7 guessed the password of backup on nas' }).waitFor();
  await page.getByText('Two other alerts need you. Eight more can wait until you have time.').waitFor();
  const mend = page.getByRole('region', { name: 'What is not heard' });
  await mend.getByText('sudo usermod -aG adm $USER', { exact: true }).waitFor();
  await mend.getByText('/var/log/secure, /var/log/messages').waitFor();
  await page.getByRole('link', { name: 'Open alert' }).click();
  await page.waitForURL('**/alerts/1');
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('a kind of the doughnut filters the alerts beside it, and again lets all in', async () => {
  const { page, troubles } = await openPage(browser, house.url);
  const feed = page.getByTestId('alert-feed').getByRole('listitem');
  await feed.nth(8).waitFor();
  const kinds = page.getByRole('region', { name: 'Alerts in 24 hours, by kind' });
  await kinds.getByRole('button', { name: 'Honeypot 2' }).click();
  await page.getByRole('button', { name: /^Only Honeypot/ }).waitFor();
  assert.deepEqual(await feed.locator('a').allTextContents(), [
    '198.51.100.23 tried root with vizxv over Telnet',
    '198.51.100.90 opened the honeypot and left',
  ]);
  await page.getByRole('link', { name: 'All alerts' }).click();
  await page.waitForURL('**/alerts?kind=Honeypot');
  await page.getByTestId('alert-list').getByText('198.51.100.90 opened').waitFor();
  assert.equal(await page.getByTestId('alert-list').getByRole('link').count(), 2);
  await page.goBack();
  await kinds.getByRole('button', { name: 'Other 2' }).click();
  await feed.nth(1).waitFor();
  assert.equal(await feed.count(), 2);
  await kinds.getByRole('button', { name: 'Other 2' }).click();
  await feed.nth(8).waitFor();
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('an alert is read, acknowledged by key, and opened again by Undo', async () => {
  const { page, troubles } = await openPage(browser, `${house.url}/alerts`);
  await page.getByRole('heading', { level: 1, name: 'Three alerts need you' }).waitFor();
  await page.getByTestId('alert-list').getByText('203.0.113.7 guessed the password').waitFor();
  await page.keyboard.press('j');
  await page.waitForURL('**/alerts/1');
  const panel = page.getByRole('article');
  await panel.getByRole('heading', { name: '203.0.113.7 guessed the password of backup on nas' }).waitFor();
  const evidence = panel.getByTestId('evidence');
  await evidence.getByText('203 more of the same kind').waitFor();
  assert.equal(await evidence.getByRole('listitem').count(), 11);
  assert.equal(await evidence.locator('mark').first().textContent(), 'backup');
  await evidence.getByRole('button', { name: 'Show 40 lines of them' }).click();
  await evidence.getByText('163 more of the same kind').waitFor();
  assert.equal(await evidence.getByRole('listitem').count(), 51);

  await panel.getByRole('button', { name: 'Copy command' }).first().click();
  await panel.getByText('Copied').waitFor({ state: 'attached' });
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'sudo passwd -l backup');

  await page.keyboard.press('a');
  await panel.getByText(/^Acknowledged \d+ (s|min) ago/).waitFor();
  await page.getByRole('heading', { level: 1, name: 'Two alerts need you' }).waitFor();
  assert.equal((await house.store.alert('1'))?.alert.status, 'acknowledged');
  await page.getByRole('button', { name: 'Undo' }).click();
  await panel.getByText(/^Open for/).waitFor();
  await page.getByRole('heading', { level: 1, name: 'Three alerts need you' }).waitFor();
  assert.equal((await house.store.alert('1'))?.alert.status, 'open');
  await panel.getByText('Opened again by').waitFor();
  await page.keyboard.press('Escape');
  await page.waitForURL('**/alerts');
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('events: the address keeps the search, a value is asked for and left out, the histogram zooms', async () => {
  const { page, troubles } = await openPage(browser, `${house.url}/events`);
  await page.getByRole('heading', { level: 1, name: /events in the last day$/ }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('user.name:backup');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/events?q=user.name%3Abackup');
  await page.getByRole('heading', { level: 1, name: /events found in the last day$/ }).waitFor();
  const table = page.getByTestId('event-table');
  await table.locator('mark').first().waitFor();

  await page.getByRole('button', { name: 'Only event.outcome success' }).click();
  await page.getByRole('heading', { level: 1, name: 'One event found in the last day' }).waitFor();
  await table.locator('tbody button').first().click();
  const details = table.locator('dl');
  await details.getByText('48151').waitFor();
  await details.getByRole('button', { name: 'Not process.pid 48151' }).click();
  await page.getByRole('heading', { level: 1, name: 'No event found in the last day' }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('q'), 'user.name:backup event.outcome:success -process.pid:48151');

  await page.goto(`${house.url}/events`);
  const plot = page.getByRole('group', { name: /^Arrow keys/ });
  await plot.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Enter');
  await page.waitForURL(/from=.*&to=/);
  await page.getByRole('heading', { level: 1, name: /in this time$/ }).waitFor();
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('events: an error names its place, and an empty result says where there is something', async () => {
  const { page } = await openPage(browser, `${house.url}/events?q=${encodeURIComponent('nas (backup')}`);
  const problem = page.getByRole('alert');
  await problem.getByText('this parenthesis is not closed').waitFor();
  assert.equal(await problem.locator('u').textContent(), '(');
  await page.context().close();

  const old = await openPage(browser, `${house.url}/events?range=15m&q=${encodeURIComponent('"Accepted password"')}`);
  await old.page.getByText('No event in the last 15 minutes fits this search. 1 event in the last hour.').waitFor();
  await old.page.getByRole('button', { name: 'Widen to last hour' }).click();
  await old.page.getByRole('heading', { level: 1, name: 'One event found in the last hour' }).waitFor();
  assert.deepEqual(old.troubles, []);
  await old.page.context().close();
});

test('events: who reads is not moved; newer ones wait, are counted, and come in on Resume', async () => {
  const { page, troubles } = await openPage(browser, `${house.url}/events`);
  await page.getByText('New events come in by themselves.').waitFor();
  const table = page.getByTestId('event-table');
  const first = table.locator('tbody button').first();
  await first.waitFor();
  const shown = await first.textContent();
  await page.keyboard.press('p');
  await page.getByText(/^Paused at/).waitFor();
  await house.addEvents([1, 2, 3].map((n) => line(Date.now(), { 'host.name': 'nas', message: `newer ${n}` })));
  await page.getByText('3 newer events wait.').waitFor();
  assert.equal(await first.textContent(), shown);
  await page.getByRole('button', { name: 'Resume' }).click();
  await table.getByText('newer 3').waitFor();

  await page.mouse.wheel(0, 1500);
  await page.getByText(/^Paused at/).waitFor();
  const place = 'document.querySelector("[data-testid=event-table] tbody[data-index]").getBoundingClientRect().top';
  const top = await restingValue(page, place);
  await house.addEvents([line(Date.now(), { 'host.name': 'nas', message: 'while scrolled' })]);
  await page.getByText('One newer event waits.').waitFor();
  assert.equal(await page.evaluate(place), top);
  await page.evaluate('window.scrollTo(0, 0)');
  await table.getByText('while scrolled').waitFor();
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('the theme is switched, kept, and there before the first paint', async () => {
  const { page, troubles } = await openPage(browser, house.url);
  const theme = 'document.documentElement.dataset.theme';
  assert.equal(await page.evaluate(theme), undefined);
  await page.getByRole('button', { name: 'Switch between light and dark' }).click();
  assert.equal(await page.evaluate(theme), 'dark');
  await page.reload({ waitUntil: 'commit' });
  await page.locator('body').waitFor({ state: 'attached' });
  assert.equal(await page.evaluate(theme), 'dark');
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('an alert that is not there says so', async () => {
  const { page } = await openPage(browser, `${house.url}/alerts/99999`);
  await page.getByText('There is no such alert').waitFor();
  await page.context().close();
});
