/** A command line run in this process, in a world that tests make: nothing of the real one is read, and nothing is written to it. */
import { runCli } from './cli.ts';
import type { Context } from './command.ts';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** No terminal, no environment, nothing on standard input, midnight of 1970; `changes` make it another. */
export function contextOf(changes: Partial<Context> = {}): Context {
  return {
    environment: {},
    out: () => undefined,
    err: () => undefined,
    isTerminal: false,
    columns: 100,
    stdin: bytesOf([]),
    stdinIsTerminal: false,
    uid: 1000,
    now: () => 0,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** Runs it to its end. */
export async function runLine(argv: readonly string[], changes: Partial<Context> = {}): Promise<Said> {
  let [out, err] = ['', ''];
  const heard = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const code = await runCli(argv, contextOf({ ...heard, ...changes }));
  return { code, out, err };
}

export async function* bytesOf(chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
}
