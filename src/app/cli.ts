/** argv → command. */
import { CodedError } from '#contract';
import { nearest } from '#lib/nearest';
import type { Command, Context } from './command.ts';
import { allCommands, commandNames, loadCommand } from './commands/index.ts';
import { report, runCommand } from './run-command.ts';
import { VERSION } from './version.ts';

export { help } from './run-command.ts';

export async function runCli(argv: readonly string[], context: Context): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    context.out(`${await overview()}\n`);
    return 0;
  }
  if (name === '--version' || name === '-v') {
    context.out(`porchlight ${VERSION}\n`);
    return 0;
  }
  try {
    const command = await find(name);
    return await runCommand(command, rest, context);
  } catch (error) {
    return report(error, context);
  }
}

async function find(name: string): Promise<Command> {
  const command = await loadCommand(name);
  if (command !== undefined) return command;
  const meant = nearest(name, commandNames);
  throw new CodedError(
    'USAGE',
    `there is no command "${name}"${meant === undefined ? '' : `. Did you mean "${meant}"?`}`,
  );
}

async function overview(): Promise<string> {
  const commands = await allCommands();
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'Porchlight: a security operations centre for one house.',
    '',
    'Usage: porchlight COMMAND [OPTIONS]',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'porchlight COMMAND --help says more, with examples.',
  ].join('\n');
}
