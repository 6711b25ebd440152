/** Markup in every field of what the real intake takes is text in a real browser, under the policy that the server really sends. */
import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { WireAlert } from '#contract';
import { launchBrowser, NOTE_VIOLATIONS, openContext, watch } from '../../web/browser.ts';
import { type House, logLine, openHouse } from '../house.ts';
import { until } from '../waiting.ts';
import { MARKUP } from './words.ts';

const FIELDS = ['host.name', 'process.name', 'source.ip', 'user.name', 'event.action', 'message', 'url.original'];

let house: House;
let browser: Browser;
let alerts: readonly WireAlert[] = [];

before(async () => {
  house = await openHouse();
  writeFileSync(house.authLog, '');
  await house.up('--quiet');
  for (const [at, text] of MARKUP.entries()) {
    const fields = Object.fromEntries(FIELDS.map((field) => [field, text]));
    await house.client.call('postLogs', { body: { ...fields, [text]: text, nested: { [text]: [text] } } });
    const account = { 'event.action': 'user_added', 'event.outcome': 'success', 'labels.product': 'linux' };
    await house.client.call('postLogs', { body: { ...account, 'host.name': text, 'user.name': text } });
    const from = `203.0.113.${at + 1}`;
    const guesses = Array.from({ length: 20 }, (_, n) =>
      logLine(`sshd[${n}]`, `Failed password for ${text} from ${from} port ${4000 + n} ssh2`),
    );
    const accepted = logLine('sshd[99]', `Accepted password for ${text} from ${from} port 4999 ssh2`);
    appendFileSync(house.authLog, guesses.join('') + accepted);
  }
  const visitor = connect(house.honeypotPort, '127.0.0.1');
  visitor.write('<script>alert(9)</script>\r\n<img src=x onerror=alert(10)>\r\n');
  visitor.on('data', () => undefined);
  alerts = await until('an alert of each kind about each text', async () => {
    const { items } = await house.client.call('listAlerts', { query: { limit: 500 } });
    return items.length >= 3 * MARKUP.length + 1 && items;
  });
  visitor.destroy();
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await house.close();
});

/** Opens pages one after the other, does something on each, and expects that nothing ran, nothing was refused and nothing went out. */
async function visit(paths: readonly string[], act: (page: Page) => Promise<void>): Promise<void> {
  const context = await openContext(browser, { viewport: { width: 1440, height: 2000 } });
  await context.addInitScript(NOTE_VIOLATIONS);
  const page = await context.newPage();
  const troubles = watch(page, house.url);
  for (const path of paths) {
    const response = await page.goto(house.url + path);
    assert.equal(response?.headers()['content-security-policy'], POLICY);
    await act(page);
    assert.deepEqual(await page.evaluate('window.violations'), [], path);
    assert.deepEqual(troubles, [], path);
    assert.equal(await page.evaluate(MADE), 0, `${path}: markup came out of a log`);
  }
  await context.close();
}

const POLICY = "default-src 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; base-uri 'none'";
/** Elements that only a log can have brought into the page. */
const MADE = `document.querySelectorAll(
  'main :is(script, iframe, form:not([role=search]), img, object, style, [onload], [onerror], [autofocus], a[href^=javascript])',
).length`;

test('Home', () =>
  visit(['/'], async (page) => {
    await page.getByTestId('alert-feed').getByText('<script>alert(9)</script>').waitFor();
    await page.getByTestId('event-feed').getByText('<img src=x onerror=alert(10)>').waitFor();
    await page.getByRole('region', { name: 'Who wrote in 24 hours' }).getByText('<script>alert(1)</script>').waitFor();
  }));

test('Alerts', () =>
  visit(['/alerts'], async (page) => {
    await page.getByTestId('alert-list').getByText('<script>').first().waitFor();
  }));

test('every alert', async () => {
  assert.ok(alerts.length > 0);
  for (const text of MARKUP)
    assert.ok(
      alerts.some((alert) => alert.sentence.includes(text)),
      text,
    );
  await visit(
    alerts.map(({ id }) => `/alerts/${id}`),
    async (page) => {
      await page.getByTestId('evidence').waitFor();
      await page.getByText('About it').waitFor();
    },
  );
});

test('Events, every field of every record open', () =>
  visit(['/events?q=url.original%3A*&range=all'], async (page) => {
    const rows = page.getByTestId('event-table').locator('tbody button[aria-expanded]');
    await rows.nth(MARKUP.length - 1).waitFor();
    for (let at = 0; at < MARKUP.length; at++) await rows.nth(at).click();
    await page.getByRole('button', { name: 'Only user.name <script>alert(1)</script>' }).first().waitFor();
  }));

test('Events, found by the hostile text itself, typed into the search box', () =>
  visit(['/events?range=all'], async (page) => {
    const box = page.getByRole('combobox', { name: 'Search events' });
    await box.fill('"<img src=x onerror=alert(2)>"');
    await box.press('Enter');
    await page.getByTestId('event-table').getByText('<img src=x onerror=alert(2)>').first().waitFor();
  }));
