/**
 * The unit as systemd itself judges it, and as the product lives with it: the real server, traced while it does its work, makes no
 * system call and opens no kind of socket that the unit forbids.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createClient } from '#contract';
import { freePort } from '../e2e/house.ts';
import { until, within } from '../e2e/waiting.ts';
import { allowedCalls, analyze, CHECKOUT, settings, UNIT } from './unit.ts';

const MOST_EXPOSED = 2.0;

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-deploy-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test(`systemd-analyze security: at most ${MOST_EXPOSED}`, (t) => {
  const { code, out } = analyze('security', '--offline=true', `--threshold=${MOST_EXPOSED * 10}`, UNIT);
  const last = out.trim().split('\n').at(-1) ?? '';
  t.diagnostic(last);
  assert.equal(code, 0, out);
  assert.ok(Number(/: ([\d.]+) /.exec(last)?.[1]) <= MOST_EXPOSED, last);
});

test('systemd-analyze verify: nothing to complain of, once the program is where the unit says', (t) => {
  const folder = scratch(t);
  const here = readFileSync(UNIT, 'utf8').replaceAll('/opt/porchlight', CHECKOUT);
  const unit = join(folder, 'porchlight.service');
  writeFileSync(unit, here);
  const { code, out } = analyze('verify', '--man=no', '--recursive-errors=no', unit);
  assert.deepEqual([code, out.split('\n').filter((line) => line.includes('porchlight'))], [0, []], out);
});

test('systemd-sysusers makes the user, in the groups that may read logs', (t) => {
  const root = scratch(t);
  mkdirSync(join(root, 'etc'));
  mkdirSync(join(root, 'usr/lib/sysusers.d'), { recursive: true });
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nadm:x:4:\nsystemd-journal:x:190:\n');
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/bash\n');
  copyFileSync(join(CHECKOUT, 'deploy/porchlight.sysusers.conf'), join(root, 'usr/lib/sysusers.d/porchlight.conf'));
  const { status, stderr } = spawnSync('systemd-sysusers', [`--root=${root}`], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.match(
    readFileSync(join(root, 'etc/passwd'), 'utf8'),
    /^porchlight:x:\d+:\d+:Porchlight:\/var\/lib\/porchlight:.*nologin$/m,
  );
  const groups = readFileSync(join(root, 'etc/group'), 'utf8');
  for (const name of settings('SupplementaryGroups')[0]?.split(' ') ?? [])
    assert.match(groups, new RegExp(`^${name}:x:\\d+:porchlight$`, 'm'));
});

interface Traced {
  readonly calls: ReadonlySet<string>;
  readonly families: ReadonlySet<string>;
}

/** Runs what the unit starts, under strace and as nobody where we are root; gives it work; reads what it asked the kernel for. */
async function trace(folder: string): Promise<Traced> {
  const [port, trap] = [await freePort(), await freePort()];
  // Not beside the log: the follower watches the log's folder, and would be woken by its own trace.
  const [data, traces] = [join(folder, 'data'), join(folder, 'traces')];
  const log = join(folder, 'auth.log');
  const config = join(folder, 'porchlight.yaml');
  writeFileSync(log, '');
  writeFileSync(
    config,
    `http: { port: ${port} }\nhoneypot: { host: 127.0.0.1, port: ${trap} }\nmonitor: { interval: 1 }\nsources: { log_candidates: [${JSON.stringify(log)}] }\n`,
  );
  mkdirSync(data);
  mkdirSync(traces);
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (account.uid !== undefined) {
    for (const path of [folder, data, traces, log, config]) chownSync(path, account.uid, account.gid);
    chmodSync(folder, 0o755);
  }
  const [program = '', ...args] = (settings('ExecStart')[0] ?? '').replace('/opt/porchlight', CHECKOUT).split(' ');
  const command = [program, ...args, '--data', data, '--config', config];
  const traced = ['-f', '-ff', '-qq', '-e', 'trace=all', '-o', join(traces, 'call')];
  const child = spawn('strace', [...traced, ...command], {
    ...account,
    cwd: '/',
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(folder, 'cache'), HOME: '/nonexistent' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  try {
    await work(port, trap, log);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${words}`, { cause: error });
  } finally {
    // strace keeps a SIGTERM of its own to itself.
    stopServer(data, child);
    await within('it ends', ended);
  }
  return readTrace(traces);
}

function stopServer(data: string, strace: ChildProcess): void {
  try {
    process.kill(Number(readFileSync(join(data, 'porchlight.pid'), 'utf8')), 'SIGTERM');
  } catch {
    strace.kill('SIGKILL');
  }
}

/** A line in a followed log, a post, a visitor, a search, a look at the machine. */
async function work(port: number, trap: number, log: string): Promise<void> {
  const client = createClient({ base: `http://127.0.0.1:${port}` });
  const count = async (q: string): Promise<number> =>
    (await client.call('eventHistogram', { query: { q, from: '-24h', bins: 1 } })).total;
  await until('it listens', () =>
    client.call('health').then(
      () => true,
      () => false,
    ),
  );
  const at = new Date().toISOString();
  writeFileSync(log, `${at} nas sshd[7]: Failed password for root from 203.0.113.7 port 51332 ssh2\n`);
  await until('the honeypot listens', async () =>
    (await client.call('health')).sources.some(({ id, reason }) => id === 'honeypot' && reason.startsWith('listens')),
  );
  const visitor = connect(trap, '127.0.0.1');
  await once(visitor, 'connect');
  visitor.end('root\r\n');
  await until('the line is stored', async () => (await count('203.0.113.7')) === 1);
  await until('the visit is an alert', async () => (await client.call('listAlerts', { query: {} })).items.length > 0);
  await until(
    'it looked at the machine',
    async () => (await client.call('listMetrics', { query: {} })).items.length > 1,
  );
}

function readTrace(folder: string): Traced {
  const calls = new Set<string>();
  const families = new Set<string>();
  for (const name of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, name), 'latin1').split('\n')) {
      const call = /^(\w+)\(/.exec(line)?.[1];
      if (call !== undefined) calls.add(call);
      const family = /^socket\((AF_\w+)/.exec(line)?.[1];
      if (family !== undefined) families.add(family);
    }
  }
  return { calls, families };
}

test('the server asks the kernel for nothing that the unit forbids', { timeout: 300_000 }, async (t) => {
  const { calls, families } = await trace(scratch(t));
  assert.ok(calls.has('fsync') && calls.has('execve') && calls.has('clone3'), [...calls].join(' '));
  const allowed = allowedCalls();
  assert.ok(allowed.has('read') && !allowed.has('setuid') && !allowed.has('mount'), 'the filter was read');
  assert.deepEqual([...calls].filter((call) => !allowed.has(call)).toSorted(), []);
  const open = new Set((settings('RestrictAddressFamilies')[0] ?? '').split(' '));
  assert.deepEqual([...families].filter((family) => !open.has(family)).toSorted(), []);
});
