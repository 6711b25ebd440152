/** Entry of the process: the launcher runs this file with `COMMAND ARGS`. */
import process from 'node:process';
import { runCli } from './cli.ts';
import { processContext } from './process-context.ts';

process.exitCode = await runCli(process.argv.slice(2), processContext());
// What was written to a pipe is on its way until somebody takes it: to leave earlier would cut it off. A terminal has it at once.
for (const stream of [process.stdout, process.stderr])
  if (!stream.isTTY) await new Promise<void>((resolve) => stream.write('', () => resolve()));
// Whatever a command left open (a child that hangs, a socket) does not keep the process.
process.exit();
