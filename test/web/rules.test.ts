/** The Rules page: what is loaded, what it is narrowed to, and switching a rule, at a house and at the real product. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
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

const MINE = '11111111-1111-4111-8111-111111111111';

/** `begun`, then figures, then nothing more until somebody leaves. */
function endless(): {
  readonly backtest: NonNullable<Parameters<typeof openHouse>[0]>['backtest'];
  readonly left: Promise<void>;
} {
  const left = Promise.withResolvers<void>();
  return {
    left: left.promise,
    async *backtest(_, signal) {
      try {
        const span = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z' };
        const rules = [{ id: 'own', title: 'Honeypot Connection', level: 'high', alerts: true, reason: '' }] as const;
        yield { kind: 'begun', rules, remarks: [], ...span, notify_level: 'high', total: 400 };
        yield {
          kind: 'so_far',
          events: 100,
          hits: 7,
          days: [
            { day: '2026-03-01', hits: 0 },
            { day: '2026-03-02', hits: 7 },
          ],
        };
        await once(signal, 'abort');
        signal.throwIfAborted();
      } finally {
        left.resolve();
      }
    },
  };
}

test('while a rule is tried its figures grow; Cancel keeps them and ends the work', async (t) => {
  const { backtest, left } = endless();
  const house = await openHouse({ rules: rulesOfTheHouse(3), ...(backtest === undefined ? {} : { backtest }) });
  t.after(() => house.close());
  const { page, troubles } = await openPage(browser, `${house.url}/rules?rule=own`);
  t.after(() => page.context().close());
  await page.getByRole('button', { name: 'Try it on the last 30 days' }).click();
  const trial = page.getByTestId('trial');
  await trial.getByText('25 %, 100 of 400 events').waitFor();
  await trial.getByRole('heading', { name: '7 hits on 1 of 2 days' }).waitFor();
  await trial.getByRole('button', { name: 'Cancel' }).click();
  await trial.getByText('Cancelled: this is what was found so far.').waitFor();
  await trial.getByText('7 hits on 1 of 2 days').waitFor();
  await left;
  assert.deepEqual(troubles, []);
});

test('leaving the page ends the work, too', async (t) => {
  const { backtest, left } = endless();
  const house = await openHouse({ rules: rulesOfTheHouse(3), ...(backtest === undefined ? {} : { backtest }) });
  t.after(() => house.close());
  const { page } = await openPage(browser, `${house.url}/rules?rule=own`);
  t.after(() => page.context().close());
  await page.getByRole('button', { name: 'Try it on the last 30 days' }).click();
  await page.getByText('25 %, 100 of 400 events').waitFor();
  await page.getByRole('link', { name: 'Agents' }).click();
  await left;
});

test(
  'a rule of one’s own is tried at the real product: where it is wrong, what it would have said, and what is hostile stays text',
  { timeout: 300_000 },
  async (t) => {
    const product = await openProduct();
    t.after(() => product.close());
    const up = await product.up('--quiet');
    const lines = [3, 2, 2].map((days) => ({
      '@timestamp': new Date(Date.now() - days * 86_400_000).toISOString(),
      message: 'they rang the bell <img src=x onerror=alert(1)>',
      host: 'door',
    }));
    await fetch(`${product.url}/api/logs`, { method: 'POST', body: JSON.stringify(lines) });
    const { page, troubles } = await openPage(browser, `${product.url}/rules`);
    t.after(() => page.context().close());
    await page.getByRole('button', { name: 'Try a rule' }).click();
    const box = page.getByRole('textbox', { name: 'The rule, as Sigma YAML' });
    const rule = (condition: string): string =>
      `title: Somebody rang\nid: ${MINE}\nlevel: high\nlogsource:\n  product: generic\n` +
      `detection:\n  keywords:\n    - rang the bell\n  condition: ${condition}\n`;
    await box.fill(rule('nobody'));
    await page.getByRole('button', { name: 'Try it on the last 30 days' }).click();
    await page.getByText(/^Line 9, column 14: /).waitFor();
    await page.getByRole('button', { name: 'Go to line 9' }).click();
    const chosen = await page.evaluate('getSelection().toString()');
    assert.equal(chosen, 'nobody');
    await box.fill(rule('keywords'));
    await box.press('Control+Enter');
    const trial = page.getByTestId('trial');
    await trial.getByRole('heading', { name: '3 hits on 2 of 31 days' }).waitFor();
    await trial.getByText(/^It would have opened \d alerts? and sent \d messages? to each channel/).waitFor();
    assert.equal(await trial.getByText('<img src=x onerror=alert(1)>').count(), 3);
    await trial.getByRole('link').first().click();
    await page.getByTestId('event-table').getByText('rang the bell').nth(1).waitFor();
    await page.goto(`${product.url}/rules?rule=${MINE}`);
    // It was tried, not added.
    assert.equal(
      (await product.client.call('listRules')).items.some(({ id }) => id === MINE),
      false,
    );
    // The refused rule is a refused request. Looked at while the server is up: its end is no trouble of the page.
    const others = troubles.filter((trouble) => !trouble.includes('status of 400'));
    assert.deepEqual(others, []);
    await up.stop();
  },
);

test('a rule that nothing fits, and a house that keeps nothing of that time', async (t) => {
  const product = await openProduct();
  t.after(() => product.close());
  const up = await product.up('--quiet --interval 3600');
  const [first] = (await product.client.call('listRules')).items;
  const { page, troubles } = await openPage(
    browser,
    `${product.url}/rules?rule=${first?.id ?? ''}&q=${first?.id ?? ''}`,
  );
  t.after(() => page.context().close());
  await page.getByRole('button', { name: 'Try it on the last 30 days' }).click();
  await page
    .getByTestId('trial')
    .getByRole('heading', { name: /^(It would not have matched|Nothing is kept of that time)$/ })
    .waitFor();
  assert.deepEqual(troubles, []);
  await up.stop();
});

test(
  'switched off in the page: in force at once, and still after a restart; switched on again it hits, and the hits are counted',
  { timeout: 300_000 },
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
    // The page is away meanwhile: that nobody answers it is another test's.
    const place = page.url();
    await page.goto('about:blank');
    await up.stop();
    up = await product.up('--quiet');
    await page.goto(place);
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
    assert.deepEqual(troubles, []);
  },
);
