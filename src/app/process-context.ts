/** The world of this process, as commands see it. Signals and a closed output are dealt with here. */
import process from 'node:process';
import { isatty } from 'node:tty';
import type { Context } from './command.ts';

/** Input, output and errors. */
const STANDARD = [0, 1, 2];

export function processContext(): Context {
  const stop = new AbortController();
  let asked = 0;
  const end = (): void => {
    stop.abort();
    // Asked twice, somebody is in a hurry: the store is safe at any moment.
    if (++asked > 1) process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  let onHangup: (() => void) | undefined;
  const hadTerminal = STANDARD.some((descriptor) => isatty(descriptor));
  process.on('SIGHUP', () => {
    // A terminal that was closed is none any more, and says so; `kill -HUP` leaves it as it was.
    const closed = hadTerminal && !STANDARD.some((descriptor) => isatty(descriptor));
    if (onHangup === undefined || closed) end();
    else onHangup();
  });
  // `porchlight search … | head` closes our output early; that is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    environment: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    drained: () => new Promise((resolve) => void process.stdout.write('', () => resolve())),
    isTerminal: process.stdout.isTTY === true,
    // A terminal that was never given a size says 0.
    columns: process.stdout.columns || 100,
    stdin: process.stdin,
    stdinIsTerminal: process.stdin.isTTY === true,
    uid: process.getuid?.(),
    now: Date.now,
    signal: stop.signal,
    onHangup: (listener) => (onHangup = listener),
  };
}
