/** A house for a chaos run: folders, ports, a followed auth.log, and the real server, started and killed as often as it takes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '#contract';
import { HUNG, until, within } from './waiting.ts';

const MAIN = fileURLToPath(new URL('../../../src/app/main.ts', import.meta.url));

export interface House {
  readonly folder: string;
  readonly data: string;
  readonly log: string;
  readonly port: number;
  readonly honeypotPort: number;
  readonly base: string;
  readonly client: Client;
  /** Starts the server; does not wait for it. `through` is put before the command, such as `sh -c 'ulimit …; exec "$@"'`. */
  start(through?: readonly string[]): Running;
  /** Resolves while a started server listens; callers wait here when nobody answers. */
  whenUp(): Promise<void>;
  remove(): void;
}

export interface Running {
  readonly pid: number;
  /** Resolves with the ms from start to listening; rejects when it ends before. */
  readonly listening: Promise<number>;
  /** Resolves with exit code or signal. */
  readonly ended: Promise<number | string>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  terminate(): Promise<number | string>;
  /** Processes that it started, by pid. */
  children(): readonly number[];
  /** Highest resident memory so far, MB; 0 once it is gone. */
  peakMb(): number;
  said(): string;
  complained(): string;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}

/** `data`: the data folder where it must be a particular one. */
export async function house(data?: string): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-chaos-'));
  const dataFolder = data ?? join(folder, 'data');
  const log = join(folder, 'log', 'auth.log');
  mkdirSync(dataFolder, { recursive: true });
  mkdirSync(join(folder, 'log'));
  writeFileSync(log, '');
  const config = `host: { name: nas }\nsources: { log_candidates: [${JSON.stringify(log)}], timezone: UTC }\n`;
  writeFileSync(join(folder, 'porchlight.yaml'), config);
  const [port, honeypotPort] = [await freePort(), await freePort()];
  const base = `http://127.0.0.1:${port}`;
  let up = Promise.withResolvers<void>();
  let removed = false;

  function start(through: readonly string[] = []): Running {
    const server = ['--disable-warning=ExperimentalWarning', MAIN, 'up', '--port', `${port}`, '--data', dataFolder];
    const rest = ['--honeypot', `127.0.0.1:${honeypotPort}`, '--config', join(folder, 'porchlight.yaml')];
    const [command = process.execPath, ...args] = [...through, process.execPath, ...server, ...rest];
    const running = watch(spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
    let listened = false;
    running.listening
      .then(() => {
        listened = true;
        up.resolve();
      })
      .catch(() => undefined);
    // A life that ends before it listens leaves those who wait to the next one.
    void running.ended.then(() => {
      if (listened) up = Promise.withResolvers<void>();
    });
    return running;
  }

  return {
    folder,
    data: dataFolder,
    log,
    port,
    honeypotPort,
    base,
    client: createClient({ base }),
    start,
    async whenUp() {
      if (removed) throw new Error('The house is gone.');
      await within('the server listens', up.promise, 4 * HUNG);
    },
    remove() {
      removed = true;
      // Nobody waits for ever for a server that will not come.
      up.promise.catch(() => undefined);
      up.reject(new Error('The house is gone.'));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function watch(child: ChildProcess): Running {
  const started = performance.now();
  const pid = child.pid ?? 0;
  let said = '';
  let complained = '';
  // However this run ends, its server does not outlive it.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => {
    process.off('exit', kill);
    return code ?? signal ?? '';
  });
  child.stderr?.on('data', (chunk: Buffer) => void (complained += chunk.toString()));
  const listening = new Promise<number>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Dashboard')) resolve(performance.now() - started);
    });
    void ended.then((code) => reject(new Error(`The server ended with ${code} before it listened: ${complained}`)));
    setTimeout(() => reject(new Error(`The server does not come up: ${said} ${complained}`)), 2 * HUNG).unref();
  });
  listening.catch(() => undefined);
  return {
    pid,
    listening,
    ended,
    async kill() {
      child.kill('SIGKILL');
      await within('the killed server is gone', ended);
    },
    terminate() {
      child.kill('SIGTERM');
      return within('the server ends after SIGTERM', ended);
    },
    children: () => childrenOf(pid),
    peakMb: () => Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(readProc(`/proc/${pid}/status`))?.[1] ?? 0) / 1024),
    said: () => said,
    complained: () => complained,
  };
}

const childrenOf = (pid: number): number[] =>
  (readProc(`/proc/${pid}/task/${pid}/children`).match(/\d+/g) ?? []).map(Number);

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Resolves when none of the processes is there any more. */
export async function gone(pids: readonly number[]): Promise<void> {
  await until(`processes ${pids.join(', ')} end`, () =>
    pids.some((pid) => existsSync(`/proc/${pid}`)) ? undefined : true,
  );
}
