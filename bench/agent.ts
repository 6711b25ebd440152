/**
 * The agent as one file against a server over TLS: how much it takes of a machine on a quiet day, and how fast a backlog goes through
 * tail, spool and wire. The server here only counts, so the figures are the agent's own.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CountingServer, countingServer } from '../src/app/agent/counting-server.fixture.ts';
import { writeEnrolment } from '../src/app/agent/enrolment.ts';
import { peakMb, residentMb } from './server-process.ts';
import { generator } from './synthetic.ts';

export interface AgentFigures {
  /** From spawn to the first start-up line that names a source, ms. */
  readonly startup: number;
  /** At 10 lines a second. */
  readonly quiet: { readonly seconds: number; readonly cpuPercent: number; readonly residentMb: number };
  readonly backlog: {
    readonly lines: number;
    readonly bytes: number;
    readonly elapsed: number;
    readonly peakMb: number;
  };
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LINES_A_SECOND = 10;

export async function agentFigures(seed: number, seconds: number, lines: number): Promise<AgentFigures> {
  execFileSync(process.execPath, [join(ROOT, 'launch/porchlight.mjs'), '--run', 'build'], { stdio: 'ignore' });
  const server = await countingServer(0, undefined, { keep: false });
  try {
    return { ...(await quietDay(server, seed, seconds)), backlog: await backlog(server, seed, lines) };
  } finally {
    await server.close();
  }
}

async function quietDay(
  server: CountingServer,
  seed: number,
  seconds: number,
): Promise<Pick<AgentFigures, 'startup' | 'quiet'>> {
  const place = makePlace(server);
  const { authLine } = generator(seed);
  const agent = await startAgent(place);
  try {
    await pause(5000);
    const before = cpuMs(agent.pid);
    const began = performance.now();
    for (let i = 0; i < seconds * LINES_A_SECOND; i++) {
      appendFileSync(place.log, `${authLine(Date.now())}\n`);
      await pause(1000 / LINES_A_SECOND);
    }
    const elapsed = (performance.now() - began) / 1000;
    const cpuPercent = (cpuMs(agent.pid) - before) / elapsed / 10;
    return { startup: agent.startup, quiet: { seconds: elapsed, cpuPercent, residentMb: residentMb(agent.pid) } };
  } finally {
    await agent.stop();
    place.remove();
  }
}

async function backlog(server: CountingServer, seed: number, lines: number): Promise<AgentFigures['backlog']> {
  const place = makePlace(server);
  const { authLine } = generator(seed);
  const agent = await startAgent(place);
  try {
    const now = Date.now();
    const text = `${Array.from({ length: lines }, (_, i) => authLine(now + i)).join('\n')}\n`;
    await pause(1000);
    const target = server.count() + lines;
    const began = performance.now();
    appendFileSync(place.log, text);
    while (server.count() < target) await pause(5);
    return { lines, bytes: Buffer.byteLength(text), elapsed: performance.now() - began, peakMb: peakMb(agent.pid) };
  } finally {
    await agent.stop();
    place.remove();
  }
}

interface Place {
  readonly folder: string;
  readonly log: string;
  remove(): void;
}

function makePlace({ url, key, authority }: CountingServer): Place {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-bench-agent-'));
  const log = join(folder, 'logs', 'auth.log');
  mkdirSync(join(folder, 'logs'));
  mkdirSync(join(folder, 'agent'), { mode: 0o700 });
  writeFileSync(log, '');
  writeFileSync(join(folder, 'agent.yaml'), `log_candidates: [${JSON.stringify(log)}]\n`);
  writeEnrolment(join(folder, 'agent'), { agent: 'bench', key, ca: authority.ca, urls: [url] });
  return { folder, log, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

interface RunningAgent {
  readonly pid: number;
  readonly startup: number;
  stop(): Promise<void>;
}

async function startAgent({ folder }: Place): Promise<RunningAgent> {
  const began = performance.now();
  const child = spawn(process.execPath, [join(ROOT, 'dist/agent.js'), '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  await following(child);
  const startup = performance.now() - began;
  return {
    pid: child.pid ?? 0,
    startup,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      process.off('exit', kill);
    },
  };
}

async function following(child: ChildProcess): Promise<void> {
  let said = '';
  for await (const chunk of (child.stdout as NonNullable<ChildProcess['stdout']>).iterator({
    destroyOnReturn: false,
  })) {
    said += String(chunk);
    if (said.includes('Following')) break;
  }
  child.stdout?.resume();
  if (!said.includes('Following')) throw new Error(`the agent did not start: ${said}`);
}

/** Time on a CPU of all threads, ms: the first number of each one's schedstat. */
function cpuMs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  const spent = readdirSync(tasks).map((task) =>
    Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ')[0]),
  );
  return spent.reduce((sum, ns) => sum + ns, 0) / 1e6;
}
