/** Entry of the process: the launcher runs this file with `COMMAND ARGS`. */
import process from 'node:process';
import { runCli } from './cli.ts';
import { processContext } from './process-context.ts';

process.exitCode = await runCli(process.argv.slice(2), processContext());
// Whatever a command left open (a child that hangs, a socket) does not keep the process.
process.exit();
