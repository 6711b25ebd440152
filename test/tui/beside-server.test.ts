/** `porchlight top` beside a real server: it shows what happens as it happens, acknowledges, and outlives the server. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../e2e/house.ts';
import { until } from '../e2e/waiting.ts';
import { openWindow } from './tmux.ts';

const MAIN = fileURLToPath(new URL('../../src/app/main.ts', import.meta.url));
const QUIET = '--disable-warning=ExperimentalWarning';

test('beside a server: an attack appears, is acknowledged; the server is killed and comes back', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-beside-'));
  const [data, root] = [join(folder, 'data'), join(folder, 'root')];
  mkdirSync(data);
  mkdirSync(join(root, 'var/log'), { recursive: true });
  symlinkSync('/proc', join(root, 'proc'));
  const log = join(root, 'var/log/auth.log');
  writeFileSync(log, '');
  const url = `http://127.0.0.1:${await freePort()}`;
  const settings = [`http: { port: ${new URL(url).port} }`, `host: { name: nas, root: ${JSON.stringify(root)} }`];
  writeFileSync(join(data, 'porchlight.yaml'), `${settings.join('\n')}\nhoneypot: { enabled: false }\n`);
  let server = await startServer(data, url);
  const window = openWindow(120, 36);
  t.after(async () => {
    window.close();
    await kill(server);
    rmSync(folder, { recursive: true, force: true });
  });

  await window.shows(/[$#]/);
  // Only what the live stream says can be in time: the next look by itself is an hour away.
  window.type(`TZ=UTC ${process.execPath} ${QUIET} ${MAIN} top --url ${url} --interval 3600`);
  window.press('Enter');
  await window.shows(/All quiet\. Nothing needs you\.[\s\S]*1 Load ─+ \d+ cores?, up/);

  appendFileSync(log, failures(25));
  await window.shows(/6 Alerts ━+ 1 open\n[\s\S]*◆ medium +203\.0\.113\.7 failed \d+ SSH logins/);
  await window.shows(/backup refused \d+ times from 203/);
  window.press('Enter');
  await window.shows(/Evidence[\s\S]*Failed password for backup/);
  window.type('a');
  await window.shows(/Acknowledged \d+\./);
  const alerts = (await (await fetch(`${url}/api/alerts?status=acknowledged`)).json()) as { items: unknown[] };
  assert.equal(alerts.items.length, 1);

  await kill(server);
  await window.shows(/reconnecting, nothing is lost/);
  server = await startServer(data, url);
  await window.shows(/live, every 3600 s/);
  window.type('q');
  await until('the shell is back', () => window.flag('alternate_on') === '0' && window.flag('cursor_flag') === '1');
});

async function startServer(data: string, url: string): Promise<ChildProcess> {
  const server = spawn(process.execPath, [QUIET, MAIN, 'up', '--quiet', '--data', data], { stdio: 'ignore' });
  try {
    await until(`the server at ${url}`, async () => (await fetch(`${url}/api/health`).catch(() => undefined))?.ok);
  } catch (error) {
    // A server that outlived its test would keep this process, and the whole run, from ending.
    await kill(server);
    throw error;
  }
  return server;
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}

/** As sshd writes them, now. */
function failures(count: number): string {
  const stamp = new Date().toISOString();
  const line = `${stamp} nas sshd[811]: Failed password for backup from 203.0.113.7 port 40022 ssh2\n`;
  return line.repeat(count);
}
