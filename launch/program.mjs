/*
 * The program in few files. The back end runs from its sources, types stripped by Node; but to find, read and link 600 modules in
 * each thread is two thirds of a start, and 20 MB a thread. So what was started is folded, once, into `.cache/program/<id>/`, and
 * the next start takes it from there. Nothing waits for it: without it the sources run, with the same outcome.
 *
 * `id` covers this place, and names, sizes and times of everything that went in: so a folder is right or is not found, and never changes. It is made
 * beside its place and moved there. Folders that no process runs from are removed when another one is made.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CACHE, LOCKFILE, MODULES, ROOT } from './places.mjs';
import { alive, inUse } from './running.mjs';

const PROGRAMS = join(CACHE, 'program');
const RECIPE = fileURLToPath(new URL('program.rolldown.mjs', import.meta.url));
/** The page has a build of its own. */
const PAGE = join(ROOT, 'src', 'ui', 'web');
const SOURCES = join(ROOT, 'src');

/** A start that lives for this long is not somebody who tries something, ms. */
const SETTLED_MS = 30_000;

/**
 * What runs here is known by this. Every command asks, before anything is warm: so no more is done than it takes. Undefined where it
 * cannot be told, as while files are being exchanged: nothing must keep the sources from running.
 */
export function programId() {
  try {
    const single = [LOCKFILE, join(ROOT, 'package.json'), RECIPE].map((file) => weight(file));
    return createHash('sha1')
      .update(`${ROOT}${single.join('')}${weightOf(SOURCES)}`)
      .digest('hex');
  } catch {
    return undefined;
  }
}

/** An editor marks what it edits with a link that leads nowhere. */
function weight(file) {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? ' \n' : ` ${found.size} ${found.mtimeMs}\n`;
}

function weightOf(folder) {
  let text = '';
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}${sep}${entry.name}`;
    if (!entry.isDirectory()) text += entry.name.includes('.test.') ? '' : entry.name + weight(path);
    else if (path !== PAGE) text += `${entry.name}\n${weightOf(path)}`;
  }
  return text;
}

/** The module to start, as a URL; undefined: it is not folded, or is another one by now. */
export function foldedProgram(id) {
  if (id === undefined) return undefined;
  const main = join(PROGRAMS, id, 'main.js');
  return existsSync(main) ? pathToFileURL(main).href : undefined;
}

const ROLLDOWN = join(MODULES, 'rolldown', 'bin', 'cli.mjs');
/** Arguments of a Node that folds into `folder`. */
const recipe = (folder) => [ROLLDOWN, '-c', RECIPE, '-d', folder];

/**
 * Folds what is there now. Returns false where it cannot: a folder that cannot be written, sources that change meanwhile.
 * @param {string} node the executable
 */
export async function foldProgram(node) {
  const id = programId();
  if (id === undefined) return false;
  if (foldedProgram(id) !== undefined) return true;
  const next = join(PROGRAMS, `next-${process.pid}`);
  try {
    mkdirSync(next, { recursive: true });
    const { spawn } = process.getBuiltinModule('node:child_process');
    const code = await ended(spawn(node, recipe(next), { cwd: ROOT, stdio: 'ignore' }));
    if (code !== 0 || programId() !== id) return false;
    writeFileSync(join(next, 'package.json'), JSON.stringify({ type: 'module', imports: { '#app/*': './*.js' } }));
    // A folder that has its name is believed: after a power cut it must not hold empty files.
    for (const name of readdirSync(next)) sync(join(next, name));
    renameSync(next, join(PROGRAMS, id));
    removeOthers(id);
    return true;
  } catch {
    // Somebody else was faster, or the folder is another user's.
    return foldedProgram(id) !== undefined;
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

function sync(path) {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const ended = (child) =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });

function removeOthers(id) {
  const used = new Set([id, ...inUse()]);
  for (const name of readdirSync(PROGRAMS)) {
    // One that is made right now has its maker's number.
    const maker = /^next-(\d+)$/.exec(name)?.[1];
    const needed = maker === undefined ? used.has(name) : alive({ pid: Number(maker) });
    if (!needed) rmSync(join(PROGRAMS, name), { recursive: true, force: true });
  }
}

/** For the next start, once this one has settled; in a process of its own that gives way to everything else. */
export function foldLater() {
  // An installation that only runs has no tools.
  if (!existsSync(ROLLDOWN)) return;
  const timer = setTimeout(() => {
    // Short commands load this file too, and need no processes.
    const { spawn } = process.getBuiltinModule('node:child_process');
    const script = `import { setPriority } from 'node:os'; setPriority(19);
      const { foldProgram } = await import(${JSON.stringify(import.meta.url)}); await foldProgram(process.execPath);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT, stdio: 'ignore' });
    child.once('error', () => undefined);
    child.unref();
  }, SETTLED_MS);
  timer.unref();
}
