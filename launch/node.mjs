/*
 * Which Node runs the product: this one where it is new enough, otherwise the packaged one (an optional dependency).
 * `PORCHLIGHT_NODE=/path/to/node` overrides both.
 */
import process from 'node:process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MODULES } from './places.mjs';
import { Stop } from './say.mjs';

/** 24.7 is the first 24 with argon2; types are stripped and SQLite is built in since before. */
const OWN_NODE = [24, 7];
/** Platforms that have a package; see optionalDependencies. */
const PACKAGED = ['linux-x64', 'linux-arm64', 'win-x64'];

/**
 * @typedef {object} Choice
 * @property {string} path the executable; may not exist before the packages are installed
 * @property {boolean} here it is this very process
 * @property {boolean} packaged it comes out of node_modules
 */

/** @returns {Promise<Choice>} */
export async function chooseNode() {
  const wished = process.env['PORCHLIGHT_NODE'];
  if (wished !== undefined && wished !== '') {
    if (!existsSync(wished)) throw new Stop(`PORCHLIGHT_NODE names ${wished}, which does not exist.`);
    return { path: wished, here: false, packaged: false };
  }
  if (newEnough(process.versions.node)) return { path: process.execPath, here: true, packaged: false };
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  if (!PACKAGED.includes(platform)) {
    throw new Stop(
      `Node ${OWN_NODE.join('.')} or newer is needed; this is ${process.versions.node}, and there is no packaged one for ` +
        `${platform}. Install Node 24 (https://nodejs.org/en/download) and start again.`,
    );
  }
  return { path: packagedNode(platform), here: false, packaged: true };
}

function newEnough(version, least = OWN_NODE) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > least[0] || (major === least[0] && minor >= least[1]);
}

function packagedNode(platform) {
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(MODULES, `node-${platform}`, 'bin', executable);
}
