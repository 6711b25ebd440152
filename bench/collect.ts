/**
 * The way of a line between two machines: appended to a file, followed by an agent, on its disk, over TLS, committed by a server.
 * Both processes are real and share the cores; the clock runs from the append to the commit of the last line.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '../src/contract/client.ts';
import { freePort, peakMb } from './server-process.ts';
import { generator } from './synthetic.ts';

const LAUNCHER = fileURLToPath(new URL('../launch/porchlight.mjs', import.meta.url));

export interface Collected {
  readonly lines: number;
  readonly bytes: number;
  /** ms. */
  readonly elapsed: number;
  /** CPU time it took, ms. */
  readonly cpu: { readonly sender: number; readonly receiver: number };
  /** Most resident memory of the sender, MB. */
  readonly senderMb: number;
}

/** Lines as they would be appended by the machine's own syslog, with their end. */
export function text(seed: number, lines: number): string {
  const { authLine } = generator(seed);
  const now = Date.now();
  return `${Array.from({ length: lines }, (_, i) => authLine(now + i)).join('\n')}\n`;
}

export async function collect(seed: number, lines: number): Promise<Collected> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-bench-'));
  const running: ChildProcess[] = [];
  try {
    const [port, agentsPort] = [await freePort(), await freePort()];
    const log = join(folder, 'log/auth.log');
    mkdirSync(join(folder, 'log'));
    appendFileSync(log, '');
    const settings = join(folder, 'server.yaml');
    writeFileSync(
      settings,
      `http: { port: ${port} }\nhoneypot: { enabled: false }\nsources: { log_candidates: [] }\nagents: { listen: '127.0.0.1:${agentsPort}' }\n`,
    );
    running.push(await start(['up', '--quiet', '--data', join(folder, 'server'), '--config', settings], 'Dashboard'));
    const client = createClient({ base: `http://127.0.0.1:${port}` });
    const { token } = await client.call('addAgent', { body: { name: 'bench', again: false } });
    const data = join(folder, 'agent');
    const enrolling = spawn(process.execPath, [LAUNCHER, 'agent', 'enroll', '--data', data], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    enrolling.stdin.end(`${token}\n`);
    const [code] = (await once(enrolling, 'close')) as [number | null];
    if (code !== 0) throw new Error(`the agent could not be enrolled: ${code}`);
    const agentSettings = join(folder, 'agent.yaml');
    writeFileSync(agentSettings, `log_candidates: [${JSON.stringify(log)}]\ninterval: 3600\n`);
    const agent = await start(['agent', '--quiet', '--config', agentSettings, '--data', data], 'Sending to');
    running.push(agent);

    const stored = async (): Promise<number> => {
      const { items } = await client.call('listAgents');
      return items[0]?.sources.find(({ source }) => source.startsWith('file:'))?.stored ?? 0;
    };
    const first = text(seed, 1);
    appendFileSync(log, first);
    while ((await stored()) < 1) await pause();
    const body = text(seed + 1, lines);
    const [server] = running;
    const before = { sender: cpuOf(agent), receiver: cpuOf(server) };
    const began = performance.now();
    appendFileSync(log, body);
    while ((await stored()) < lines + 1) await pause();
    const elapsed = performance.now() - began;
    const cpu = { sender: cpuOf(agent) - before.sender, receiver: cpuOf(server) - before.receiver };
    return { lines, bytes: Buffer.byteLength(body), elapsed, cpu, senderMb: peakMb(agent.pid ?? 0) };
  } finally {
    for (const child of running.toReversed()) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** CPU time of a process so far, user and system, ms: fields 14 and 15 of proc_pid_stat(5), in ticks of 10 ms. 0 of none. */
export function cpuOf(child: ChildProcess | undefined): number {
  if (child === undefined) return 0;
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 25));

async function start(args: readonly string[], ready: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  // However this run ends, its processes do not outlive it.
  process.once('exit', () => child.kill('SIGKILL'));
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(ready)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code} and did not start: ${said}`)));
  });
  return child;
}
