/**
 * The honeypot as a source: starts the child process, takes its records from a pipe, and ends it.
 *
 * The child is the one part of the product that strangers talk to, so it is trusted with nothing: it is handed its settings
 * and no path, key or environment; what it says is checked line by line. Reading from its pipe is the back-pressure: whoever
 * does not ask for records lets the pipe fill, and the child stops reading from its visitors.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { CodedError, type HoneypotConfig, type RawRecord, type SourceTag } from '#contract';
import { printable } from '#lib/printable';
import type { RecordStream } from '../source.ts';
import { wrongRange } from './address.ts';
import type { ChildOptions } from './child.ts';
import { BOOTSTRAP, CHILD_FLAGS } from './child-program.ts';
import { printedProgram } from './printed-program.ts';
import { type Discard, recordLines } from './record-lines.ts';

export interface HoneypotOptions {
  readonly config: HoneypotConfig;
  readonly tag: SourceTag;
  readonly now: () => number;
  /** The Node that runs the child; our own when absent. */
  readonly nodePath?: string;
  /** Called once the port is open. `uid` is undefined where the system has none. */
  readonly onListening: (info: {
    readonly address: string;
    readonly port: number;
    readonly uid: number | undefined;
  }) => void;
  /** Called for each line of the child that is no record, to be counted. */
  readonly onDiscarded?: (reason: Discard) => void;
  /** Called with the child's process id once it runs. */
  readonly onStarted?: (pid: number) => void;
  /** Milliseconds between a wrong password and 'Login incorrect'. */
  readonly failDelay?: number;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** As a small router's login takes its time. */
const FAIL_DELAY = 2000;
/** Milliseconds to end by itself before it is killed. */
const GRACE = 2000;
const STDERR_CHARACTERS = 2000;

export async function* honeypot(options: HoneypotOptions, signal: AbortSignal): RecordStream {
  const wrong = wrongRange(options.config.exempt);
  if (wrong !== undefined)
    throw new CodedError('CONFIG', `honeypot.exempt: '${wrong}' is neither an address nor a CIDR range.`);
  if (signal.aborted) return;

  const child = start(options);
  const gone = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  const complaint = tail(child.stderr);
  // A failed start is thrown below; a failed signal means that it is gone already.
  child.on('error', () => {});
  const stop = (): void => end(child);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await once(child, 'spawn');
    if (child.pid !== undefined) options.onStarted?.(child.pid);
    await brief(child, options);
    yield* records(child, options);
    const code = await gone;
    if (!signal.aborted)
      throw new Error(`The honeypot process ended with ${code ?? 'a signal'}. ${printable(complaint())}`);
  } finally {
    signal.removeEventListener('abort', stop);
    end(child);
    await gone;
  }
}

function start({ nodePath }: HoneypotOptions): Child {
  const child = spawn(nodePath ?? process.execPath, [...CHILD_FLAGS, '-e', BOOTSTRAP], {
    env: {},
    cwd: '/',
    stdio: 'pipe',
  });
  // A child that is gone already says why on its way out; the write to it need not.
  child.stdin.on('error', () => {});
  return child;
}

/** Sends the child its program and its settings, in one line of JSON. */
async function brief(child: Child, { config, failDelay }: HoneypotOptions): Promise<void> {
  const program = await printedProgram();
  const options: ChildOptions = { config, failDelay: failDelay ?? FAIL_DELAY };
  child.stdin.write(`{"program":${program},"options":${JSON.stringify(options)}}\n`);
}

function end(child: Child): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), GRACE);
  child.once('close', () => clearTimeout(kill));
}

async function* records(child: Child, { config, tag, now, onListening, onDiscarded }: HoneypotOptions): RecordStream {
  const lines = recordLines((reason) => onDiscarded?.(reason));
  for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
    const chunk: RawRecord[] = [];
    for (const line of lines(bytes)) {
      if (line.kind === 'record') chunk.push({ source: tag, received: now(), text: line.text });
      else if (line.control.control === 'listening') onListening(line.control);
      else throw refusal(line.control, config);
    }
    if (chunk.length > 0) yield chunk;
  }
}

function refusal(failed: { readonly code: string; readonly reason: string }, { host, port }: HoneypotConfig): Error {
  if (failed.code === 'EADDRINUSE') return new CodedError('HONEYPOT_PORT_IN_USE', `${host}:${port}`);
  return new Error(`The honeypot cannot listen on ${host}:${port}: ${printable(failed.reason)}`);
}

function tail(stderr: Readable): () => string {
  let text = '';
  stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-STDERR_CHARACTERS);
  });
  return () => text.trim();
}
