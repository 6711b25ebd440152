/** `porchlight top` in a window beside a server that is killed with -9: it says so, comes back with it, and leaves the terminal usable. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWindow } from '../../tui/tmux.ts';
import { openHouse } from '../house.ts';
import { until } from '../waiting.ts';
import { fail } from './look.ts';

const CHECKOUT = join(import.meta.dirname, '../../..');

test('the server is killed, comes back, and is killed again', async (t) => {
  const house = await openHouse();
  t.after(() => house.close());
  writeFileSync(house.authLog, '');
  let up = await house.up('--quiet --interval 1');

  const window = openWindow(100, 30);
  t.after(() => window.close());
  window.type(`cd ${CHECKOUT}; PS1='ready> '; export PORCHLIGHT_DATA=${house.data}; clear`);
  window.press('Enter');
  await window.shows(/^ready>\s*$/);
  window.type('./porchlight top --interval 1');
  window.press('Enter');
  await window.shows(/Porchlight {2}nas [\s\S]*Nothing cost a point/);
  assert.equal(window.flag('alternate_on'), '1');

  fail(house, 25);
  await window.shows(/203\.0\.113\.7 failed 25 SSH logins/);
  await up.kill();
  await window.shows(/reconnecting/);
  // What was last seen stays.
  assert.match(window.screen(), /203\.0\.113\.7 failed 25 SSH logins/);

  up = await house.up('--quiet --interval 1');
  await until('it is live again', () => !/reconnecting/.test(window.screen()));
  await window.shows(/203\.0\.113\.7 failed 25 SSH logins/);
  await up.kill();
  await window.shows(/reconnecting/);

  window.type('q');
  await until('the shell is back', () => window.flag('alternate_on') === '0');
  const modes = join(house.folder, 'modes');
  window.type(`echo code $?; stty -a >${modes}; echo fin''ished`);
  window.press('Enter');
  // Typed before the shell's prompt was there, it stands behind it.
  assert.match(await window.shows(/^finished$/m), /^(?:ready> )?code 0$/m);
  const stty = readFileSync(modes, 'utf8');
  for (const mode of ['icanon', 'echo', 'opost', 'isig', 'icrnl']) assert.match(stty, new RegExp(`\\s${mode}\\b`));
  assert.deepEqual([window.flag('cursor_flag'), window.flag('wrap_flag')], ['1', '1']);
});
