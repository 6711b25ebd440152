import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { pathToFileURL } from 'node:url';
import { COUNTING_MAIN, makeCheckout, start } from './checkout.ts';

const REPO = dirname(dirname(import.meta.dirname));
const run = promisify(execFile);

/** Says where it runs and where it believes to be. */
const MAIN = `
import { word } from './word.ts';
const place: string = /\\.cache.program/.test(new Error().stack ?? '') ? 'folded' : 'sources';
console.log(word, place, import.meta.url.split('/').slice(-3).join('/'));
`;

async function makeProgram(t: TestContext): Promise<string> {
  const root = makeCheckout(t, MAIN);
  writeFileSync(join(root, 'src/app/word.ts'), `export const word: string = 'one';`);
  await start(t, root, ['parse']).ended;
  symlinkSync(join(REPO, 'node_modules/rolldown'), join(root, 'node_modules/rolldown'));
  return root;
}

async function fold(root: string): Promise<boolean> {
  const module = JSON.stringify(pathToFileURL(join(root, 'launch/program.mjs')).href);
  const script = `const { foldProgram } = await import(${module}); console.log(await foldProgram(process.execPath));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
  return stdout.trim() === 'true';
}

const programs = (root: string): string[] => readdirSync(join(root, '.cache/program'));

test('a folded program is what the sources are, and anything that is changed is not folded', async (t) => {
  const root = await makeProgram(t);
  const said = async (): Promise<string> => (await start(t, root, ['parse']).ended).text;
  assert.equal(await said(), 'one sources src/app/main.ts\n');
  assert.ok(await fold(root));
  assert.equal(await said(), 'one folded src/app/main.ts\n');
  writeFileSync(join(root, 'src/app/word.ts'), `export const word: string = 'two';`);
  assert.equal(await said(), 'two sources src/app/main.ts\n');
  // Whoever made this was killed.
  mkdirSync(join(root, '.cache/program/next-999999999'));
  assert.ok(await fold(root));
  assert.equal(await said(), 'two folded src/app/main.ts\n');
  assert.equal(programs(root).length, 1, 'the first one is gone');
});

test('what does not fold leaves nothing behind, and the sources run', async (t) => {
  const root = await makeProgram(t);
  writeFileSync(join(root, 'src/app/broken-worker.ts'), `import './missing.ts';`);
  assert.equal(await fold(root), false);
  assert.deepEqual(programs(root), []);
  assert.equal((await start(t, root, ['parse']).ended).text, 'one sources src/app/main.ts\n');
});

test('a program that somebody runs from stays until nobody does', async (t) => {
  const root = await makeProgram(t);
  writeFileSync(join(root, 'src/app/main.ts'), COUNTING_MAIN);
  assert.ok(await fold(root));
  const [first] = programs(root);
  const running = start(t, root, ['up']);
  await running.saw('ready');
  writeFileSync(join(root, 'src/app/word.ts'), `export const word: string = 'three';`);
  assert.ok(await fold(root));
  assert.equal(programs(root).length, 2);
  assert.ok(programs(root).includes(first ?? ''));
  running.child.kill('SIGTERM');
  await running.ended;
  writeFileSync(join(root, 'src/app/word.ts'), `export const word: string = 'four and more';`);
  assert.ok(await fold(root));
  assert.equal(programs(root).length, 1);
});

test('what only looks like a source keeps nothing from starting', async (t) => {
  const root = await makeProgram(t);
  // An editor's mark of a file that is being edited points at no file.
  symlinkSync('anna@nas.4711:1', join(root, 'src/app/.#main.ts'));
  assert.equal((await start(t, root, ['parse']).ended).text, 'one sources src/app/main.ts\n');
  assert.ok(await fold(root));
  assert.equal((await start(t, root, ['parse']).ended).text, 'one folded src/app/main.ts\n');
});

test('who cannot tell that it runs from a folded program does not', async (t) => {
  const root = await makeProgram(t);
  assert.ok(await fold(root));
  rmSync(join(root, '.cache/running'), { recursive: true });
  writeFileSync(join(root, '.cache/running'), '');
  assert.equal((await start(t, root, ['parse']).ended).text, 'one sources src/app/main.ts\n');
});

async function saw(child: ChildProcess, text: string): Promise<string> {
  let said = '';
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk);
    if (said.includes(text)) break;
  }
  return said;
}

test('the real program, folded: threads, honeypot, rules and page are found', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-folded-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'program');
  const rolldown = join(REPO, 'node_modules/rolldown/bin/cli.mjs');
  await run(process.execPath, [rolldown, '-c', join(REPO, 'launch/program.rolldown.mjs'), '-d', program]);
  writeFileSync(join(program, 'package.json'), JSON.stringify({ type: 'module', imports: { '#app/*': './*.js' } }));
  const data = join(folder, 'data');
  const args = ['up', '--port', '0', '--honeypot', '127.0.0.1:0', '--data', data];
  const child = spawn(process.execPath, [join(program, 'main.js'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const exit = once(child, 'exit');
  const said = await saw(child, 'Ctrl-C stops.');
  assert.match(said, /Dashboard +http:\/\/127\.0\.0\.1:\d+\//);
  assert.match(said, /Honeypot +127\.0\.0\.1:\d+/);
  assert.match(said, /Rules +[1-9]\d+ loaded\n/);
  child.kill('SIGTERM');
  assert.deepEqual(await exit, [0, null]);
});
