/** The search box: what it offers, tables of pipes, saved searches, links. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage } from './browser.ts';
import { dayOfEvents } from './evening.ts';
import { type House, openHouse } from './house.ts';

let browser: Browser;
let house: House;
const now = Date.now();

before(async () => {
  browser = await launchBrowser();
  house = await openHouse();
  await house.addEvents(dayOfEvents(now, 2000));
});
after(async () => {
  await browser.close();
  await house.close();
});

test('fields, their values and the words of a pipe are offered, and taken by key', async () => {
  const { page, troubles } = await openPage(browser, `${house.url}/events`);
  const box = page.getByRole('combobox', { name: 'Search events' });
  const offers = page.getByRole('listbox', { name: 'What may come here' });
  await box.fill('');
  await box.pressSequentially('user.na');
  await offers.getByRole('option', { name: 'user.name' }).first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await box.inputValue(), 'user.name:');
  await offers.getByRole('option', { name: /^backup/ }).waitFor();
  await box.pressSequentially('back');
  await offers.getByRole('option', { name: /^backup/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  assert.equal(await offers.getByRole('option', { selected: true }).count(), 1);
  await page.keyboard.press('Enter');
  assert.match(await box.inputValue(), /^user\.name:backup $/);
  await box.pressSequentially('| co');
  await offers.getByRole('option', { name: 'count by' }).click();
  await box.pressSequentially('process.na');
  await offers.getByRole('option', { name: 'process.name' }).first().waitFor();
  await page.keyboard.press('Escape');
  await offers.waitFor({ state: 'hidden' });
  await box.pressSequentially('me');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/events?q=user.name%3Abackup+%7C+count+by+process.name');
  await page.getByTestId('result').getByRole('row').nth(1).waitFor();
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('a table counts, and a value in it narrows the search', async () => {
  const { page, troubles } = await openPage(
    browser,
    `${house.url}/events?q=${encodeURIComponent('| count by host.name')}`,
  );
  const rows = page.getByTestId('result').getByRole('row');
  await rows.nth(1).waitFor();
  const first = await rows.nth(1).getByRole('cell').first().locator('bdi').textContent();
  await rows.nth(1).hover();
  await rows
    .nth(1)
    .getByRole('button', { name: /^Only host.name/ })
    .click();
  await rows.nth(2).waitFor({ state: 'detached' });
  assert.equal(await rows.count(), 2, 'its head and one value');
  assert.equal(new URL(page.url()).searchParams.get('q'), `host.name:${first} | count by host.name`);
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('what is wrong in a pipe is underlined, and what was meant is a press away', async () => {
  const { page } = await openPage(browser, `${house.url}/events?q=${encodeURIComponent('root | cuont')}`);
  await page.getByText('Did you mean count?').waitFor();
  assert.equal(await page.locator('#query-problem u').textContent(), 'cuont');
  await page.goto(`${house.url}/events?q=${encodeURIComponent('| cuont by host.name')}`);
  await page.getByRole('button', { name: 'Search | count by host.name' }).click();
  await page.getByTestId('result').getByRole('row').nth(1).waitFor();
  await page.context().close();
});

test('a search is kept under a name, run again and forgotten', async () => {
  const { page, troubles } = await openPage(browser, `${house.url}/events?q=user.name%3Abackup`);
  await page.getByRole('button', { name: 'Saved' }).click();
  const dialog = page.getByRole('dialog', { name: 'Saved searches' });
  await dialog.getByText('None yet.').waitFor();
  await dialog.getByPlaceholder('a name').fill('the backup user');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await dialog.getByRole('button', { name: 'Forget the backup user' }).waitFor();
  assert.deepEqual(
    (await house.store.searches()).map(({ name, query }) => [name, query]),
    [['the backup user', 'user.name:backup']],
  );
  await dialog.getByRole('button', { name: /^Copy a link/ }).click();
  await dialog.getByText('Copied').waitFor();
  const link = new URL(String(await page.evaluate('navigator.clipboard.readText()')));
  assert.equal(link.searchParams.get('q'), 'user.name:backup');
  const span = Date.parse(link.searchParams.get('to') ?? '') - Date.parse(link.searchParams.get('from') ?? '');
  assert.equal(span, 86_400_000);
  await page.goto(`${house.url}/events`);
  await page.getByRole('button', { name: 'Saved' }).click();
  await dialog.getByRole('button', { name: /^the backup user/ }).click();
  await page.waitForURL('**/events?q=user.name%3Abackup');
  await page.getByRole('button', { name: 'Saved' }).click();
  await dialog.getByRole('button', { name: 'Forget the backup user' }).click();
  await dialog.getByText('None yet.').waitFor();
  assert.deepEqual(troubles, []);
  await page.context().close();
});
