/*
 * dist/agent.js, the agent as one file. Made beside its place and moved there, so that one which is being copied is whole.
 */
import process from 'node:process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE, DIST, MODULES, ROOT } from './places.mjs';
import { runQuietly } from './quiet.mjs';
import { Stop } from './say.mjs';

const AGENT = join(DIST, 'agent.js');

/** @param {import('./node.mjs').Choice} node */
export async function buildAgent(node) {
  const next = join(DIST, `agent.next-${process.pid}.js`);
  mkdirSync(dirname(AGENT), { recursive: true });
  const config = fileURLToPath(new URL('agent.rolldown.mjs', import.meta.url));
  try {
    const failed = await runQuietly({
      what: 'Building the agent',
      log: join(CACHE, 'agent.log'),
      started: () => undefined,
      file: node.path,
      args: [join(MODULES, 'rolldown', 'bin', 'cli.mjs'), '-c', config, '-o', next],
      cwd: ROOT,
      shell: false,
      env: process.env,
    });
    if (failed !== undefined) throw new Stop(`The agent could not be built: ${failed}`);
    renameSync(next, AGENT);
  } finally {
    rmSync(next, { force: true });
  }
}
