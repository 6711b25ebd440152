/** A real process under test: started, killed and watched; what it says is kept to explain a failure. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HUNG, within } from '../server/waiting.ts';

const LAUNCHER = fileURLToPath(new URL('../../../launch/porchlight.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('../../../src/app/main.ts', import.meta.url));
/** What is kept of its output, characters. */
const KEPT = 20_000;

export interface Program {
  readonly pid: number;
  /** Resolves with exit code or signal. */
  readonly ended: Promise<number | string>;
  readonly isRunning: () => boolean;
  /** Resolves with the ms since the start once it has said this; rejects when it ends before. */
  says(text: string): Promise<number>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  terminate(): Promise<number | string>;
  /** Processes it started. */
  children(): readonly number[];
  /** Highest resident memory so far, MB; what it was at last once it is gone. */
  peakMb(): number;
  said(): string;
  complained(): string;
}

/** `porchlight ARGS` as a person starts it: the launcher becomes the program, so what is killed is that. `env` is added to ours. */
export function porchlight(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  return watch(spawn(process.execPath, [LAUNCHER, ...args], { stdio: [...stdio], env: environment(env) }));
}

/** A short command, run to its end. Throws where it ends with another code than these. */
export async function porchlightOnce(
  args: readonly string[],
  input = '',
  codes: readonly number[] = [0],
): Promise<string> {
  const words = ['--disable-warning=ExperimentalWarning', MAIN, ...args];
  const child = spawn(process.execPath, words, { stdio: 'pipe', env: environment({}), timeout: HUNG });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === null || !codes.includes(code))
    throw new Error(`porchlight ${args.join(' ')} ended with ${code}: ${said}`);
  return said;
}

function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, TZ: 'UTC', ...more };
  delete env['NODE_TEST_CONTEXT'];
  return env;
}

function watch(child: ChildProcess): Program {
  const started = performance.now();
  const pid = child.pid ?? 0;
  let said = '';
  let complained = '';
  let peak = 0;
  let heard = (): void => undefined;
  // However this run ends, its processes do not outlive it.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => {
    process.off('exit', kill);
    heard();
    return code ?? signal ?? '';
  });
  child.stderr?.on('data', (chunk: Buffer) => void (complained = (complained + chunk.toString()).slice(-KEPT)));
  child.stdout?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-KEPT);
    heard();
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  function peakMb(): number {
    peak = Math.max(
      peak,
      Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(readProc(`/proc/${pid}/status`))?.[1] ?? 0) / 1024),
    );
    return peak;
  }

  return {
    pid,
    ended,
    isRunning,
    says: (text) =>
      within(
        `it says '${text}'`,
        new Promise((resolve, reject) => {
          const before = heard;
          heard = () => {
            before();
            if (said.includes(text)) resolve(performance.now() - started);
            else if (!isRunning())
              reject(new Error(`It ended with ${child.exitCode ?? child.signalCode}: ${said} ${complained}`));
          };
          heard();
        }),
        2 * HUNG,
      ),
    async kill() {
      peakMb();
      child.kill('SIGKILL');
      await within('the killed process is gone', ended);
    },
    terminate() {
      peakMb();
      child.kill('SIGTERM');
      return within('it ends after SIGTERM', ended);
    },
    children: () => (readProc(`/proc/${pid}/task/${pid}/children`).match(/\d+/g) ?? []).map(Number),
    peakMb,
    said: () => said,
    complained: () => complained,
  };
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
