/** Entry of dist/agent.js, the agent as one file: `node agent.js [ACTION] [OPTIONS]` is `porchlight agent [ACTION] [OPTIONS]`. */
import process from 'node:process';
import { agent } from '../commands/agent.ts';
import { processContext } from '../process-context.ts';
import { report, runCommand } from '../run-command.ts';

const context = processContext();
try {
  process.exitCode = await runCommand(agent, process.argv.slice(2), context);
} catch (error) {
  process.exitCode = report(error, context);
}
process.exit();
