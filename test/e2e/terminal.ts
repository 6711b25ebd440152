/** A command on a terminal of its own (`script` gives it one), with a person's hands and eyes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { within } from './waiting.ts';

export interface Terminal {
  /** Resolves once the screen shows it, after what was waited for before. */
  shows(text: string): Promise<void>;
  type(keys: string): void;
  /** Every byte that the terminal was sent so far, one character each. */
  bytes(): string;
  /** The same as text. */
  screen(): string;
  /** Resolves with the exit code once the command has ended. */
  readonly ended: Promise<number>;
  /** Ctrl-C, and where that does not help closes the terminal as one closes a window. */
  close(): Promise<void>;
}

export interface TerminalOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly columns?: number;
}

export function openTerminal(command: string, options: TerminalOptions = {}): Terminal {
  // A new terminal has no size; programs that cut lines to it need one. And a shell that stays around the command (dash)
  // would end by the Ctrl-C that the command has dealt with, were it not for the trap.
  const sized = `trap : INT; stty cols ${options.columns ?? 100} rows 40; ${command}`;
  const child = spawn('script', ['-qefc', sized, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  return watch(child, command);
}

function watch(child: ChildProcess, command: string): Terminal {
  const chunks: Buffer[] = [];
  const looks = new Set<() => void>();
  let from = 0;
  const screen = (): string => Buffer.concat(chunks).toString();
  // However the test ends, its terminal does not outlive it: the command hears that it was closed (SIGHUP).
  const hangUp = (): void => void child.kill('SIGKILL');
  process.once('exit', hangUp);
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  child.stdin?.on('error', () => undefined);
  child.stdout?.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    for (const look of looks) look();
  });
  child.once('close', (code) => {
    process.off('exit', hangUp);
    end(code ?? -1);
  });

  async function shows(text: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      const seen = screen();
      const at = seen.indexOf(text, from);
      if (at < 0) return;
      from = at + text.length;
      resolve();
    };
    looks.add(look);
    look();
    void ended.then(() => reject(new Error('It ended.')));
    try {
      await within(`'${text}' on the screen`, promise);
    } catch (error) {
      throw new Error(`${command}: never showed '${text}', but ${JSON.stringify(screen())}`, { cause: error });
    } finally {
      looks.delete(look);
    }
  }

  return {
    shows,
    type: (keys) => void child.stdin?.write(keys),
    bytes: () => Buffer.concat(chunks).toString('latin1'),
    screen,
    ended,
    async close() {
      child.stdin?.write('\x03');
      await within(`${command} ends after Ctrl-C`, ended).catch(hangUp);
      await ended;
    },
  };
}
