/** The first hour with Porchlight, as one story on real processes. Each step builds on those before it: the first that fails ends it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchBrowser } from '../../web/browser.ts';
import { openHouse } from '../house.ts';
import { start } from './1-start.ts';
import { telnet } from './2-telnet.ts';
import { authLog } from './3-auth-log.ts';
import { curl } from './4-curl.ts';
import { page } from './5-page.ts';
import { kill } from './6-kill.ts';
import { comparable, readPage, transcript, writePage, writesDocs } from '../transcript.ts';
import type { Story } from './story.ts';

const TITLE = `# The first hour

What a new user meets, in that order. This page is written by \`test/e2e/first-hour\`, on real processes, with a real telnet
client and a real browser; a test holds it and the product together. Times, ports and folders are shown as they are by
default, and the attackers' addresses are from the ranges for documentation.
`;

const CHAPTERS = [start, telnet, authLog, curl, page, kill];

test('the first hour', { timeout: 600_000 }, async (t) => {
  const [house, browser] = await Promise.all([openHouse(), launchBrowser()]);
  t.after(() => house.close());
  t.after(() => browser.close());
  const story: Story = { house, browser, transcript: transcript(house, TITLE), up: undefined };
  for (const chapter of CHAPTERS) {
    story.transcript.chapter(chapter.title, chapter.words);
    for (const step of chapter.steps) {
      let done = false;
      await t.test(`${chapter.title}: ${step.name}`, async () => {
        await step.run(story);
        done = true;
      });
      if (!done) return;
    }
  }
  await t.test('docs/first-hour.md says the same', () => {
    const text = story.transcript.text();
    if (writesDocs()) writePage('first-hour', text);
    else assert.equal(comparable(text), comparable(readPage('first-hour')), 'PORCHLIGHT_DOCS=1 writes it anew');
  });
});
