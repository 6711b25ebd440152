/*
 * Are the packages in node_modules those of package-lock.json?
 *
 * The stamp, node_modules/.porchlight.json, names the lockfile by size, time and SHA-256, and the platform. Same size and
 * time: fresh, at the price of two small reads. Otherwise the hash decides. Without a stamp, npm's own record of what it
 * put there (node_modules/.package-lock.json, written last) is compared with the lockfile: packages that somebody
 * installed by hand are adopted, and an install that was cut short is not.
 */
import process from 'node:process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCKFILE, MODULES, ROOT } from './places.mjs';

const STAMP = join(MODULES, '.porchlight.json');
const PLATFORM = `${process.platform}-${process.arch}`;

/** @param {import('./node.mjs').Choice} node */
export function packagesFresh(node) {
  if (node.packaged && !existsSync(node.path)) return false;
  const lock = statSync(LOCKFILE);
  const stamp = readJson(STAMP);
  if (stamp === undefined || stamp.platform !== PLATFORM) return adopt();
  if (stamp.size === lock.size && stamp.mtimeMs === lock.mtimeMs) return true;
  if (stamp.sha256 === sha256(LOCKFILE)) {
    stampPackages();
    return true;
  }
  return adopt();
}

/** Says that node_modules now holds what the lockfile asks for. */
export function stampPackages() {
  const { size, mtimeMs } = statSync(LOCKFILE);
  try {
    writeFileSync(STAMP, JSON.stringify({ platform: PLATFORM, size, mtimeMs, sha256: sha256(LOCKFILE) }));
  } catch {
    // A folder of another user: the slow way again next time.
  }
}

function adopt() {
  const wanted = readJson(LOCKFILE)?.packages;
  const found = readJson(join(MODULES, '.package-lock.json'))?.packages;
  if (wanted === undefined || found === undefined) return false;
  const lean = !existsSync(join(ROOT, 'src', 'ui', 'web', 'index.html'));
  const complete = Object.entries(wanted).every(([path, entry]) => path === '' || satisfied(entry, found[path], lean));
  if (complete) stampPackages();
  return complete;
}

/** `lean`: without the page's sources there is nothing to build and nothing to check, and the tools for that may be left out. */
function satisfied(entry, there, lean) {
  if (there === undefined)
    return entry.optional === true || entry.devOptional === true || entry.peer === true || (lean && entry.dev === true);
  return there.version === entry.version && there.integrity === entry.integrity;
}

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
