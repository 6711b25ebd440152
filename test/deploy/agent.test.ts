/**
 * The agent as it is installed: the unit as systemd judges it, dist/agent.js traced while it forwards lines, and the Dockerfile as far
 * as that goes without Docker.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { countingServer } from '../../src/app/agent/counting-server.fixture.ts';
import { writeEnrolment } from '../../src/app/agent/enrolment.ts';
import { askStatus } from '../../src/app/agent/status.ts';
import { VERSION } from '../../src/app/version.ts';
import { until, within } from '../e2e/waiting.ts';
import { AGENT_UNIT, allowedCalls, analyze, CHECKOUT, settings } from './unit.ts';

const MOST_EXPOSED = 2.0;
const BUNDLE = join(CHECKOUT, 'dist/agent.js');

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-agent-deploy-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('porchlight --run build makes one file, which is the agent and needs nothing beside it', (t) => {
  execFileSync(process.execPath, [join(CHECKOUT, 'launch/porchlight.mjs'), '--run', 'build'], { stdio: 'pipe' });
  const alone = join(scratch(t), 'agent.mjs');
  copyFileSync(BUNDLE, alone);
  const help = execFileSync(process.execPath, [alone, '--help'], { encoding: 'utf8', cwd: dirname(alone) });
  assert.match(help, /Usage: porchlight agent /);
  assert.match(readFileSync(BUNDLE, 'utf8'), new RegExp(`["'\`]${VERSION.replaceAll('.', '\\.')}["'\`]`));
});

test(`systemd-analyze security: at most ${MOST_EXPOSED}`, (t) => {
  const { code, out } = analyze('security', '--offline=true', `--threshold=${MOST_EXPOSED * 10}`, AGENT_UNIT);
  const last = out.trim().split('\n').at(-1) ?? '';
  t.diagnostic(last);
  assert.equal(code, 0, out);
  assert.ok(Number(/: ([\d.]+) /.exec(last)?.[1]) <= MOST_EXPOSED, last);
});

test('systemd-analyze verify: nothing to complain of, once the programs are where the unit says', (t) => {
  const unit = join(scratch(t), 'porchlight-agent.service');
  const here = readFileSync(AGENT_UNIT, 'utf8')
    .replaceAll('/usr/local/bin/node', process.execPath)
    .replaceAll('/opt/porchlight/agent.js', BUNDLE);
  writeFileSync(unit, here);
  const { code, out } = analyze('verify', '--man=no', '--recursive-errors=no', unit);
  assert.deepEqual([code, out.split('\n').filter((line) => line.includes('porchlight'))], [0, []], out);
});

test('the agent asks the kernel for nothing that its unit forbids', { timeout: 300_000 }, async (t) => {
  const folder = scratch(t);
  const [data, traces, log] = [join(folder, 'data'), join(folder, 'traces'), join(folder, 'logs', 'auth.log')];
  const server = await countingServer();
  t.after(() => server.close());
  for (const made of [join(data, 'agent'), traces, dirname(log)]) mkdirSync(made, { recursive: true });
  writeFileSync(log, '');
  writeFileSync(join(data, 'agent.yaml'), `log_candidates: [${JSON.stringify(log)}]\ninterval: 1\n`);
  const { url, key, authority } = server;
  writeEnrolment(join(data, 'agent'), { agent: 'nas', key, ca: authority.ca, urls: [url] });
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (account.uid !== undefined) {
    chmodSync(folder, 0o755);
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      chownSync(join(folder, path), account.uid, account.gid);
  }
  const command = (settings('ExecStart', AGENT_UNIT)[0] ?? '')
    .replace('/usr/local/bin/node', process.execPath)
    .replace('/opt/porchlight/agent.js', BUNDLE)
    .split(' ');
  const traced = ['-f', '-ff', '-qq', '-e', 'trace=all', '-o', join(traces, 'call'), ...command, '--data', data];
  const child = spawn('strace', traced, {
    ...account,
    cwd: '/',
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(folder, 'cache'), HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (words += text));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  try {
    await until('it follows the log', () => words.includes('Following'));
    appendFileSync(log, 'Nov 20 10:00:00 nas sshd[7]: Failed password for root from 203.0.113.7 port 51332 ssh2\n');
    await until('the line is there', () => server.texts().some((text) => text.includes('203.0.113.7')));
    const status = await askStatus(join(data, 'agent'));
    process.kill(status?.pid ?? 0, 'SIGTERM');
    const [code] = await within('it ends', ended);
    assert.equal(code, 0, words);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${(error as Error).message}\n${words}`, { cause: error });
  }
  const { calls, families } = readTrace(traces);
  assert.ok(calls.has('fdatasync') && calls.has('connect'), [...calls].join(' '));
  const allowed = allowedCalls(AGENT_UNIT);
  assert.deepEqual([...calls].filter((call) => !allowed.has(call)).toSorted(), []);
  const open = new Set((settings('RestrictAddressFamilies', AGENT_UNIT)[0] ?? '').split(' '));
  assert.deepEqual([...families].filter((family) => !open.has(family)).toSorted(), []);
});

function readTrace(folder: string): { readonly calls: ReadonlySet<string>; readonly families: ReadonlySet<string> } {
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

test('the Dockerfile: it copies what its .dockerignore lets through, and starts as the unit does', () => {
  const file = readFileSync(join(CHECKOUT, 'deploy/Dockerfile.agent'), 'utf8');
  const ignore = readFileSync(join(CHECKOUT, 'deploy/Dockerfile.agent.dockerignore'), 'utf8').split('\n');
  for (const [, from = ''] of file.matchAll(/^COPY (\S+)/gm)) {
    assert.ok(ignore.includes(`!${from}`), from);
    assert.ok(existsSync(join(CHECKOUT, from)), from);
  }
  const entry = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(file)?.[1] ?? '[]') as string[];
  const quiet = JSON.parse(/^CMD (.+)$/m.exec(file)?.[1] ?? '[]') as string[];
  const unit = (settings('ExecStart', AGENT_UNIT)[0] ?? '').replace('/usr/local/bin/', '');
  assert.equal([...entry, ...quiet].join(' '), unit);
});
