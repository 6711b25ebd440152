/**
 * The pictures in the README: the real product after an evening in a house. They are kept only when PORCHLIGHT_DOCS is 1. Then it takes
 * three minutes at least: 51 looks of three seconds fill the charts, and a laptop is asleep when it was not heard for two minutes.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../web/browser.ts';
import { type Agents, openAgents } from './agents-evening.ts';
import { tellEvening, tellLastMinute } from './evening.ts';
import { alertWhere, canBeApart, type House, openHouse } from './house.ts';
import { until } from './waiting.ts';

const GUESSED = '203.0.113.7 guessed the password of backup on nas';

let house: House;
/** A house of its own: what other machines send is not in the pictures of this one. */
let agents: Agents | undefined;
let browser: Browser | undefined;
let folder = '';
let guessed = '';

/** Where it is between nine and ten in the evening now: the story is told then. Etc/GMT+3 is three hours behind UTC. */
const ahead = ((21 - new Date().getUTCHours() + 36) % 24) - 12;
const zone = ahead === 0 ? 'UTC' : `Etc/GMT${ahead < 0 ? '+' : '-'}${Math.abs(ahead)}`;

const keeps = process.env['PORCHLIGHT_DOCS'] === '1';
/** Seconds between two looks, how many come before the evening, and how many in all. Charts that are kept are full. */
const [BEAT, CALM, ALL] = keeps ? [3, 15, 51] : [1, 1, 4];

async function looks(count: number): Promise<void> {
  let seen = 0;
  // A step at a time: waiting has an end.
  while (seen < count) {
    const wanted = Math.min(count, seen + 2);
    await until(`${wanted} looks`, async () => {
      seen = (await house.client.call('listMetrics', { query: { limit: 1000 } }).catch(() => ({ items: [] }))).items
        .length;
      return seen >= wanted;
    });
  }
}

before(evening, { timeout: 600_000 });
async function evening(): Promise<void> {
  // Only a house without the processes of this machine is shown to others.
  if (keeps) assert.ok(canBeApart(), 'pictures are made as root, on Linux');
  // First of all, so that the laptop, which is heard once, is asleep by the time of a picture that is kept.
  agents = await openAgents();
  house = await openHouse([], { apart: true });
  writeFileSync(house.authLog, '');
  await house.up(`--quiet --interval ${BEAT}`);
  await looks(CALM);
  await tellEvening(house);
  await looks(ALL);
  await tellLastMinute(house);
  guessed = (await alertWhere(house, ({ sentence }) => sentence === GUESSED)).id;
  await alertWhere(house, ({ sentence }) => sentence === '127.0.0.23 tried admin at the honeypot');
  folder = keeps ? join(import.meta.dirname, '../../docs/images') : house.folder;
  mkdirSync(folder, { recursive: true });
  browser = await launchBrowser();
}
after(async () => {
  await browser?.close();
  await agents?.close();
  await house.close();
});

interface Scene {
  readonly name: string;
  readonly path: () => string;
  /** Without it: this house's. */
  readonly url?: () => string | undefined;
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
  {
    name: 'rules',
    path: () => '/rules?q=ssh',
    ready: (page) => page.getByTestId('rule-table').getByText('Success after several failures').waitFor(),
  },
  {
    name: 'agents',
    url: () => agents?.url,
    path: () => '/agents?agent=attic',
    async ready(page) {
      await page.getByRole('heading', { level: 1, name: keeps ? 'laptop is asleep.' : 'machines report.' }).waitFor();
      await page.getByRole('button', { name: 'Account of attic: 4,855 read, 4,808 stored, 40 lost' }).waitFor();
      await page.getByRole('table', { name: 'Numbers that never came' }).waitFor();
    },
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
      assert.ok(browser);
      const { page, troubles } = await openPage(browser, (scene.url?.() ?? house.url) + scene.path(), {
        ...view,
        zone,
      });
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
