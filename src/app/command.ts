/** One subcommand: what it takes, what it says of itself, what it does. The registry is `commands/index.ts`. */
import type { ParseArgsConfig } from 'node:util';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** May be given more than once; `texts` reads it. */
  readonly multiple?: true;
  /** How the value is written in the help (`PORT`). */
  readonly value?: string;
  readonly help: string;
}

/** The world as a command sees it; `main` passes the real one in. */
export interface Context {
  readonly environment: NodeJS.ProcessEnv;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Resolves once what was written has left. Absent: it has. */
  readonly drained?: () => Promise<void>;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdinIsTerminal: boolean;
  readonly uid: number | undefined;
  readonly now: () => number;
  /** Aborted on SIGINT, SIGTERM, and SIGHUP where nobody listens for it. */
  readonly signal: AbortSignal;
  /** SIGHUP means "read your settings again" from now on, unless it says that the terminal was closed. Absent: there are no signals. */
  readonly onHangup?: (listener: () => void) => void;
}

export type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Positional arguments as the help shows them. */
  readonly args: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  /** Exit codes besides 0, in words. */
  readonly exits?: Readonly<Record<number, string>>;
  /** Returns the exit code. */
  run(context: Context, values: Values, positionals: readonly string[]): Promise<number>;
}

export const parseOptions = (command: Command): NonNullable<ParseArgsConfig['options']> => ({
  ...Object.fromEntries(
    Object.entries(command.options).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short === undefined ? {} : { short }), ...(multiple === undefined ? {} : { multiple }) },
    ]),
  ),
  help: { type: 'boolean', short: 'h' },
});

export const text = (values: Values, name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};

/** Of an option that may be given more than once. */
export const texts = (values: Values, name: string): readonly string[] => {
  const value = values[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
};
