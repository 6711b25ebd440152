/** The Agents page: the whole life of an agent against the real product, and every way one can stand, live. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type Door, type Head, lineOf, openDoor, reportOf, tokenOf } from '../../src/app/agents/door.fixture.ts';
import { freePort, openHouse as openProduct } from '../e2e/house.ts';
import { agentOf, agentsOfTheHouse, sourceOf } from './agents.ts';
import { launchBrowser, openPage } from './browser.ts';
import { openHouse } from './house.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const rowOf = (page: Page, name: string) => page.locator(`[data-agent="${name}"]`);
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();
const SOURCES: Head['sources'] = [{ id: 'file:/var/log/auth.log', path: '/var/log/auth.log' }];

/** Types a name, and answers with the token that is shown. */
async function invite(page: Page, name: string): Promise<string> {
  const dialog = page.getByRole('dialog');
  await page.getByRole('textbox', { name: 'Its name here' }).fill(name);
  await page.keyboard.press('Enter');
  await dialog.getByText('The token is shown only now.').waitFor();
  await dialog.getByRole('button', { name: 'Copy token' }).click();
  await dialog.getByText('Copied').waitFor({ state: 'attached' });
  return String(await page.evaluate('navigator.clipboard.readText()'));
}

test(
  'invited, enrolled, sending, rotated, revoked and removed: the page follows without a reload',
  { timeout: 300_000 },
  async (t) => {
    const port = await freePort();
    const house = await openProduct([`agents: { listen: '127.0.0.1:${port}' }`]);
    t.after(() => house.close());
    const up = await house.up('--quiet');
    const { page, troubles } = await openPage(browser, `${house.url}/agents`);
    t.after(() => page.context().close());
    const dialog = page.getByRole('dialog');
    const attic = rowOf(page, 'attic');

    await heading(page, 'No other machine reports yet');
    await page.getByRole('button', { name: 'Copy command' }).click();
    await page.getByText('Copied').waitFor({ state: 'attached' });
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'porchlight agents add NAME');

    await page.getByRole('button', { name: 'Invite a machine' }).click();
    await page.getByRole('textbox', { name: 'Its name here' }).fill('Attic!');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('Small letters').waitFor();
    const token = tokenOf(await invite(page, 'attic'));
    for (const command of ['porchlight agent enroll', 'porchlight agent', 'porchlight agent status'])
      await dialog.getByText(command, { exact: true }).waitFor();
    const door: Door = await openDoor(token);
    const { key } = await door.enroll(token.secret);
    await dialog.getByRole('status').getByText('attic is enrolled.').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    // The heading may stand behind the dialog already.
    await dialog.waitFor({ state: 'detached' });
    await heading(page, 'One machine reports.');
    // A dialog that closes is no dialog any more, but still there for a moment, and the token in it.
    await page.getByText('pla1.').waitFor({ state: 'detached' });
    await page.getByText(`port ${port}.`).waitFor();

    const lines = ['one', '', 'three'].map((text) => lineOf(text));
    const report = reportOf({
      spool: { records: 7, bytes: 900, limit: 1000, oldest: null, quarantined: 0, parked: 0 },
      sources: [{ ...sourceOf('file:/var/log/auth.log', 14), sent: 3, lag: 1500, gaps: [], dropped: { evicted: 4 } }],
    });
    const first = await door.batch(key, { from: 0, to: 3, sources: SOURCES, report }, lines);
    assert.equal(first.status, 201);
    await attic.getByText('90 % full').waitFor();
    await attic.getByRole('button', { name: 'Account of attic: 14 read, 2 stored, nothing lost' }).click();
    const ledger = page.getByRole('table', { name: 'Account by source' });
    const row = ledger.getByRole('row', { name: '/var/log/auth.log' });
    assert.deepEqual(await row.getByRole('cell').allTextContents(), [
      'Read14',
      'Spooled14',
      'Sent3',
      'Stored2',
      'Dropped5',
      'Still to read1.5 kB',
    ]);
    await row.getByText('1 blank').waitFor();
    assert.equal(new URL(page.url()).searchParams.get('agent'), 'attic');

    const gap = { from: 3, to: 7, reason: 'evicted' as const };
    assert.equal((await door.batch(key, { from: 7, to: 8, gap, sources: SOURCES }, [lineOf('eight')])).status, 201);
    await attic.getByRole('button', { name: 'Account of attic: 14 read, 3 stored, 4 lost' }).waitFor();
    const missing = page.getByRole('table', { name: 'Numbers that never came' });
    assert.deepEqual((await missing.getByRole('cell').allTextContents()).slice(0, 3), [
      '3 to 6',
      '4',
      'given up to make room',
    ]);

    await page.getByRole('button', { name: 'Ask for a new key' }).click();
    await page.getByRole('status').getByText('attic gets a new key with its next batch.').waitFor();
    await page.getByRole('button', { name: 'New key asked for' }).waitFor();
    assert.equal((await door.batch(key, { from: 8, to: 8 }, [])).body['rotate'], true);

    await page.getByRole('button', { name: 'Revoke' }).click();
    await dialog.getByText('Its key ends at once').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.locator('button:focus', { hasText: 'Revoke' }).waitFor();
    assert.equal((await door.batch(key, { from: 8, to: 8 }, [])).status, 201);
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('status').getByText('attic is revoked.').waitFor();
    await attic.getByText('revoked', { exact: true }).waitFor();
    const again = await openDoor(token);
    assert.equal((await again.batch(key, { from: 8, to: 8 }, [])).status, 401);

    // What is on the list is what the command line says, too.
    assert.match((await house.shell('./porchlight agents list')).out, /^attic +revoked/);
    await page.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByText('Its key is gone already').waitFor();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await heading(page, 'No other machine reports yet');
    assert.deepEqual((await house.client.call('listAgents')).items, []);
    assert.deepEqual(troubles, []);
    assert.equal(await up.stop(), 0);
  },
);

test('the token and the commands that the page shows bring a real agent in', { timeout: 300_000 }, async (t) => {
  const house = await openProduct([`agents: { listen: '127.0.0.1:${await freePort()}' }`]);
  t.after(() => house.close());
  const up = await house.up('--quiet');
  const { page, troubles } = await openPage(browser, `${house.url}/agents`);
  t.after(() => page.context().close());
  const other = join(house.folder, 'other');
  mkdirSync(other);
  const log = join(other, 'app.log');
  writeFileSync(log, 'one\ntwo\nthree\n');
  writeFileSync(join(other, 'agent.yaml'), `log_candidates: [${JSON.stringify(log)}]\nspool: { max_bytes: 64 MiB }\n`);

  await page.getByRole('button', { name: 'Invite a machine' }).click();
  const token = await invite(page, 'attic');
  writeFileSync(join(other, 'token'), token);
  const enrolled = await house.shell(`./porchlight agent enroll --data ${other} < ${join(other, 'token')}`);
  assert.equal(enrolled.code, 0, enrolled.err);
  const agent = house.terminal(`./porchlight agent --quiet --data ${other} --config ${join(other, 'agent.yaml')}`);
  await page.getByRole('dialog').getByText('attic is enrolled.').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await rowOf(page, 'attic')
    .getByRole('button', { name: /^Account of attic/ })
    .click();
  const row = page.getByRole('table', { name: 'Account by source' }).getByRole('row', { name: log });
  await row.getByRole('cell', { name: '3' }).nth(3).waitFor();
  assert.deepEqual((await row.getByRole('cell').allTextContents()).slice(0, 5), [
    'Read3',
    'Spooled3',
    'Sent3',
    'Stored3',
    'Dropped0',
  ]);
  const { items } = await house.client.call('listAgents');
  assert.equal(items[0]?.spool?.limit, 64 * 1024 * 1024);
  assert.deepEqual(troubles, []);
  agent.type('\x03');
  assert.equal(await agent.ended, 0);
  assert.equal(await up.stop(), 0);
});

test('an enrolled name is invited again with a warning; what the server refuses is shown in its words', async () => {
  const house = await openHouse({ agents: [agentOf('attic', Date.now())] });
  const { page } = await openPage(browser, `${house.url}/agents`);
  await page.getByRole('button', { name: 'Invite a machine' }).click();
  await page.getByRole('textbox', { name: 'Its name here' }).fill('attic');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('It is enrolled already. Its key ends when the new token is used').waitFor();
  await page.route('**/api/agents', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            type: 'about:blank',
            title: 'The agents’ listener cannot start',
            status: 503,
            detail: '0.0.0.0 port 5443: it is taken.',
            code: 'AGENTS_LISTEN',
            next: 'Mend what is named.',
          }),
        })
      : route.continue(),
  );
  await dialog.getByRole('button', { name: 'Make a token' }).click();
  await dialog.getByRole('alert').getByText('0.0.0.0 port 5443: it is taken.').waitFor();
  await page.context().close();
  await house.close();
});

test('how an agent stands is drawn as it changes, in words and marks', async () => {
  const now = Date.now();
  const house = await openHouse({ agents: [agentOf('attic', now), agentOf('nas', now)] });
  const { page, troubles } = await openPage(browser, `${house.url}/agents`);
  await page.getByText(/^Live,/).waitFor();
  await heading(page, 'Two machines report.');
  const attic = rowOf(page, 'attic');
  house.addAgent(agentOf('attic', now, { state: 'silent', last_seen: new Date(now - 180_000).toISOString() }));
  await heading(page, 'attic is silent. One machine reports.');
  await attic.getByText('for 3 min').waitFor();
  house.addAgent(agentOf('attic', now, { state: 'silent', always_on: false }));
  await heading(page, 'One machine reports. attic is asleep.');
  house.addAgent(agentOf('attic', now, { state: 'stuck', sources: [sourceOf('journald', 4, { state: 'failed' })] }));
  await heading(page, 'attic forwards nothing. One machine reports.');
  await attic.getByText('none of its sources can be read').waitFor();
  house.addAgent(agentOf('attic', now));
  await heading(page, 'Two machines report.');
  house.addAgent(agentOf('garage', now));
  await heading(page, 'Three machines report.');
  assert.deepEqual(troubles, []);
  await page.context().close();
  await house.close();
});

test('how an agent stands comes with the stream itself; nothing has to be asked for', async () => {
  const now = Date.now();
  const house = await openHouse({ agents: [agentOf('attic', now), agentOf('nas', now)] });
  const { page } = await openPage(browser, `${house.url}/agents`);
  await heading(page, 'Two machines report.');
  await page.getByText(/^Live,/).waitFor();
  await page.route('**/api/agents', (route) => route.abort());
  house.addAgent(agentOf('attic', now, { state: 'silent' }));
  await heading(page, 'attic is silent. One machine reports.');
  await page.getByText('This is from before: Porchlight does not answer now.').waitFor();
  await page.unroute('**/api/agents');
  house.addAgent(agentOf('attic', now));
  await page.getByText('This is from before').waitFor({ state: 'detached' });
  await heading(page, 'Two machines report.');
  await page.context().close();
  await house.close();
});

test('what the server was told while the stream was away is there when it is back', async () => {
  const now = Date.now();
  const house = await openHouse({ agents: [agentOf('attic', now)] });
  const { page } = await openPage(browser, `${house.url}/agents`);
  await heading(page, 'One machine reports.');
  await page.getByText(/^Live,/).waitFor();
  await house.stop();
  await page.getByText('Reconnecting, nothing is lost').first().waitFor();
  house.addAgent(agentOf('attic', now, { state: 'silent' }));
  await house.start();
  await heading(page, 'attic is silent. No machines report.');
  await page.context().close();
  await house.close();
});

test('by keyboard alone: a row’s account opens and closes, and the address keeps it', async () => {
  const house = await openHouse({ agents: agentsOfTheHouse(Date.now()) });
  const { page, troubles } = await openPage(browser, `${house.url}/agents`);
  const figure = rowOf(page, 'attic').getByRole('button', { name: /^Account of attic/ });
  await figure.focus();
  await page.keyboard.press('Enter');
  assert.equal(await figure.getAttribute('aria-expanded'), 'true');
  await page.reload();
  await page.getByRole('table', { name: 'Account by source' }).waitFor();
  assert.deepEqual(
    await page.getByRole('table', { name: 'Numbers that never came' }).getByRole('row').allTextContents(),
    ['NumbersRecordsWhyNoticed', ...(await rowsOfGaps(page))],
  );
  await figure.focus();
  await page.keyboard.press('Space');
  await page.getByRole('table', { name: 'Account by source' }).waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).search, '');
  assert.deepEqual(troubles, []);
  await page.context().close();
  await house.close();
});

/** The newest first, without the times. */
async function rowsOfGaps(page: Page): Promise<readonly string[]> {
  const times = await page.getByRole('table', { name: 'Numbers that never came' }).locator('time').allTextContents();
  assert.equal(times.length, 2);
  return [`640,112 to 640,299188given up to make room${times[0]}`, `20,480 to 20,4834damaged on its disk${times[1]}`];
}
