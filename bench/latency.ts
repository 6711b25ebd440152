/** From the write of a line to the alert in a real browser's page, on one machine, so on one clock. */
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { percentile } from './http-load.ts';
import type { ServerProcess } from './server-process.ts';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Runs in the page; text, since the page's types are not ours. */
const WATCH = `
  globalThis.seen = {};
  new MutationObserver(() => {
    for (const [name] of document.body.innerText.matchAll(/stranger\\d+/g)) seen[name] ??= Date.now();
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
`;

export async function lineToBrowser(
  server: ServerProcess,
  samples: number,
): Promise<{ samples: number; p50: number; p99: number }> {
  if (!existsSync(CHROMIUM)) return { samples: 0, p50: Number.NaN, p99: Number.NaN };
  mkdirSync(dirname(server.authLog), { recursive: true });
  appendFileSync(server.authLog, '');
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    // The page notes when a name that we wait for first stands in it.
    await page.evaluate(WATCH);
    const times: number[] = [];
    for (let i = 0; i < samples; i++) {
      const name = `stranger${i}`;
      const at = Date.now();
      appendFileSync(
        server.authLog,
        `${new Date().toISOString()} nas useradd[${1000 + i}]: new user: name=${name}, UID=${2000 + i}, GID=${2000 + i}, home=/home/${name}, shell=/bin/bash, from=none\n`,
      );
      times.push((await seenAt(page, name)) - at);
    }
    const sorted = times.toSorted((a, b) => a - b);
    return { samples, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
  } finally {
    await browser.close();
  }
}

/** When the page first showed the name. Asked again and again: waiting inside the page would need eval, which our CSP forbids. */
async function seenAt(page: Page, name: string): Promise<number> {
  for (let asked = 0; asked < 500; asked++) {
    const at = await page.evaluate(`seen.${name} ?? 0`);
    if (typeof at === 'number' && at > 0) return at;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${name} never appeared in the page`);
}
