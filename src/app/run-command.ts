/** One command from its words to its exit code. Errors of the table end with what to do next; anything else is a bug and shows its stack. */
import { parseArgs } from 'node:util';
import { ApiError, CodedError, ERRORS } from '#contract';
import { printable } from '#lib/printable';
import { endRestore } from './backup/ended.ts';
import { type Command, type Context, type OptionSpec, parseOptions, text } from './command.ts';
import { dataFolder } from './data-folder.ts';

const HELP_OPTION: OptionSpec = { type: 'boolean', short: 'h', help: 'This text.' };
const USAGE_EXIT = 2;
const ERROR_EXIT = 3;
/** Ctrl-C, as shells count it. */
const STOPPED = 130;

/** Throws what the command throws. */
export async function runCommand(command: Command, args: string[], context: Context): Promise<number> {
  const { values, positionals } = parse(command, args);
  if (values['help'] === true) {
    context.out(`${help(command)}\n`);
    return 0;
  }
  const options = values as Parameters<Command['run']>[1];
  if ('data' in command.options) await endRestore(dataFolder(text(options, 'data'), context.environment, context.uid));
  return command.run(context, options, positionals);
}

function parse(command: Command, args: string[]): ReturnType<typeof parseArgs> {
  const takesQuery = command.args.includes('QUERY');
  const words = takesQuery ? args.map((arg) => (NEGATION.test(arg) ? ` ${arg}` : arg)) : args;
  try {
    const parsed = parseArgs({ args: words, options: parseOptions(command), allowPositionals: true, strict: true });
    return { ...parsed, positionals: parsed.positionals.map((word) => word.trimStart()) };
  } catch (error) {
    const reason = (error as Error).message.split('. To specify')[0] ?? '';
    const hint = takesQuery && args.some((arg) => /^-\w/.test(arg)) ? '. A query that begins with - goes after --' : '';
    throw new CodedError('USAGE', `porchlight ${command.name}: ${reason}${hint}`);
  }
}

/** `-user.name:root` and `-"a phrase"` are what a query leaves out and can be no option. */
const NEGATION = /^-(?!-)[^=]*[:"(\s]/;

/** Says what went wrong; gives the exit code. */
export function report(error: unknown, context: Context): number {
  // Stopped while an answer was awaited: nothing went wrong, and nothing is there to be said.
  if (context.signal.aborted && error instanceof Error && error.name === 'AbortError') return STOPPED;
  if (error instanceof CodedError) {
    context.err(`porchlight: ${safeLines(error.message)}\n  ${ERRORS[error.code].next}\n`);
    return error.code === 'USAGE' ? USAGE_EXIT : ERROR_EXIT;
  }
  if (error instanceof ApiError) {
    context.err(`porchlight: ${safeLines(error.message)}\n  ${printable(error.problem.next)}\n`);
    return ERROR_EXIT;
  }
  context.err(`porchlight: ${safeLines(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
  return ERROR_EXIT;
}

const safeLines = (message: string): string => message.split('\n').map(printable).join('\n');

export function help(command: Command): string {
  const options: Readonly<Record<string, OptionSpec>> = { ...command.options, help: HELP_OPTION };
  const rows = Object.entries(options).map(([name, { value, short, help: meaning }]) => ({
    flag: `--${name}${value === undefined ? '' : ` ${value}`}${short === undefined ? '' : `, -${short}`}`,
    help: meaning,
  }));
  const width = Math.max(...rows.map((row) => row.flag.length));
  const exits = Object.entries(command.exits ?? {}).map(([code, meaning]) => `  ${code}  ${meaning}`);
  return [
    command.summary,
    '',
    `Usage: porchlight ${command.name}${command.args === '' ? '' : ` ${command.args}`} [OPTIONS]`,
    '',
    ...rows.map((row) => `  ${row.flag.padEnd(width)}  ${row.help}`),
    '',
    command.examples.length === 1 ? 'Example:' : 'Examples:',
    ...command.examples.map((example) => `  ${example}`),
    '',
    'Exit codes:',
    '  0  done',
    ...exits,
    `  ${USAGE_EXIT}  the command line was not understood`,
    `  ${ERROR_EXIT}  an error, with what to do about it`,
  ].join('\n');
}
