/*
 * The web page, dist/web, built from its sources where they differ from what it was built from.
 *
 * Stamp: dist/web.json holds two fingerprints of the sources. `seen` covers names, sizes and times and is compared first;
 * where it differs, `content` (SHA-256 over names and bytes) decides, so a fresh checkout of the same commit builds once.
 * The build goes to a folder of its own and is swapped in by renames: a running server never sees half a page.
 */
import process from 'node:process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { withLock } from './lock.mjs';
import { CACHE, DIST, LOCKFILE, MODULES, ROOT } from './places.mjs';
import { runQuietly } from './quiet.mjs';
import { say, Stop } from './say.mjs';

const PAGE = join(DIST, 'web');
const STAMP = join(DIST, 'web.json');
const WEB = join(ROOT, 'src', 'ui', 'web');
const SOURCES = [WEB, join(ROOT, 'src/ui/model'), join(ROOT, 'src/contract'), join(ROOT, 'src/lib'), LOCKFILE];

/**
 * @param {import('./node.mjs').Choice} node
 * @param {{ must?: boolean }} [options] must: a failed build is an end; otherwise the engine starts without a new page
 */
export async function ensurePage(node, options = {}) {
  if (pageFresh()) return;
  await withLock('page', 'Another start is building the page; waiting for it …', async (started) => {
    if (pageFresh()) return;
    const failed = await build(node, started);
    if (failed === undefined) return;
    if (options.must === true) throw new Stop(`The page could not be built: ${failed}`);
    say(`The page could not be built; everything else starts. ${failed}`);
  });
}

function pageFresh() {
  // A published package has no sources, only the built page.
  if (!existsSync(join(WEB, 'index.html'))) return true;
  if (!existsSync(join(PAGE, 'index.html'))) return false;
  const stamp = readStamp();
  const files = SOURCES.flatMap((source) => [...walk(source)]);
  const seen = seenOf(files);
  if (stamp?.seen === seen) return true;
  if (stamp?.content !== contentOf(files)) return false;
  writeStamp(files);
  return true;
}

async function build(node, started) {
  const next = join(DIST, `web.next-${process.pid}`);
  const last = join(DIST, `web.last-${process.pid}`);
  const files = SOURCES.flatMap((source) => [...walk(source)]);
  const content = contentOf(files);
  mkdirSync(DIST, { recursive: true });
  const vite = join(MODULES, 'vite', 'bin', 'vite.js');
  try {
    const failed = await runQuietly({
      what: 'Building the page (once, a few seconds)',
      log: join(CACHE, 'page.log'),
      started,
      file: node.path,
      args: [vite, 'build', WEB, '--outDir', next, '--emptyOutDir', '--logLevel', 'warn'],
      cwd: ROOT,
      shell: false,
      env: {
        ...process.env,
        NODE_ENV: 'production',
        PATH: `${dirname(node.path)}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH'] ?? ''}`,
      },
    });
    if (failed !== undefined) return failed;
    if (existsSync(PAGE)) renameSync(PAGE, last);
    renameSync(next, PAGE);
    // Sources that changed during the build are seen as changed by the next start.
    if (contentOf(files) === content) writeStamp(files);
    return undefined;
  } finally {
    rmSync(next, { recursive: true, force: true });
    rmSync(last, { recursive: true, force: true });
  }
}

function* walk(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    yield { path, name: relative(ROOT, path), size: stat.size, mtimeMs: stat.mtimeMs };
    return;
  }
  for (const entry of readdirSync(path).sort()) {
    if (entry !== 'node_modules' && !entry.includes('.test.')) yield* walk(join(path, entry));
  }
}

function seenOf(files) {
  return createHash('sha1')
    .update(files.map((file) => `${file.name} ${file.size} ${file.mtimeMs}`).join('\n'))
    .digest('hex');
}

function contentOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.name} ${file.size}\n`).update(readFileSync(file.path));
  return hash.digest('hex');
}

function writeStamp(files) {
  try {
    writeFileSync(STAMP, JSON.stringify({ seen: seenOf(files), content: contentOf(files) }));
  } catch {
    // A folder of another user: the slow way again next time.
  }
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(STAMP, 'utf8'));
  } catch {
    return undefined;
  }
}
