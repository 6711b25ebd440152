/** One subcommand: what it takes, what it says of itself, what it does. The registry is `commands/index.ts`. */
import type { ParseArgsConfig } from 'node:util';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
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
  /** Aborted on SIGINT, SIGTERM, SIGHUP. */
  readonly signal: AbortSignal;
}

export type Values = Readonly<Record<string, string | boolean | undefined>>;

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
    Object.entries(command.options).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  ),
  help: { type: 'boolean', short: 'h' },
});

export const text = (values: Values, name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};
