#!/usr/bin/env node
/*
 * The way in: `npm start`, `npm test` and `./porchlight COMMAND` all come here.
 *
 * The product needs a current Node (OWN_NODE in node.mjs); this folder must not. Everything that is loaded before that
 * Node has been found (all of launch/ but inside.mjs and tasks/) is plain JavaScript that Node 18 parses, and uses
 * nothing that has to be installed.
 *
 *   porchlight.mjs ── packages stale? ── npm ci        (install.mjs, one at a time, never under a running server)
 *                  ── page stale?     ── vite build    (page.mjs, only for `up`)
 *                  ── this Node new enough ── yes: inside.mjs in this process (a server replaces it: frugal.mjs)
 *                                          ── no:  inside.mjs in the packaged Node (child.mjs)
 *
 * A warm start reads two small stamps and compares sizes and times; nothing is hashed and nothing else is loaded.
 * All that is said here goes to stderr: stdout belongs to the command.
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { chooseNode } from './node.mjs';
import { say, Stop } from './say.mjs';

try {
  const [first, ...rest] = process.argv.slice(2);
  const task = first === '--run' ? (rest[0] ?? '') : undefined;
  const args = task === undefined ? process.argv.slice(2) : rest.slice(1);
  const node = await chooseNode();
  const { ensureInstalled } = await import('./install.mjs');
  await ensureInstalled(node, task ?? args[0] ?? 'help');
  if (task === undefined) {
    if (args[0] === 'up' && !args.includes('--help') && !args.includes('-h')) {
      const { ensurePage } = await import('./page.mjs');
      await ensurePage(node);
    }
    await run(node, 'inside.mjs', args);
  } else {
    if (!['test', 'check', 'bench', 'chaos', 'build'].includes(task))
      throw new Stop(`--run knows test, check, bench, chaos and build, not '${task}'.`);
    await run(node, `tasks/${task}.mjs`, args);
  }
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  say(error.message);
  process.exitCode = error.code;
}

/**
 * @param {import('./node.mjs').Choice} node
 * @param {string} file in launch/
 * @param {readonly string[]} args
 */
async function run(node, file, args) {
  const target = new URL(file, import.meta.url);
  if (node.here && (args[0] === 'up' || args[0] === 'agent') && process.execve !== undefined) {
    const { AGENT_FLAGS, SERVER_FLAGS, serverEnvironment } = await import('./frugal.mjs');
    const flags = args[0] === 'up' ? SERVER_FLAGS : AGENT_FLAGS;
    const words = [process.execPath, ...flags, fileURLToPath(target), ...args];
    process.execve(process.execPath, words, serverEnvironment(process.env));
  }
  if (node.here) {
    process.argv = [process.argv[0], target.pathname, ...args];
    await import(target.href);
    return;
  }
  const { runChild } = await import('./child.mjs');
  await runChild(node.path, target, args);
}
