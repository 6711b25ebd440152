/** One Chromium for a test file, and pages that write down everything that must not happen. */
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { HUNG } from '../e2e/waiting.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchBrowser(): Promise<Browser> {
  const given = process.env['PORCHLIGHT_CHROMIUM'] ?? '';
  const executablePath = given === '' ? '/usr/bin/chromium' : given;
  return chromium.launch({ executablePath, args: ARGUMENTS, timeout: HUNG });
}

/** Playwright gives up after 30 s, which a busy machine may need for a page; a test that hangs is ended all the same. */
export async function openContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(HUNG);
  return context;
}

export interface Watched {
  readonly page: Page;
  /** Errors on the console, exceptions, policy violations, dialogs, requests to elsewhere. */
  readonly troubles: string[];
}

export interface View {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** The zone of who looks; that of this machine when absent. */
  readonly zone?: string;
}

/** A page in a browser context of its own (so: storage, locks and channels of its own). */
export async function openPage(browser: Browser, url: string, view: View = {}): Promise<Watched> {
  const context = await openContext(browser, {
    viewport: { width: view.width ?? 1440, height: view.height ?? 900 },
    colorScheme: view.dark === true ? 'dark' : 'light',
    permissions: ['clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
    ...(view.zone === undefined ? {} : { timezoneId: view.zone }),
  });
  const page = await context.newPage();
  const troubles = watch(page, new URL(url).origin);
  await page.goto(url);
  return { page, troubles };
}

export function watch(page: Page, origin: string): string[] {
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) troubles.push(`request: ${request.url()}`);
  });
  return troubles;
}

/** What an expression gives once it gives the same for a while: a wheel scrolls on after the page has heard of it. */
export function restingValue(page: Page, expression: string): Promise<unknown> {
  return page.evaluate(`new Promise((done) => {
    let [last, same] = [undefined, 0];
    const look = () => {
      const now = ${expression};
      same = now === last ? same + 1 : 0;
      last = now;
      if (same < 20) requestAnimationFrame(look);
      else done(now);
    };
    look();
  })`);
}

/** Collects what the page's policy refused; call before the page is loaded. */
export const NOTE_VIOLATIONS = `
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    window.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
  });
`;
