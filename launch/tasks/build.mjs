/*
 * `porchlight --run build`: packages, page and the agent as one file, and nothing is started. For a folder that the server itself may
 * not write.
 */
import process from 'node:process';
import { buildAgent } from '../agent.mjs';
import { ensurePage } from '../page.mjs';
import { foldProgram } from '../program.mjs';
import { say, Stop } from '../say.mjs';

try {
  const node = { path: process.execPath, here: true, packaged: false };
  await ensurePage(node, { must: true });
  await buildAgent(node);
  if (!(await foldProgram(node.path))) say('The program could not be folded; it starts from its sources.');
  say('Packages, page and agent (dist/agent.js) are ready.');
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  say(error.message);
  process.exitCode = error.code;
}
