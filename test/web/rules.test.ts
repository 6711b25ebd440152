/** The Rules page: what is loaded, what it is narrowed to, and switching a rule, at a house and at the real product. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openHouse as openProduct } from '../e2e/house.ts';
import { launchBrowser, openPage } from './browser.ts';
import { openHouse } from './house.ts';
import { rulesOfTheHouse } from './rules.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const table = (page: Page) => page.getByTestId('rule-table');
const runs = (page: Page, title: string) => page.getByRole('switch', { name: `Runs: ${title}` });

test('thousands of rules: counted, narrowed by state, product and words, and only those near the window drawn', async (t) => {
  const house = await openHouse({ rules: rulesOfTheHouse(3000) });
  t.after(() => house.close());
  const { page, troubles } = await openPage(browser, `${house.url}/rules`);
  t.after(() => page.context().close());
  await page.getByRole('heading', { level: 1, name: '2,001 rules raise alerts' }).waitFor();
  await page.getByText('1,000 are noted on the event only, 1 is off, 2 are broken and left out.').waitFor();
  assert.ok((await table(page).getByRole('switch').count()) < 80);
  await page.getByRole('button', { name: 'Cannot fire here 1' }).click();
  await table(page).getByText('Shadow copies deleted').waitFor();
  assert.equal(await table(page).getByRole('switch').count(), 1);
  assert.equal(new URL(page.url()).searchParams.get('state'), 'idle');
  await page.getByRole('button', { name: /^All/ }).click();
  await page.getByRole('group', { name: 'Product' }).getByRole('button', { name: 'windows' }).click();
  await page.keyboard.press('/');
  await page.keyboard.type('t1490 shadow');
  await table(page).getByText('Shadow copies deleted').waitFor();
  await page.getByRole('button', { name: 'Shadow copies deleted' }).click();
  await page.getByText('Cannot fire here: events of windows process_creation have no Hashes').waitFor();
  await page.getByText('/rules/shadow.yml:1').waitFor();
  const link = await page.getByRole('link', { name: 'Events it matched' }).getAttribute('href');
  assert.match(String(link), /^\/events\?q=porchlight\.rule\.id/);
  assert.deepEqual(troubles, []);
});

test('what is broken says where and why, and nothing of it is markup', async (t) => {
  const house = await openHouse({ rules: rulesOfTheHouse(3) });
  t.after(() => house.close());
  const { page, troubles } = await openPage(browser, `${house.url}/rules?state=broken`);
  t.after(() => page.context().close());
  const broken = page.getByTestId('broken-rules').getByRole('listitem');
  await broken.nth(1).waitFor();
  assert.deepEqual(await broken.nth(0).getByRole('paragraph').allTextContents(), [
    'unknown modifier fuzzy',
    '/rules/bad.yml:12:9',
    'Fuzzy',
  ]);
  await broken.getByText('level is not known: <img src=x onerror=alert(1)>').waitFor();
  assert.equal(await page.locator('img[src="x"]').count(), 0);
  assert.deepEqual(troubles, []);
});

test('an empty house says where rules come from', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  const { page, troubles } = await openPage(browser, `${house.url}/rules`);
  t.after(() => page.context().close());
  await page.getByRole('heading', { level: 1, name: 'No rule is loaded' }).waitFor();
  await page.getByText('porchlight rules add sigma_core.zip').waitFor();
  assert.deepEqual(troubles, []);
});

test(
  'switched off in the page: in force at once, and still after a restart; switched on again it hits, and the hits are counted',
  { timeout: 120_000 },
  async (t) => {
    const product = await openProduct();
    t.after(() => product.close());
    const mine = join(product.data, 'rules', 'mine');
    mkdirSync(mine, { recursive: true });
    writeFileSync(
      join(mine, 'ring.yml'),
      'title: Somebody rang\nid: 11111111-1111-4111-8111-111111111111\nlevel: high\nstatus: test\n' +
        'logsource: {product: generic}\ndetection: {keywords: [rang the bell], condition: keywords}\n',
    );
    const post = (): Promise<Response> =>
      fetch(`${product.url}/api/logs`, { method: 'POST', body: '{"message":"they rang the bell","program":"door"}' });
    const alerts = async (): Promise<number> => {
      const reply = (await (await fetch(`${product.url}/api/alerts?q=rang`)).json()) as { items: unknown[] };
      return reply.items.length;
    };
    let up = await product.up('--quiet');
    const { page, troubles } = await openPage(browser, `${product.url}/rules?q=mine/ring.yml`);
    t.after(() => page.context().close());
    await runs(page, 'Somebody rang').click();
    await page.getByText('Off', { exact: true }).waitFor();
    await post();
    assert.equal(await alerts(), 0);
    await up.stop();
    up = await product.up('--quiet');
    await page.reload();
    assert.equal(await runs(page, 'Somebody rang').getAttribute('aria-checked'), 'false');
    await runs(page, 'Somebody rang').click();
    await table(page).getByText('Alerts', { exact: true }).waitFor();
    await post();
    await post();
    assert.equal(await alerts(), 1);
    await page.reload();
    await table(page).getByRole('cell', { name: '2', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Somebody rang' }).click();
    await page.getByRole('link', { name: 'Events it matched' }).click();
    await page.getByTestId('event-table').getByText('rang the bell').nth(1).waitFor();
    // While it was started again, nobody answered.
    const others = troubles.filter((trouble) => !trouble.includes('net::ERR_CONNECTION_REFUSED'));
    assert.deepEqual(others, []);
  },
);
