/** A real Porchlight process of its own for a measurement, on a fresh data folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../launch/porchlight.mjs', import.meta.url));

export interface ServerProcess {
  readonly port: number;
  readonly honeypotPort: number;
  readonly folder: string;
  readonly authLog: string;
  /** Syslog, UDP and TCP. */
  readonly syslogPort: number;
  readonly pid: number;
  /** From spawn to listening, ms. */
  readonly startup: number;
  stop(): Promise<void>;
  remove(): void;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export async function startServerProcess(
  folder = mkdtempSync(join(tmpdir(), 'porchlight-bench-')),
  rules: readonly string[] = [],
): Promise<ServerProcess> {
  const port = await freePort();
  const honeypotPort = await freePort();
  const syslogPort = await freePort();
  const authLog = join(folder, 'logs', 'auth.log');
  writeFileSync(
    join(folder, 'porchlight.yaml'),
    `sources:\n  log_candidates: [${JSON.stringify(authLog)}]\n  syslog: { udp: '127.0.0.1:${syslogPort}', tcp: '127.0.0.1:${syslogPort}' }\nhoneypot: { host: 127.0.0.1 }\nrules: { folders: ${JSON.stringify(rules)} }\n`,
  );
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [LAUNCHER, 'up', '--port', String(port), '--honeypot', `127.0.0.1:${honeypotPort}`, '--data', folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // However this run ends, its server does not outlive it.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  await listening(child);
  return {
    port,
    honeypotPort,
    folder,
    authLog,
    syslogPort,
    pid: child.pid ?? 0,
    startup: performance.now() - started,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      process.off('exit', kill);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function listening(child: ChildProcess): Promise<void> {
  let said = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    said += chunk.toString();
    if (said.includes('Dashboard')) break;
  }
  child.stdout?.resume();
  if (!said.includes('Dashboard')) throw new Error(`the server did not start: ${said}`);
}

/** Resident memory of a process, MB; Linux only. */
export function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb) / 1024);
}

/** Highest resident memory a process ever had, MB. */
export function peakMb(pid: number): number {
  const kb = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb) / 1024);
}

export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
}

/** Bytes of the store's files. */
export const storeBytes = (folder: string): number =>
  readdirSync(folder)
    .filter((name) => name.includes('.db'))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
