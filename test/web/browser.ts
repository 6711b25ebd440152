/** One Chromium for a test file, and pages that write down everything that must not happen. */
import { chromium, type Browser, type Page } from 'playwright-core';

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
  return chromium.launch({ executablePath: given === '' ? '/usr/bin/chromium' : given, args: ARGUMENTS });
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
}

/** A page in a browser context of its own (so: storage, locks and channels of its own). */
export async function openPage(browser: Browser, url: string, view: View = {}): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: view.width ?? 1440, height: view.height ?? 900 },
    colorScheme: view.dark === true ? 'dark' : 'light',
    permissions: ['clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
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

/** Collects what the page's policy refused; call before the page is loaded. */
export const NOTE_VIOLATIONS = `
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    window.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
  });
`;
