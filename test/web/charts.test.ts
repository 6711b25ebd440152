/** The score and the charts, as they are read, pointed at and drawn. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { launchBrowser, openPage, type View } from './browser.ts';
import { type House, line, openHouse } from './house.ts';
import { LEDGER, lifeOf, scored } from './machine.ts';

let browser: Browser;
let house: House;
const now = Date.now();
const STEP = 120_000;
const MINUTE = 60_000;

before(async () => {
  browser = await launchBrowser();
  house = await openHouse({ looks: lifeOf(now, 800, STEP) });
});
after(async () => {
  await browser.close();
  await house.close();
});

async function openCharts(path = '/?points=500', view: View = {}) {
  const watched = await openPage(browser, house.url + path, view);
  await watched.page.locator('canvas').nth(3).waitFor();
  return { ...watched, charts: watched.page.getByTestId('charts') };
}

const values = (charts: Locator): Promise<string[]> => charts.locator('output').allTextContents();

/** What one chart's canvas holds: how many pixels there are of each colour, commonest first, and of which colours the tokens are. */
interface Painted {
  readonly colours: Readonly<Record<string, number>>;
  readonly tokens: Readonly<Record<'ink' | 'wash' | 'grid', string>>;
  /** For each column, whether ink is in it. */
  readonly inked: readonly boolean[];
}

const paintedOf = (page: Page, measure: string): Promise<Painted> =>
  page.evaluate<Painted>(`(() => {
    const canvas = document.querySelector('[data-measure=${measure}] canvas');
    const { width, height } = canvas;
    // A copy: reading the page's own canvas would change how the browser keeps it.
    const copy = Object.assign(document.createElement('canvas'), { width, height });
    const probe = copy.getContext('2d', { willReadFrequently: true });
    probe.drawImage(canvas, 0, 0);
    const { data } = probe.getImageData(0, 0, width, height);
    const spell = (r, g, b, a) => [r, g, b, a].join(' ');
    // A token as the pixel it becomes on an empty canvas: the colour is resolved by the page, the rounding is the canvas's own.
    const token = (name) => {
      const span = document.body.appendChild(document.createElement('span'));
      span.style.color = 'var(' + name + ')';
      probe.clearRect(0, 0, 1, 1);
      probe.fillStyle = getComputedStyle(span).color;
      probe.fillRect(0, 0, 1, 1);
      span.remove();
      return spell(...probe.getImageData(0, 0, 1, 1).data);
    };
    const tokens = { ink: token('--ink'), wash: token('--ink-wash'), grid: token('--grid') };
    const colours = {};
    const inked = new Array(width).fill(false);
    const ink = tokens.ink.split(' ').map(Number);
    for (let at = 0; at < data.length; at += 4) {
      const colour = spell(data[at], data[at + 1], data[at + 2], data[at + 3]);
      colours[colour] = (colours[colour] ?? 0) + 1;
      if (data[at + 3] > 90 && [0, 1, 2].every((n) => Math.abs(data[at + n] - ink[n]) < 30)) inked[(at / 4) % width] = true;
    }
    return { colours, tokens, inked };
  })()`);

const has = ({ colours }: Painted, colour: string): boolean => (colours[colour] ?? 0) > 20;

const TOKENS = {
  light: { ink: '51 102 127 255', grid: '236 232 224 255' },
  dark: { ink: '134 182 207 255', grid: '39 44 52 255' },
} as const;

for (const theme of ['light', 'dark'] as const) {
  test(`${theme}: the pixels are the tokens' colours, and the wash is there only where the axis starts at zero`, async () => {
    const { page, troubles } = await openCharts('/?points=500', { dark: theme === 'dark' });
    for (const measure of ['score', 'load', 'memory', 'connections']) {
      const painted = await paintedOf(page, measure);
      assert.equal(painted.tokens.ink, TOKENS[theme].ink);
      assert.equal(painted.tokens.grid, TOKENS[theme].grid);
      assert.ok(has(painted, painted.tokens.grid), `${measure}: grid ${JSON.stringify(painted.colours)}`);
      assert.equal(has(painted, painted.tokens.wash), measure !== 'score', `${measure}: wash`);
      assert.ok(painted.inked.some(Boolean), `${measure}: ink`);
    }
    // The score's line lies flat, so its whole width is the pure token.
    assert.ok(has(await paintedOf(page, 'score'), TOKENS[theme].ink));
    assert.deepEqual(troubles, []);
    await page.context().close();
  });
}

test('another theme is drawn at once, without a reload', async () => {
  const { page } = await openCharts();
  assert.ok(has(await paintedOf(page, 'score'), TOKENS.light.ink));
  await page.getByRole('button', { name: 'Switch between light and dark' }).click();
  await page.locator('html[data-theme=dark]').waitFor();
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const painted = await paintedOf(page, 'score');
  assert.ok(has(painted, TOKENS.dark.ink));
  assert.ok(!has(painted, TOKENS.light.ink));
  await page.context().close();
});

test('a gap stays a gap', async () => {
  const { page } = await openCharts('/?points=all');
  const { inked } = await paintedOf(page, 'memory');
  const first = inked.indexOf(true);
  const last = inked.lastIndexOf(true);
  const hole = inked.slice(first, last).filter((each) => !each).length;
  const part = hole / (last - first);
  // Nobody looked from 44 % to 50 % of the time.
  assert.ok(part > 0.05 && part < 0.07, `${part}`);
  await page.context().close();
});

test('one cursor over all four: by mouse and by keys, and the values stand in the titles', async () => {
  const { page, troubles, charts } = await openCharts();
  const last = ['82', '0.45', '62 %', '70'];
  const shown = await values(charts);
  assert.equal(shown.length, last.length);
  const box = await charts.locator('[data-plot]').nth(1).boundingBox();
  assert.ok(box);
  // 92 % of the last 500 of 800 looks: in the middle of the guests.
  await page.mouse.move(box.x + box.width * 0.88, box.y + 30);
  await page.getByText(/^at \d\d:\d\d/).waitFor();
  const pointed = await values(charts);
  assert.notDeepEqual(pointed, shown);
  assert.ok(Number(pointed[3]) > 140, pointed[3]);
  const lines = await page.evaluate<number[]>(
    `[...document.querySelectorAll('[data-plot]')].map((plot) => {
      const cursor = plot.querySelector('i').getBoundingClientRect();
      const box = plot.getBoundingClientRect();
      return Math.round(1000 * (cursor.left - box.left) / box.width);
    })`,
  );
  assert.equal(lines.length, 4);
  assert.equal(new Set(lines).size, 1, lines.join(' '));
  await page.mouse.move(2, 2);
  await page.getByText(/^at \d\d:\d\d/).waitFor({ state: 'detached' });
  assert.deepEqual(await values(charts), shown);

  await charts.focus();
  await page.keyboard.press('ArrowLeft');
  const end = await page.getByText(/^at \d\d:\d\d/).textContent();
  assert.deepEqual(await values(charts), shown);
  await page.keyboard.press('ArrowLeft');
  assert.notEqual(await page.getByText(/^at \d\d:\d\d/).textContent(), end);
  const said = page.getByRole('status').filter({ hasText: /Score \d+, CPU load/ });
  assert.match((await said.textContent()) ?? '', /Memory \d+ %, Connections \d+$/);
  await page.keyboard.press('Home');
  assert.equal((await values(charts))[0], '86');
  await page.keyboard.press('Escape');
  await page.getByText(/^at \d\d:\d\d/).waitFor({ state: 'detached' });
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('a dragged span is looked at closer in all four; Escape, a double click and the button show all again', async () => {
  const { page, troubles, charts } = await openCharts();
  const whole = page.getByRole('heading', { name: /^Last \d+ h$/ });
  await whole.waitFor();
  const box = await charts.locator('[data-plot]').nth(2).boundingBox();
  assert.ok(box);
  const drag = async (): Promise<void> => {
    await page.mouse.move(box.x + box.width * 0.6, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + 30, { steps: 4 });
    await page.getByText(/^\d\d:\d\d to \d\d:\d\d$/).waitFor();
    await page.mouse.up();
    await page.getByRole('button', { name: /^Show all/ }).waitFor();
    assert.equal(await whole.count(), 0);
  };
  await drag();
  assert.match(
    (await page.getByTestId('charts').locator('[data-plot]').first().getAttribute('aria-label')) ?? '',
    /^Score: /,
  );
  await charts.focus();
  await page.keyboard.press('Escape');
  await whole.waitFor();
  await drag();
  await page.mouse.dblclick(box.x + box.width / 2, box.y + 30);
  await whole.waitFor();
  await drag();
  await page.getByRole('button', { name: /^Show all/ }).click();
  await whole.waitFor();

  await charts.focus();
  for (const key of ['End', 'Shift+PageUp', 'Shift+ArrowLeft', 'Enter']) await page.keyboard.press(key);
  await page.getByRole('button', { name: /^Show all/ }).waitFor();
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('the number of points is a choice that the address keeps', async () => {
  const { page, charts, troubles } = await openCharts('/');
  await page.getByRole('heading', { name: 'Last 98 min' }).waitFor();
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.waitForURL('**/?points=all');
  await page.getByRole('heading', { name: 'Last 27 h' }).waitFor();
  await page.getByRole('button', { name: '50', exact: true }).click();
  await page.waitForURL((url) => url.search === '');
  await page.getByRole('heading', { name: 'Last 98 min' }).waitFor();
  assert.equal((await values(charts)).length, 4);
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('the score says where its points went; a row lights its piece of the bar and leads to what is behind it', async () => {
  const { page, troubles } = await openCharts();
  const score = page.getByRole('region', { name: 'Security score' });
  await score.getByRole('img', { name: '82 of 100' }).waitFor();
  await score.getByText('18 points lost. Four fewer than yesterday’s 86.').waitFor();
  assert.deepEqual(await score.locator('tbody td:first-child').allTextContents(), ['−10', '−5', '−3']);
  const bar = score.getByRole('img', { name: '82 points kept, 18 lost' }).locator('i');
  assert.equal(await bar.count(), 4);
  const widths = await Promise.all([0, 1, 2, 3].map(async (n) => (await bar.nth(n).boundingBox())?.width ?? 0));
  const [kept = 0, first = 0, second = 0, third = 0] = widths;
  assert.ok(kept > 4 * first && first > second && second > third && third > 1, widths.join(' '));
  const piece = `[aria-label="82 points kept, 18 lost"] i:nth-child(3)`;
  const colour = (): Promise<string> =>
    page.evaluate<string>(`getComputedStyle(document.querySelector('${piece}')).backgroundColor`);
  const unlit = await colour();
  await score.getByText('212 failed logins').hover();
  await score.locator('i[class*=lit]').waitFor();
  assert.notEqual(await colour(), unlit);
  await score.getByRole('link', { name: '212 failed logins' }).click();
  await page.waitForURL('**/events?q=source.ip%3A203.0.113.7');
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('processes, logins and authentication are listed', async () => {
  const { page } = await openCharts();
  const top = page.getByRole('region', { name: 'Top processes' });
  assert.deepEqual((await top.getByRole('row').nth(1).getByRole('cell').allTextContents()).slice(1), [
    'media',
    '87.4 %',
    '9.1 %',
  ]);
  const logins = page.getByRole('region', { name: 'Recent logins' });
  assert.match((await logins.getByRole('listitem').first().textContent()) ?? '', /annafrom 192\.0\.2\.20still in$/);
  await logins.getByText('212 failed logins in the last 300 authentication lines. sudo was used 4 times.').waitFor();
  await page.context().close();
});

test('a laptop that sleeps and keeps no record of logins: it is away, and the log tells who came', async (t) => {
  const at = Date.now() - 20 * MINUTE;
  const { snapshot, ...rest } = scored({ at, score: 82, load: 1, used: 50, connections: 9 });
  const asleep = await openHouse({ looks: [{ ...rest, snapshot: { ...snapshot, always_on: false, logins: [] } }] });
  t.after(() => asleep.close());
  const login = { 'event.category': 'authentication', 'labels.category': 'authentication', 'source.ip': '203.0.113.7' };
  await asleep.addEvents([
    line(at - MINUTE, { ...login, 'host.name': 'nas', 'user.name': 'backup', 'event.outcome': 'success' }),
    line(at - MINUTE, { ...login, 'host.name': 'nas', 'user.name': 'root', 'event.outcome': 'failure' }),
    line(at - MINUTE, { ...login, 'host.name': 'router', 'user.name': 'anna', 'event.outcome': 'success' }),
  ]);
  const { page, troubles } = await openPage(browser, asleep.url, { width: 360, height: 740 });
  const score = page.getByRole('region', { name: 'Security score' });
  await score.getByText(/Asleep or away since (?:\d+ \w+ )?\d\d:\d\d\.$/).waitFor();
  const logins = page.getByRole('region', { name: 'Recent logins' }).locator('ol').getByRole('listitem');
  await logins.first().waitFor();
  await page.getByText('From the log: this machine keeps no record of logins.').waitFor();
  assert.deepEqual(
    (await logins.allTextContents()).map((text) => text.replace(/^.*\d\d:\d\d/, '')),
    ['backupfrom 203.0.113.7'],
  );
  // Nothing has to be pushed sideways on a phone.
  assert.equal(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'), 0);
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('a time that is due near the end of the charts is not pushed off a phone', async (t) => {
  // 45 seconds are labelled every fifteen, so the last label is two seconds before their end. It is the third: a phone leaves out the second.
  const end = Math.floor(Date.now() / 15_000) * 15_000 + 2000;
  const looks = [45, 36, 27, 18, 9, 0].map((ago) =>
    scored({ at: end - ago * 1000, score: 82, load: 1, used: 50, connections: 9 }),
  );
  const young = await openHouse({ looks });
  t.after(() => young.close());
  const { page, troubles } = await openPage(browser, young.url, { width: 360, height: 740 });
  await page.locator('canvas').nth(3).waitFor();
  await page.locator('[data-edge=end]').first().waitFor();
  assert.equal(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'), 0);
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('a look that comes in moves the score, the line and the titles, without a reload', async (t) => {
  const live = await openHouse({ looks: lifeOf(now, 60, STEP) });
  t.after(() => live.close());
  const { page, troubles } = await openPage(browser, live.url);
  const charts = page.getByTestId('charts');
  await page.locator('canvas').nth(3).waitFor();
  await page.getByText(/^Live,/).waitFor();
  await live.addSnapshots([
    scored({ at: now + STEP, score: 61, load: 3.5, used: 91, connections: 222, ledger: LEDGER }),
  ]);
  await page.getByRole('img', { name: '61 of 100' }).waitFor();
  await page.locator('[data-measure=load] output', { hasText: '3.50' }).waitFor();
  assert.deepEqual(await values(charts), ['61', '3.50', '91 %', '222']);
  assert.deepEqual(troubles, []);
  await page.context().close();
});

test('what was looked at while the page could not hear is fetched when it can again', async (t) => {
  const live = await openHouse({ looks: lifeOf(now, 60, STEP) });
  t.after(() => live.close());
  const { page } = await openPage(browser, live.url);
  await page.locator('canvas').nth(3).waitFor();
  await page.getByText(/^Live,/).waitFor();
  await live.stop();
  await page.getByText('Reconnecting, nothing is lost').waitFor();
  await live.addSnapshots([scored({ at: now + STEP, score: 70, load: 2.25, used: 80, connections: 99 })]);
  await live.start();
  await page.locator('[data-measure=load] output', { hasText: '2.25' }).waitFor();
  assert.deepEqual(await values(page.getByTestId('charts')), ['70', '2.25', '80 %', '99']);
  await page.context().close();
});

test('not scored yet, one check, and an old score are said as what they are', async (t) => {
  const young = await openHouse({ looks: [] });
  t.after(() => young.close());
  const { page } = await openPage(browser, young.url);
  await page.getByText(/^Not scored yet,/).waitFor();
  await page.getByText('A line begins with the second check.').waitFor();
  assert.equal(await page.getByRole('img', { name: /of 100$/ }).count(), 0);
  await young.addSnapshots([scored({ at: now - 7_200_000, score: 100, load: 0.2, used: 40, connections: null })]);
  await page.getByRole('img', { name: '100 of 100' }).waitFor();
  await page.getByText('Nothing costs points.').waitFor();
  await page.getByText(/As of (?:\d+ \w+ )?\d\d:\d\d\./).waitFor();
  await page.getByText('A line begins with the second check.').waitFor();
  await page.context().close();
});

test('with several machines one is chosen, and the address keeps it', async (t) => {
  const two = await openHouse({ looks: lifeOf(now, 60, STEP) });
  t.after(() => two.close());
  const { page, troubles } = await openPage(browser, two.url);
  await page.locator('canvas').nth(3).waitFor();
  assert.equal(await page.getByRole('combobox', { name: 'Machine' }).count(), 0);
  await two.addSnapshots(
    [10, 20, 30].map((n) =>
      scored({ host: 'media', at: now - 60_000 + n * 1000, score: 97, load: 0.1, used: 20, connections: null }),
    ),
  );
  await page.reload();
  await page.getByRole('combobox', { name: 'Machine' }).selectOption('media');
  await page.waitForURL('**/?host=media');
  await page.getByRole('img', { name: '97 of 100' }).waitFor();
  const charts = page.getByTestId('charts');
  await charts.getByText('media, 4 cores').waitFor();
  assert.deepEqual(await values(charts), ['97', '0.10', '20 %', 'not known']);
  assert.deepEqual(troubles, []);
  await page.context().close();
});
