/** The pictures in the README: the real product after an evening in a house. They are kept only when PORCHLIGHT_DOCS is 1. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../web/browser.ts';
import { tellEvening } from './evening.ts';
import { alertWhere, type House, openHouse } from './house.ts';

const GUESSED = '203.0.113.7 guessed the password of backup on nas';

let house: House;
let browser: Browser;
let folder = '';
let guessed = '';

before(async () => {
  house = await openHouse();
  writeFileSync(house.authLog, '');
  await house.up('--quiet');
  await tellEvening(house);
  guessed = (await alertWhere(house, ({ sentence }) => sentence === GUESSED)).id;
  await alertWhere(house, ({ sentence }) => sentence === '127.0.0.23 tried admin at the honeypot');
  folder = process.env['PORCHLIGHT_DOCS'] === '1' ? join(import.meta.dirname, '../../docs/images') : house.folder;
  mkdirSync(folder, { recursive: true });
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await house.close();
});

interface Scene {
  readonly name: string;
  readonly path: () => string;
  readonly ready: (page: Page) => Promise<void>;
}

const SCENES: readonly Scene[] = [
  {
    name: 'home',
    path: () => '/',
    async ready(page) {
      await page.getByRole('heading', { level: 1, name: GUESSED }).waitFor();
      await page.getByTestId('alert-feed').getByRole('listitem').nth(7).waitFor();
      await page.getByTestId('event-feed').getByRole('listitem').nth(5).waitFor();
    },
  },
  {
    name: 'alerts',
    path: () => '/alerts',
    ready: (page) => page.getByTestId('alert-list').getByText(GUESSED).first().waitFor(),
  },
  {
    name: 'events',
    path: () => '/events?q=process.name%3Asshd',
    async ready(page) {
      await page.getByTestId('event-table').getByRole('row').nth(10).waitFor();
      // The values stand beside the table; on a phone behind a button.
      if ((page.viewportSize()?.width ?? 0) > 1000)
        await page.getByRole('button', { name: 'Only user.name backup' }).waitFor();
    },
  },
  {
    name: 'alert',
    path: () => `/alerts/${guessed}`,
    ready: (page) => page.getByTestId('evidence').getByText('Accepted password for').first().waitFor(),
  },
];

const VIEWS = [
  { name: 'light', width: 1440, height: 900, dark: false },
  { name: 'dark', width: 1440, height: 900, dark: true },
  { name: 'phone', width: 360, height: 740, dark: false },
] as const;

for (const scene of SCENES) {
  for (const view of VIEWS) {
    test(`${scene.name}, ${view.name}`, async () => {
      const { page, troubles } = await openPage(browser, house.url + scene.path(), view);
      await scene.ready(page);
      await page.getByText(/^Live,/).waitFor({ state: 'attached' });
      await page.evaluate('document.fonts.ready');
      await page.screenshot({
        path: join(folder, `${scene.name}-${view.name}.png`),
        fullPage: scene.name === 'home' && view.name !== 'phone',
      });
      assert.deepEqual(troubles, []);
      await page.context().close();
    });
  }
}
