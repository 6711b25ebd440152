/** Entry of the process: the launcher runs this file with `COMMAND ARGS`. */
import process from 'node:process';
import { runCli } from './cli.ts';
import { processContext } from './process-context.ts';

const context = processContext();
process.exitCode = await runCli(process.argv.slice(2), context);
// A pipe takes 64 kB at a time: what is on its way goes first.
await context.drained?.();
// Whatever a command left open (a child that hangs, a socket) does not keep the process.
process.exit();
