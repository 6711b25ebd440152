/** What an attacker writes into a log is shown as text, in a real browser, under the policy that the server really sends. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { agentOf, sourceOf } from './agents.ts';
import { launchBrowser, NOTE_VIOLATIONS, openContext, watch } from './browser.ts';
import { type House, line, openHouse } from './house.ts';
import { hostileLook } from './machine.ts';

const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '<img src=x onerror="alert(2)">',
  '<form action="https://attacker.example/"><input name=a autofocus onfocus=alert(3)></form>',
  '<a href="javascript:alert(4)">click</a>',
  'javascript:alert(5)',
  '<svg onload=alert(6)><style>*{display:none}</style>',
  '"><iframe src="https://attacker.example/"></iframe>',
  '{{constructor.constructor("alert(7)")()}}',
  '\u202egnp.exe\u202c \u2066hidden\u2069 \u200bzero \u0007bell \u001b[31mred \u009b2J',
  '\ud800 alone',
  'x'.repeat(10_000),
];
const FIELDS = [
  'host.name',
  'process.name',
  'source.ip',
  'user.name',
  'event.action',
  'message',
  'custom.<b>field</b>',
];

let browser: Browser;
let house: House;
before(async () => {
  browser = await launchBrowser();
  house = await openHouse({
    looks: [HOSTILE.map((text) => text.slice(0, 200)), HOSTILE.map((text) => text.slice(0, 60))].map((texts, at) =>
      hostileLook(Date.now() - 20_000 + at * 10_000, texts),
    ),
    agents: HOSTILE.map((text, at) => {
      const short = text.slice(0, 200);
      // A name is what the server allows; everything else comes from the other machine.
      return agentOf(at === 0 ? short : `agent-${at}`, Date.now(), {
        host: short,
        platform: short,
        version: short,
        gaps: [{ from: 1, to: 2, reason: short, at: new Date().toISOString() }],
        sources: [
          sourceOf(short, 3, {
            state: 'denied',
            reason: `${short} Run: ${short}`,
            dropped: { [short]: 1 },
            gaps: [{ at: new Date().toISOString(), reason: short }],
          }),
          sourceOf(`file:${short}`, 3, { state: 'failed', reason: short }),
        ],
      });
    }),
    sources: HOSTILE.map((text) => ({
      id: `file:${text.slice(0, 200)}`,
      state: 'denied',
      reason: `${text.slice(0, 200)} Run: ${text.slice(0, 200)}`,
      records: 1,
      last_seen: null,
    })),
  });
  const now = Date.now();
  const lines = HOSTILE.map((text, at) => line(now + at, Object.fromEntries(FIELDS.map((field) => [field, text]))));
  await house.addEvents(lines);
  await house.addAlerts(
    HOSTILE.map((text, at) => ({
      sentence: text,
      title: text,
      kind: text.slice(0, 200),
      level: 'critical' as const,
      entity: text.slice(0, 200),
      host: text.slice(0, 200),
      tags: [text.slice(0, 200)],
      steps: [{ text, command: `echo ${text}` }],
      lines: [line(now - 3_600_000 + at, Object.fromEntries(FIELDS.map((field) => [field, text])))],
    })),
  );
});
after(async () => {
  await browser.close();
  await house.close();
});

/** Opens a page, does something there, and expects that nothing ran, nothing was refused and nothing went out. */
async function visit(path: string, act: (page: Page) => Promise<void>): Promise<void> {
  const context = await openContext(browser, { viewport: { width: 1440, height: 2000 } });
  await context.addInitScript(NOTE_VIOLATIONS);
  const page = await context.newPage();
  const troubles = watch(page, house.url);
  const response = await page.goto(house.url + path);
  assert.match(response?.headers()['content-security-policy'] ?? '', /default-src 'self'/);
  await act(page);
  assert.deepEqual(await page.evaluate('window.violations'), [], path);
  assert.deepEqual(troubles, [], path);
  const made =
    'document.querySelectorAll("main :is(script, iframe, form:not([role=search]), img, object, style, b b)").length';
  assert.equal(await page.evaluate(made), 0, `${path}: markup came out of a log`);
  const wide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  assert.equal(await page.evaluate(wide), 0, `${path}: wider than the window`);
  const raw = String.raw`/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/.test(document.body.textContent)`;
  assert.equal(await page.evaluate(raw), false, `${path}: a control or direction character is raw`);
  await context.close();
}

test('Home shows hostile text as text', () =>
  visit('/', async (page) => {
    await page.getByTestId('event-feed').getByText('<script>alert(1)</script>').first().waitFor();
    await page.getByTestId('alert-feed').getByRole('listitem').first().waitFor();
    await page.getByTestId('event-feed').getByText('\\u{202e}gnp.exe').first().waitFor();
  }));

test('Home shows what hostile names a machine and its processes have as text', () =>
  visit('/', async (page) => {
    const place = (name: string) => page.getByRole('region', { name });
    await place('Top processes').getByText('<script>alert(1)</script>').first().waitFor();
    await place('Recent logins').getByText('<script>alert(1)</script>').first().waitFor();
    await place('Security score').getByText('<script>alert(1)</script>').first().waitFor();
    await page.locator('canvas').nth(3).waitFor();
  }));

test('the alerts show hostile text as text', () =>
  visit('/alerts', async (page) => {
    await page.getByTestId('alert-list').getByText('<script>alert(1)</script>').first().waitFor();
  }));

test('the agents show what another machine says of itself as text', () =>
  visit('/agents', async (page) => {
    const rows = page.getByTestId('agent-table').getByRole('button', { name: /^Account of/ });
    await rows.nth(HOSTILE.length - 1).waitFor();
    for (let at = 0; at < HOSTILE.length; at++) {
      await rows.nth(at).click();
      await page.getByRole('table', { name: 'Account by source' }).waitFor();
      await page.getByRole('table', { name: 'Numbers that never came' }).waitFor();
    }
    await page.getByText('<script>alert(1)</script>').first().waitFor();
    await page.getByText('\\u{202e}gnp.exe').first().waitFor();
  }));

for (const [at, text] of HOSTILE.entries()) {
  test(`an alert about ${JSON.stringify(text.slice(0, 40))} is inert`, () =>
    visit(`/alerts/${at + 1}`, async (page) => {
      await page.getByTestId('evidence').waitFor();
      await page.getByText('About it').waitFor();
    }));
}

test('the events show hostile text as text, in every field', () =>
  visit('/events?range=all', async (page) => {
    const rows = page.getByTestId('event-table').locator('tbody button');
    await rows.nth(HOSTILE.length - 1).waitFor();
    for (let at = 0; at < HOSTILE.length; at++) {
      await rows.nth(at).click();
      await page
        .getByTestId('event-table')
        .getByRole('button', { name: /^Only custom\.<b>field<\/b> / })
        .waitFor();
      await rows.nth(at).click();
    }
  }));

test('a hostile value that is asked for finds exactly its event', () =>
  visit('/events?range=all', async (page) => {
    await page
      .getByRole('button', { name: 'Only user.name "><iframe src="https://attacker.example/"></iframe>' })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: '2 events found in all' }).waitFor();
  }));

test('a search in the address is inert too', () =>
  visit(`/events?q=${encodeURIComponent('"<img src=x onerror=alert(1)>"')}&range=%22%3E`, async (page) => {
    await page.getByRole('heading', { level: 1, name: /^No event/ }).waitFor();
  }));

test('a command is copied as it is shown, without hidden characters', async () => {
  const context = await openContext(browser, { permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  const at = HOSTILE.findIndex((text) => text.includes('\u202e'));
  await page.goto(`${house.url}/alerts/${at + 1}`);
  await page.getByRole('button', { name: 'Copy command' }).click();
  await page.getByText('Copied').waitFor({ state: 'attached' });
  const copied = await page.evaluate('navigator.clipboard.readText()');
  assert.match(String(copied), /^echo \\u\{202e\}gnp\.exe/);
  await context.close();
});
