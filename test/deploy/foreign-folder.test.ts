/**
 * As docs/deploy.md installs it: the checkout belongs to somebody else, is copied with new times, and may not be written by who runs
 * it. Started as nobody where the test is root.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../e2e/house.ts';
import { until, within } from '../e2e/waiting.ts';
import { CHECKOUT } from './unit.ts';

const PARTS = ['porchlight', 'package.json', 'package-lock.json', 'launch', 'rules', 'src', 'dist'];

test('a folder that may not be written: the page is shown, and nothing is built', { timeout: 300_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-foreign-'));
  t.after(() => {
    execFileSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  const [program, data] = [join(folder, 'program'), join(folder, 'data')];
  for (const part of PARTS) cpSync(join(CHECKOUT, part), join(program, part), { recursive: true });
  symlinkSync(join(CHECKOUT, 'node_modules'), join(program, 'node_modules'));
  mkdirSync(data);
  const [port, trap] = [await freePort(), await freePort()];
  writeFileSync(
    join(data, 'porchlight.yaml'),
    `http: { port: ${port} }\nhoneypot: { host: 127.0.0.1, port: ${trap} }\n`,
  );
  const built = execFileSync(join(program, 'porchlight'), ['--run', 'build'], { encoding: 'utf8', stdio: 'pipe' });
  assert.equal(built, '');
  // As a second copy would: newer than what dist/web.json remembers.
  execFileSync('find', [join(program, 'src'), '-type', 'f', '-exec', 'touch', '{}', '+']);
  rmSync(join(program, '.cache'), { recursive: true, force: true });
  chmodSync(folder, 0o755);
  execFileSync('chmod', ['-R', 'a-w,a+rX', program]);
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (account.uid !== undefined)
    for (const path of [data, join(data, 'porchlight.yaml')]) chownSync(path, account.uid, account.gid);

  const child = spawn(join(program, 'porchlight'), ['up', '--quiet', '--data', data], {
    ...account,
    cwd: '/',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (words += text));
  const exit = once(child, 'exit');
  try {
    await until('it says where to look', () => words.includes('Dashboard'));
    const page = await fetch(`http://127.0.0.1:${port}/`);
    assert.match(await page.text(), /src="\/assets\//);
  } finally {
    child.kill('SIGTERM');
    await within('it ends', exit);
  }
  assert.doesNotMatch(words, /Building|Installing|could not/);
  assert.equal(existsSync(join(program, '.cache')), false);
  assert.ok(readdirSync(data).includes('porchlight.db'), words);
});
