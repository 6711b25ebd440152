/**
 * rsyslog on the same way, as far as it goes: a followed file (imfile) to a file (omfile), and over TCP (omfwd) to a second
 * rsyslogd that writes a file. Its usual settings: in memory between the two, nothing synced, nothing parsed, no TLS. It promises
 * less than we do; the figure says what the machine can.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collected, cpuOf, text } from './collect.ts';
import { freePort, peakMb } from './server-process.ts';

const PROGRAM = ['/usr/sbin/rsyslogd', '/sbin/rsyslogd'].find((path) => existsSync(path));
/** One raw line each: the bytes that came, no stamp of its own before them. */
const TEMPLATE = 'template(name="raw" type="string" string="%rawmsg%\\n")';
/** On the wire a line begins with a priority: one that began with a digit would be taken for its own length. */
const PRIORITY = '<13>';
const WIRE = `template(name="wire" type="string" string="${PRIORITY}%rawmsg%")`;

/** `8.2302.0`; undefined where it is not installed. */
export function rsyslogVersion(): string | undefined {
  if (PROGRAM === undefined) return undefined;
  return /rsyslogd\s+([\d.]+)/.exec(spawnSync(PROGRAM, ['-v'], { encoding: 'utf8' }).stdout)?.[1];
}

export type Way = 'file' | 'tcp';

export async function rsyslog(way: Way, seed: number, lines: number): Promise<Collected> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-rsyslog-'));
  const running: ChildProcess[] = [];
  try {
    const [log, out] = [join(folder, 'auth.log'), join(folder, 'out.log')];
    appendFileSync(log, '');
    const port = await freePort();
    if (way === 'tcp') {
      running.push(start(folder, 'receiver', receiver(port, out)));
      await listening(port);
    }
    running.push(start(folder, 'sender', sender(log, way === 'tcp' ? forward(port) : write(out))));
    const more = way === 'tcp' ? PRIORITY.length : 0;
    const first = text(seed, 1);
    appendFileSync(log, first);
    await grown(out, Buffer.byteLength(first) + more);
    const body = text(seed + 1, lines);
    const bytes = Buffer.byteLength(body);
    const sending = running.at(-1);
    const receiving = running.length > 1 ? running[0] : undefined;
    const before = { sender: cpuOf(sending), receiver: cpuOf(receiving) };
    const began = performance.now();
    appendFileSync(log, body);
    await grown(out, Buffer.byteLength(first) + bytes + (lines + 1) * more);
    const elapsed = performance.now() - began;
    const cpu = { sender: cpuOf(sending) - before.sender, receiver: cpuOf(receiving) - before.receiver };
    return { lines, bytes, elapsed, cpu, senderMb: peakMb(sending?.pid ?? 0) };
  } finally {
    for (const child of running.toReversed()) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

const sender = (log: string, action: string): string =>
  [
    'module(load="imfile" mode="inotify")',
    TEMPLATE,
    WIRE,
    `input(type="imfile" File="${log}" Tag="bench:" Ruleset="out")`,
    `ruleset(name="out") { ${action} }`,
  ].join('\n');
const receiver = (port: number, out: string): string =>
  [
    'module(load="imtcp")',
    TEMPLATE,
    `input(type="imtcp" address="127.0.0.1" port="${port}" Ruleset="out")`,
    `ruleset(name="out") { ${write(out)} }`,
  ].join('\n');
const write = (out: string): string => `action(type="omfile" File="${out}" template="raw")`;
const forward = (port: number): string =>
  `action(type="omfwd" Target="127.0.0.1" Port="${port}" Protocol="tcp" template="wire")`;

function start(folder: string, name: string, rules: string): ChildProcess {
  if (PROGRAM === undefined) throw new Error('rsyslogd is not installed.');
  const work = join(folder, name);
  mkdirSync(work);
  const config = join(folder, `${name}.conf`);
  const global = `global(workDirectory="${work}" maxMessageSize="64k")`;
  writeFileSync(config, `${global}\n${rules}\n`);
  const args = ['-n', '-f', config, '-i', join(folder, `${name}.pid`)];
  const child = spawn(PROGRAM, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1' });
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isThere) return;
    await pause();
  }
}

async function grown(path: string, size: number): Promise<void> {
  const end = performance.now() + 120_000;
  while ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < size) {
    if (performance.now() > end)
      throw new Error(
        `rsyslog wrote ${statSync(path, { throwIfNoEntry: false })?.size ?? 0} of ${size} bytes in two minutes`,
      );
    await pause();
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
