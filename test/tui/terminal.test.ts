/** `porchlight top` on a terminal: it starts, follows the size, answers keys, and gives the terminal back on every way out. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../e2e/waiting.ts';
import { freePort } from '../e2e/house.ts';
import { openWindow, type Window } from './tmux.ts';

const HOUSE = fileURLToPath(new URL('watched-house.ts', import.meta.url));
const NODE = `${process.execPath} --disable-warning=ExperimentalWarning`;

describe('top on a terminal', () => {
  let folder = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'porchlight-top-'));
    writeFileSync(join(folder, 'porchlight.yaml'), `http:\n  port: ${await freePort()}\n`);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const pidFile = (): string => join(folder, 'pid');
  const topPid = (): number => Number(readFileSync(pidFile(), 'utf8'));

  /** A window in which `top` has drawn its first picture. */
  async function started(t: TestContext, house: string, columns = 80, rows = 24): Promise<Window> {
    const window = openWindow(columns, rows);
    t.after(() => window.close());
    await window.shows(/[$#]/);
    window.type("PS1='ready> '; clear");
    window.press('Enter');
    await window.shows(/^ready>\s*$/);
    // No jobs of its own: a program that is stopped keeps the terminal.
    window.type(`set +m; sh -c 'echo $$ >${pidFile()}; HOUSE_DATA=${folder} exec ${NODE} ${HOUSE} ${house}'`);
    window.press('Enter');
    return window;
  }

  /** The shell as before: its screen, a cursor that shows, lines that wrap, keys that echo. */
  async function isUsable(window: Window): Promise<void> {
    await until('the shell is back', () => window.flag('alternate_on') === '0');
    await window.shows(/ready>\s*$/);
    window.type(`stty -a >${join(folder, 'modes')}; echo fin''ished`);
    window.press('Enter');
    await window.shows(/^finished$/m);
    const modes = readFileSync(join(folder, 'modes'), 'utf8');
    for (const mode of ['icanon', 'echo', 'opost', 'isig', 'icrnl']) assert.match(modes, new RegExp(`\\s${mode}\\b`));
    assert.equal(window.flag('cursor_flag'), '1');
    assert.equal(window.flag('wrap_flag'), '1');
  }

  test('it draws at 80 by 24 and follows the window to 120 by 36 and 60 by 20', async (t) => {
    const window = await started(t, 'plain');
    await window.shows(/^ ● Porchlight {2}nas .*\n[\s\S]*1 Load[\s\S]*6 Alerts/);
    assert.equal(window.flag('alternate_on'), '1');
    assert.equal(window.flag('cursor_flag'), '0');
    window.resize(120, 36);
    const large = await window.shows(/4 cores, up 41 days/);
    assert.match(large, /every 1 s\n*$/);
    window.resize(60, 20);
    await window.shows(/82 {2}minor things to see to/);
    assert.equal(window.screen().trimEnd().split('\n').length, 20);
    window.type('q');
    await isUsable(window);
  });

  test('keys: another pane, an alert, help, a filter', async (t) => {
    const window = await started(t, 'plain');
    await window.shows(/━ 6 Alerts/);
    window.type('3');
    await window.shows(/━ 3 Network/);
    window.press('Tab');
    await window.shows(/━ 4 Auth/);
    window.type('6j');
    await window.shows(/▌▲ high A stranger/);
    window.press('Enter');
    await window.shows(/━ Alert 34[\s\S]*What to do/);
    window.press('Escape');
    await window.shows(/━ 6 Alerts/);
    window.type('?');
    await window.shows(/hold the picture still/);
    window.press('Escape');
    window.type('/wordpress');
    window.press('Enter');
    await window.shows(/1 with 'wordpress'/);
    window.type('p');
    await window.shows(/paused at/);
    window.press('C-c');
    await isUsable(window);
  });

  const ways: readonly (readonly [name: string, house: string, leave: (window: Window, pid: number) => void])[] = [
    ['q', 'plain', (window) => window.type('q')],
    ['Ctrl-C', 'plain', (window) => window.press('C-c')],
    ['SIGTERM', 'plain', (_, pid) => void process.kill(pid, 'SIGTERM')],
    ['SIGHUP', 'plain', (_, pid) => void process.kill(pid, 'SIGHUP')],
    ['an exception that nobody catches', 'crash', () => undefined],
  ];
  for (const [name, house, leave] of ways) {
    test(`the terminal is given back after ${name}`, async (t) => {
      const window = await started(t, house);
      await window.shows(/6 Alerts/);
      leave(window, topPid());
      // Its stack is on the shell's screen, not on the one that vanished.
      if (house === 'crash') await window.shows(/the house fell in[\s\S]*ready>\s*$/);
      await isUsable(window);
    });
  }

  test('stopped and continued, it draws again', async (t) => {
    const window = await started(t, 'plain');
    await window.shows(/6 Alerts/);
    process.kill(topPid(), 'SIGSTOP');
    writeFileSync(window.flag('pane_tty'), '\u001b[2J\u001b[?25h\u001b[Hsomebody else wrote here');
    await window.shows(/^somebody else wrote here\s*$/);
    process.kill(topPid(), 'SIGCONT');
    assert.doesNotMatch(await window.shows(/6 Alerts/), /somebody else/);
    await until('the cursor is hidden again', () => window.flag('cursor_flag') === '0');
    window.type('q');
    await isUsable(window);
  });

  test('hostile names, lines and alerts never reach the terminal raw', async (t) => {
    const window = await started(t, 'hostile', 120, 36);
    await window.shows(/6 Alerts/);
    for (const key of ['1', '2', '3', '4', '5', '6']) {
      window.type(key);
      window.press('Enter');
      await window.shows(/Esc back/);
      window.press('Escape');
      await window.shows(/1-6 pane/);
    }
    window.type('q');
    await isUsable(window);
    const sent = window.bytes().toString('utf8');
    const picture = sent.slice(sent.indexOf('\u001b[?1049h'), sent.indexOf('\u001b[?1049l'));
    assert.ok(picture.includes('\\x1b]0;owned\\x07'), 'it is there, spelled out');
    // What we send ourselves: colours, places, an emptied line or screen, modes. Nothing else may be left.
    const rest = picture.replace(/\u001b\[(?:[\d;]*m|\d+;1H|2K|2J|\?(?:1049|25|7|2026)[hl])/g, '');
    assert.doesNotMatch(rest, /[\p{Cc}\p{Cf}\p{Cs}]/u);
  });
});
