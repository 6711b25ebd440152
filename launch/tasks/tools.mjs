/*
 * What the tests use and npm cannot bring: a Chromium, a telnet client, tmux for tests of the terminal, and on Linux strace,
 * which sees the fsyncs, systemd-journal-remote, which makes journals, and systemd's tools, which judge our unit. Installed where
 * that is possible without asking (apt, as root); otherwise the run ends with the line to type. No test is left out because of them.
 */
import process from 'node:process';
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say, Stop } from '../say.mjs';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Its package has the same name, and brings journalctl where that is missing. */
const JOURNAL_MAKERS = ['/usr/lib/systemd/systemd-journal-remote', '/lib/systemd/systemd-journal-remote'];

/** @returns {string} the browser's executable */
export function ensureTools() {
  const missing = lacking();
  if (missing.length > 0) install(missing);
  const still = lacking();
  if (still.length > 0) throw new Stop(`The tests need ${still.join(', ')}. ${lineToType(still)}`);
  return findBrowser() ?? '';
}

function lacking() {
  const programs = process.platform === 'linux' ? ['telnet', 'tmux', 'strace'] : ['telnet', 'tmux'];
  const missing = programs.filter((name) => findOnPath(name) === undefined);
  if (process.platform === 'linux' && !canMakeJournals()) missing.push('systemd-journal-remote');
  if (process.platform === 'linux' && !canJudgeUnits()) missing.push('systemd');
  return findBrowser() === undefined ? ['chromium', ...missing] : missing;
}

function canMakeJournals() {
  return findOnPath('journalctl') !== undefined && JOURNAL_MAKERS.some((file) => existsSync(file));
}

/** No systemd need run for that: they only read. */
function canJudgeUnits() {
  return ['systemd-analyze', 'systemd-sysusers'].every((name) => findOnPath(name) !== undefined);
}

function findBrowser() {
  const named = process.env['PORCHLIGHT_CHROMIUM'];
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  return BROWSERS.map(findOnPath).find((file) => file !== undefined) ?? ELSEWHERE.find((file) => existsSync(file));
}

function findOnPath(name) {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    try {
      accessSync(file, constants.X_OK);
      if (folder !== '') return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

function install(names) {
  if (findOnPath('apt-get') === undefined || process.getuid?.() !== 0) return;
  say(`Installing ${names.join(', ')} with apt (once) …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', ...names]]) {
    const { status, stdout, stderr } = spawnSync('apt-get', ['-qq', ...args], { env, encoding: 'utf8' });
    if (status !== 0) say(`apt-get ${args.join(' ')} failed: ${(stderr || stdout || '').trim().split('\n').at(-1)}`);
  }
}

function lineToType(names) {
  if (findOnPath('apt-get') !== undefined) return `Type: sudo apt-get install -y ${names.join(' ')}`;
  if (process.platform === 'darwin')
    return `Type: brew install ${names.map((name) => (name === 'chromium' ? '--cask chromium' : name)).join(' ')}`;
  return `Install ${names.join(', ')}; a browser elsewhere is named by PORCHLIGHT_CHROMIUM.`;
}
