/** One run of a program of Windows': its output as text, and how it ended. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { printable } from '#lib/printable';
import { errnoOf } from '../file-tail/errno.ts';
import { textOf } from './text-of.ts';

export interface Program {
  /** As an absolute path. */
  readonly path: string;
  /** Come before all others. */
  readonly args?: readonly string[];
  readonly onStarted?: (pid: number) => void;
}

/** The program is not there, or may not be started. */
export class CannotRun extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'CannotRun';
  }
}

export interface Ending {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly complaint: string;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** ms to end by itself before it is killed. */
const GRACE = 2000;
const COMPLAINT = 2000;
/** What a program of Windows' needs of an environment to start at all. */
const NEEDED = ['SystemRoot', 'SYSTEMROOT', 'windir', 'TEMP', 'TMP', 'PATH', 'PSModulePath'];

/**
 * Reading is the back-pressure: while nobody asks, the pipe fills and the program waits. It never outlives the iteration; should we be
 * killed, its pipe breaks.
 */
export async function* runProgram(
  program: Program,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<string, Ending> {
  const child: Child = spawn(program.path, [...(program.args ?? []), ...args], {
    env: { ...inherited(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const gone = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  // A failed start is thrown below; a failed signal means that it is gone already.
  child.on('error', () => {});
  const complaint = lastWords(child.stderr);
  const stop = (): void => end(child);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await started(child, program);
    if (signal.aborted) stop();
    const decode = textOf();
    for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
      const text = decode(bytes);
      if (text !== '') yield text;
      if (signal.aborted) break;
    }
    if (!signal.aborted) await gone;
    return { code: child.exitCode, complaint: printable(complaint()) };
  } finally {
    signal.removeEventListener('abort', stop);
    end(child);
    // Without a spawn there is no close to wait for.
    if (child.pid !== undefined) await gone;
  }
}

function inherited(): Record<string, string> {
  const kept = NEEDED.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(kept.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

async function started(child: Child, { path, onStarted }: Program): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    const reason = errnoOf(error) === 'ENOENT' ? 'is not there' : `does not start: ${(error as Error).message}`;
    throw new CannotRun(`${path} ${reason}.`, { cause: error });
  }
  if (child.pid !== undefined) onStarted?.(child.pid);
}

function end(child: Child): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), GRACE);
  child.once('close', () => clearTimeout(kill));
}

function lastWords(stderr: Readable): () => string {
  const decode = textOf();
  let text = '';
  stderr.on('data', (bytes: Buffer) => {
    text = (text + decode(bytes)).slice(-COMPLAINT);
  });
  return () => text.trim();
}
