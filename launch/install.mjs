import process from 'node:process';
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { held, withLock } from './lock.mjs';
import { packagesFresh, stampPackages } from './packages.mjs';
import { CACHE, ROOT } from './places.mjs';
import { runQuietly } from './quiet.mjs';
import { enter, leave, others } from './running.mjs';
import { Stop } from './say.mjs';

const LOCK = 'install';

/**
 * Returns once node_modules is what package-lock.json asks for and this process is marked as using it.
 * @param {import('./node.mjs').Choice} node
 * @param {string} command what runs, for the message to somebody who wants to install meanwhile
 */
export async function ensureInstalled(node, command) {
  for (;;) {
    if (packagesFresh(node)) {
      enter(command);
      if (!held(LOCK) && packagesFresh(node)) return;
      leave();
    }
    await withLock(LOCK, 'Another start is installing; waiting for it …', (started) => installIfStale(node, started));
  }
}

async function installIfStale(node, started) {
  if (packagesFresh(node)) return;
  const [live] = others();
  if (live !== undefined) {
    throw new Stop(
      `The packages have changed, but Porchlight runs from this folder (process ${live.pid}: ${live.command}) and ` +
        'installing would pull them from under it. Stop it, then start again.',
    );
  }
  const failed = await runQuietly({
    what: 'Installing the packages (once, about half a minute)',
    log: join(CACHE, 'install.log'),
    started,
    ...npm(['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional']),
  });
  if (failed !== undefined) throw new Stop(`npm could not install the packages: ${failed}`);
  stampPackages();
  if (!packagesFresh(node)) {
    throw new Stop(
      `npm left out the packaged Node (${node.path}). Install Node 24 (https://nodejs.org/en/download) and start again.`,
    );
  }
}

/** The npm that started us, otherwise the one on the PATH. */
function npm(args) {
  const script = process.env['npm_execpath'];
  if (script !== undefined && basename(script) === 'npm-cli.js' && exists(script)) {
    return { file: process.execPath, args: [script, ...args], cwd: ROOT, shell: false };
  }
  // On Windows npm is a .cmd file, which only a shell starts; the arguments are our own constants.
  return { file: 'npm', args, cwd: ROOT, shell: process.platform === 'win32' };
}

function exists(file) {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}
