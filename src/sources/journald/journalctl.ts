/** One run of journalctl: its entries as they come, and how it ended. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { printable } from '#lib/printable';
import { errnoOf } from '../file-tail/errno.ts';
import { type Entry, entryLines } from './entry-lines.ts';

export interface Run {
  readonly journalctl: string;
  readonly args: readonly string[];
  readonly onStarted?: (pid: number) => void;
}

/** `refused-cursor`: it could make nothing of the cursor it was given. */
export type RunEnd = 'ended' | 'refused-cursor';

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Every field whole, nothing to page, no words of its own between the lines; all boots. */
const ALWAYS = ['--output=json', '--all', '--no-pager', '--quiet'];
/** ms to end by itself before it is killed. */
const GRACE = 2000;
const COMPLAINT = 2000;

/**
 * Reading is the back-pressure: while nobody asks, the pipe fills and journalctl waits. The child never outlives the
 * iteration; should we be killed, its pipe breaks and it ends by itself. Throws what it complains of.
 */
export async function* runJournalctl(run: Run, signal: AbortSignal): AsyncGenerator<(Entry | 'unreadable')[], RunEnd> {
  if (signal.aborted) return 'ended';
  const child: Child = spawn(run.journalctl, [...ALWAYS, ...run.args], {
    env: { LC_ALL: 'C.UTF-8' },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  // A failed start is thrown below; a failed signal means that it is gone already.
  child.on('error', () => {});
  const complaint = tail(child.stderr);
  const stop = (): void => end(child);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await started(child, run);
    const lines = entryLines();
    for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
      const entries = lines(bytes);
      if (entries.length > 0) yield entries;
      if (signal.aborted) return 'ended';
    }
    await gone;
    return signal.aborted ? 'ended' : outcome(child, complaint());
  } finally {
    signal.removeEventListener('abort', stop);
    end(child);
    // Without a spawn there is no close to wait for.
    if (child.pid !== undefined) await gone;
  }
}

async function started(child: Child, { journalctl, onStarted }: Run): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    const reason = errnoOf(error) === 'ENOENT' ? 'is not there' : `does not start: ${(error as Error).message}`;
    throw new Error(`${journalctl} ${reason}.`, { cause: error });
  }
  if (child.pid !== undefined) onStarted?.(child.pid);
}

function outcome({ exitCode, signalCode }: Child, complaint: string): RunEnd {
  if (exitCode === 0) return 'ended';
  if (/seek to cursor/i.test(complaint)) return 'refused-cursor';
  throw new Error(`journalctl ended with ${exitCode ?? signalCode ?? 'nothing'}. ${printable(complaint)}`.trim());
}

function end(child: Child): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), GRACE);
  child.once('close', () => clearTimeout(kill));
}

function tail(stderr: Readable): () => string {
  let text = '';
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-COMPLAINT);
  });
  return () => text.trim();
}
