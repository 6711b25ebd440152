/**
 * A process and the blow that ends it: kill -9 some time after it began to work, or, where strace can, at its nth system call of a kind.
 * By the clock most blows fall where most time is spent; by calls, each step of a rename or a sync is as likely as another.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { chance } from './content.ts';

export type Blow =
  /** ms after the process began, or after it said who it is. */
  | { readonly by: 'clock'; readonly from: 'start' | 'work'; readonly after: number }
  | { readonly by: 'call'; readonly calls: string; readonly nth: number }
  | { readonly by: 'nobody' };

export interface Victim {
  /** Every whole line it wrote. A line that the kill cut is none. */
  readonly lines: readonly string[];
  /** It said who it is, or ended. */
  readonly begun: Promise<void>;
  /** It wrote a line that begins so, or ended. */
  said(beginning: string): Promise<void>;
  /** True where it was killed. */
  readonly ended: Promise<boolean>;
  kill(): void;
}

const UNLINKED = '?unlink,?unlinkat,?rmdir';
const SYNCED = 'fsync,fdatasync';
const RENAMED = '?rename,?renameat,?renameat2';
const WRITTEN = 'pwrite64,?copy_file_range,?sendfile,ftruncate';
/** Calls that change something, and how many of them one process makes before it is well under way, or done. */
const CALLS = {
  store: [
    [WRITTEN, 600],
    [SYNCED, 80],
    [UNLINKED, 12],
  ],
  backup: [
    [WRITTEN, 200],
    [SYNCED, 40],
    [UNLINKED, 8],
    [RENAMED, 1],
  ],
  restore: [
    [WRITTEN, 12],
    [SYNCED, 24],
    [RENAMED, 24],
    [RENAMED, 24],
    [UNLINKED, 6],
  ],
} as const satisfies Record<string, readonly (readonly [string, number])[]>;

export type Deed = keyof typeof CALLS;

const inject = (calls: string, nth: number): string[] => [
  '-f',
  '-qq',
  '-o',
  '/dev/null',
  '-e',
  `trace=${calls}`,
  '-e',
  `inject=${calls}:signal=KILL:when=${nth}`,
];
/** strace may be missing, old, or not be allowed to trace. */
const canInject = spawnSync('strace', [...inject(WRITTEN, 1), 'true']).status === 0;

export function blowOf(deed: Deed, ...words: readonly (string | number)[]): Blow {
  const pick = (most: number, what: string): number => chance(most, ...words, deed, what);
  if (canInject && pick(2, 'by') === 0) {
    const [calls, most] = CALLS[deed][pick(CALLS[deed].length, 'calls')] ?? CALLS[deed][0];
    return { by: 'call', calls, nth: 1 + pick(most, 'nth') };
  }
  // Now and then it falls into the start.
  if (pick(6, 'early') === 0) return { by: 'clock', from: 'start', after: 40 + pick(400, 'after') };
  return { by: 'clock', from: 'work', after: pick(deed === 'store' ? 400 : 150, 'after') };
}

/** `program`: with its arguments. */
export function victim(program: readonly string[], blow: Blow, environment: NodeJS.ProcessEnv): Victim {
  const traced = blow.by === 'call' ? ['strace', ...inject(blow.calls, blow.nth)] : [];
  const [command = '', ...args] = [...traced, process.execPath, ...program];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: environment });
  let pid = blow.by === 'call' ? undefined : child.pid;
  const kill = (): void => {
    try {
      if (pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(pid, 'SIGKILL');
    } catch {
      // It was quicker.
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const killIn = (ms: number): void => void (timer = setTimeout(kill, ms));
  if (blow.by === 'clock' && blow.from === 'start') killIn(blow.after);
  const lines: string[] = [];
  const begun = Promise.withResolvers<void>();
  const awaited: { readonly beginning: string; readonly met: () => void }[] = [];
  const reader = createInterface({ input: child.stdout });
  let last = '';
  child.stdout.on('data', (chunk: Buffer) => (last = chunk.toString().at(-1) ?? last));
  reader.on('line', (line) => {
    lines.push(line);
    for (const { beginning, met } of awaited) if (line.startsWith(beginning)) met();
    const said = /^pid (\d+)$/.exec(line)?.[1];
    if (said === undefined) return;
    pid = Number(said);
    begun.resolve();
    if (blow.by === 'clock' && blow.from === 'work') killIn(blow.after);
  });
  const ended = (async () => {
    const closed = once(reader, 'close');
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    await closed;
    clearTimeout(timer);
    begun.resolve();
    for (const { met } of awaited) met();
    if (last !== '\n') lines.pop();
    if (signal !== 'SIGKILL' && code !== 0) throw new Error(`${program.join(' ')} ended with ${code ?? signal}`);
    return signal === 'SIGKILL';
  })();
  const said = (beginning: string): Promise<void> =>
    new Promise((met) => {
      if (lines.some((line) => line.startsWith(beginning))) met();
      else awaited.push({ beginning, met });
    });
  return { lines, begun: begun.promise, said, ended, kill };
}
