/** Everyone can use it: axe finds nothing, a phone needs no sideways scrolling, every action has a key. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { agentsOfTheHouse } from './agents.ts';
import { launchBrowser, openPage } from './browser.ts';
import { alertsOfTheEvening, dayOfEvents, lastMinute, sourcesOfTheHouse } from './evening.ts';
import { type House, openHouse } from './house.ts';
import { lifeOf } from './machine.ts';
import { rulesOfTheHouse, triedAtTheHouse } from './rules.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let full: House;
let empty: House;
const now = Date.now();

before(async () => {
  browser = await launchBrowser();
  full = await openHouse({
    agents: agentsOfTheHouse(now),
    sources: sourcesOfTheHouse(now),
    rules: rulesOfTheHouse(60),
    looks: [...lifeOf(now, 60, 10_000, 'media'), ...lifeOf(now, 400, 120_000)],
    backtest: triedAtTheHouse,
    damages: [{ what: 'block 3 of 2026-03-14', reason: 'its checksum is another' }],
    lastBackup: { made: now - 45 * 86_400_000, days: 45, isOld: true },
  });
  await full.addEvents(dayOfEvents(now, 2000));
  await full.addAlerts(alertsOfTheEvening(now));
  await full.addEvents(lastMinute(now));
  await full.store.saveSearch({ name: 'nobody else', query: '-user.name:anna', saved: now });
  empty = await openHouse({ looks: [] });
});
after(async () => {
  await browser.close();
  await full.close();
  await empty.close();
});

interface Scene {
  readonly name: string;
  readonly path: string;
  readonly bare?: boolean;
  readonly ready: (page: Page) => Promise<void>;
}

const text = (words: string | RegExp) => (page: Page) => page.getByText(words).first().waitFor();

const SCENES: readonly Scene[] = [
  {
    name: 'Home',
    path: '/',
    ready: async (page) => {
      await page.getByTestId('alert-feed').getByRole('link').first().waitFor();
      await page.locator('canvas').nth(3).waitFor();
    },
  },
  {
    name: 'Home, charts looked into',
    path: '/?points=500',
    ready: async (page) => {
      await page.locator('canvas').nth(3).waitFor();
      await page.getByTestId('charts').focus();
      for (const key of ['End', 'Shift+PageUp', 'Enter', 'ArrowLeft']) await page.keyboard.press(key);
      await page.getByRole('button', { name: /^Show all/ }).waitFor();
      await page.getByRole('combobox', { name: 'Machine' }).waitFor();
    },
  },
  {
    name: 'Alerts',
    path: '/alerts',
    ready: (page) => page.getByTestId('alert-list').getByRole('link').first().waitFor(),
  },
  { name: 'an alert', path: '/alerts/1', ready: (page) => page.getByTestId('evidence').waitFor() },
  {
    name: 'Events, one open',
    path: '/events?q=backup',
    ready: async (page) => {
      await page.getByTestId('event-table').locator('tbody button').first().click();
      await page.getByText(/^Paused at/).waitFor();
    },
  },
  { name: 'Events, an error', path: '/events?q=%28', ready: text('Column') },
  {
    name: 'Agents, one open',
    path: '/agents?agent=attic',
    ready: (page) => page.getByRole('table', { name: 'Numbers that never came' }).waitFor(),
  },
  {
    name: 'Agents, asking before one is revoked',
    path: '/agents?agent=router',
    async ready(page) {
      await page.getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('dialog', { name: 'Revoke router?' }).waitFor();
    },
  },
  {
    name: 'Agents, a name that will not do',
    path: '/agents',
    async ready(page) {
      await page.getByRole('button', { name: 'Invite a machine' }).click();
      await page.getByRole('textbox', { name: 'Its name here' }).fill('Attic!');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('Small letters').waitFor();
    },
  },
  {
    name: 'Agents, a token',
    path: '/agents',
    async ready(page) {
      await page.getByRole('button', { name: 'Invite a machine' }).click();
      await page.getByRole('textbox', { name: 'Its name here' }).fill('shed');
      await page.keyboard.press('Enter');
      await page.getByText('The token is shown only now.').waitFor();
    },
  },
  {
    name: 'Rules, one open',
    path: '/rules?rule=idle',
    ready: (page) => page.getByText('/rules/shadow.yml:1').waitFor(),
  },
  {
    name: 'Rules, one that was tried',
    path: '/rules?rule=own&q=honeypot',
    async ready(page) {
      await page.getByRole('button', { name: 'Try it on the last 30 days' }).click();
      await page.getByText('What you would have heard').waitFor();
    },
  },
  {
    name: 'Rules, one’s own, while it runs',
    path: '/rules?try=own',
    async ready(page) {
      await page.getByRole('textbox', { name: 'The rule, as Sigma YAML' }).fill('title: runs');
      await page.keyboard.press('Control+Enter');
      await page.getByText('25 %, 100 of 400 events').waitFor();
    },
  },
  {
    name: 'Rules, one’s own that is wrong',
    path: '/rules?try=own',
    async ready(page) {
      await page.getByRole('textbox', { name: 'The rule, as Sigma YAML' }).fill('title: wrong');
      await page.keyboard.press('Control+Enter');
      await page.getByText('Line 2, column 3: nothing is detected.').waitFor();
    },
  },
  { name: 'Rules, broken ones', path: '/rules?state=broken', ready: text('unknown modifier fuzzy') },
  { name: 'an empty Home', path: '/', bare: true, ready: text('No source yet') },
  { name: 'empty Alerts', path: '/alerts', bare: true, ready: text('No alert is open.') },
  { name: 'empty Agents', path: '/agents', bare: true, ready: text('porchlight agents add NAME') },
  {
    name: 'Events, counted',
    path: `/events?q=${encodeURIComponent('| count by process.name,user.name')}`,
    ready: async (page) => {
      await page.getByTestId('result').getByRole('row').nth(3).waitFor();
    },
  },
  {
    name: 'Events, a word completed',
    path: '/events',
    ready: async (page) => {
      await page.getByRole('combobox', { name: 'Search events' }).pressSequentially('source.');
      await page.getByRole('option', { name: 'source.ip' }).first().waitFor();
      await page.keyboard.press('ArrowDown');
    },
  },
  {
    name: 'saved searches',
    path: '/events?q=user.name%3Abackup',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Saved' }).click();
      await page.getByText('nobody else').waitFor();
    },
  },
  { name: 'empty Rules', path: '/rules', bare: true, ready: text('porchlight rules add sigma_core.zip') },
  { name: 'empty Events', path: '/events', bare: true, ready: text('The first line that a source writes') },
];

const VIEWS = [
  { name: 'light', width: 1440, height: 900, dark: false },
  { name: 'dark', width: 1440, height: 900, dark: true },
  { name: 'a light phone', width: 360, height: 740, dark: false },
  { name: 'a dark phone', width: 360, height: 740, dark: true },
] as const;

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

for (const scene of SCENES) {
  for (const view of VIEWS) {
    test(`${scene.name}, ${view.name}: no accessibility violation, nothing to scroll sideways`, async () => {
      const { page } = await openPage(browser, (scene.bare === true ? empty : full).url + scene.path, view);
      await scene.ready(page);
      await page.getByText(/^Live,/).waitFor({ state: 'attached' });
      await page.evaluate(AXE);
      const { violations } = await page.evaluate<AxeResult>('axe.run(document, { resultTypes: ["violations"] })');
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
        [],
      );
      const wide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      assert.equal(await page.evaluate(wide), 0);
      await page.context().close();
    });
  }
}

test('on a phone an alert is a page of its own, and the way back leads to the list', async () => {
  const { page, troubles } = await openPage(browser, `${full.url}/alerts`, { width: 360, height: 740 });
  await page.getByTestId('alert-list').getByText('New administrator on media').click();
  await page.getByRole('heading', { level: 1, name: 'New administrator on media: svc_update' }).waitFor();
  assert.equal(await page.getByTestId('alert-list').count(), 0);
  await page.getByRole('button', { name: 'Alerts' }).click();
  await page.getByRole('heading', { level: 1, name: 'Three alerts need you' }).waitFor();
  assert.deepEqual(troubles, []);
  await page.context().close();
});

const TOUCHED: readonly (readonly [string, string, (page: Page) => Promise<void>])[] = [
  ['Home', '/', (page) => page.getByTestId('alert-feed').getByRole('link').first().waitFor()],
  ['Rules', '/rules?rule=idle', (page) => page.getByText('/rules/shadow.yml:1').waitFor()],
  ['Agents', '/agents?agent=attic', (page) => page.getByRole('button', { name: 'Revoke' }).waitFor()],
];
for (const [name, path, ready] of TOUCHED)
  test(`touch targets on a phone are 44 px high: ${name}`, async () => {
    const { page } = await openPage(browser, full.url + path, { width: 360, height: 740 });
    await ready(page);
    const low = await page.evaluate<string[]>(`[...document.querySelectorAll('button, select, nav li a')]
      .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 43.5)
      .map((each) => each.outerHTML.slice(0, 80) + ' ' + each.getBoundingClientRect().height)`);
    assert.deepEqual(low, []);
    await page.context().close();
  });

test('everything can be reached and done with the keyboard alone', async () => {
  const { page, troubles } = await openPage(browser, `${full.url}/`);
  await page.getByTestId('alert-feed').getByRole('link').first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to content');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'hidden' });
  await page.keyboard.press('p');
  await page.getByText(/^Paused at/).waitFor();
  await page.keyboard.press('p');
  await page.getByText(/^Paused at/).waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await page.waitForURL('**/events');
  assert.equal(await page.evaluate('document.activeElement.getAttribute("aria-label")'), 'Search events');
  assert.deepEqual(troubles, []);
  await page.context().close();
});
