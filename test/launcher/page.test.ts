import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeCheckout, start } from './checkout.ts';

const MODULES = join(dirname(dirname(import.meta.dirname)), 'node_modules');
const BUILDING = 'Building the page';

/** A checkout with a page of one line, built by the real vite. */
async function makePage(
  t: TestContext,
): Promise<{ readonly root: string; readonly index: string; readonly built: string }> {
  const root = makeCheckout(t, `console.log('hello');`);
  await start(t, root, ['parse']).ended;
  symlinkSync(join(MODULES, 'vite'), join(root, 'node_modules/vite'));
  mkdirSync(join(root, 'src/ui/web'), { recursive: true });
  const index = join(root, 'src/ui/web/index.html');
  writeFileSync(index, '<!doctype html><title>one</title>');
  return { root, index, built: join(root, 'dist/web/index.html') };
}

test('the page is built for `up` alone, and again only when its sources say something else', async (t) => {
  const { root, index, built } = await makePage(t);
  const search = await start(t, root, ['search', 'x']).ended;
  assert.equal(search.text, 'hello\n');
  const help = await start(t, root, ['up', '--help']).ended;
  assert.equal(help.text, 'hello\n');

  const first = await start(t, root, ['up']).ended;
  assert.match(first.text, new RegExp(BUILDING), first.text);
  assert.match(readFileSync(built, 'utf8'), /one/);
  assert.equal((await start(t, root, ['up']).ended).text, 'hello\n');

  utimesSync(index, new Date(), new Date());
  assert.equal((await start(t, root, ['up']).ended).text, 'hello\n');

  writeFileSync(index, '<!doctype html><title>two</title>');
  assert.match((await start(t, root, ['up']).ended).text, new RegExp(BUILDING));
  assert.match(readFileSync(built, 'utf8'), /two/);

  rmSync(join(root, 'dist/web'), { recursive: true });
  assert.match((await start(t, root, ['up']).ended).text, new RegExp(BUILDING));
  assert.ok(existsSync(built));
});

test('a page that cannot be built does not keep the engine from starting, and leaves the old one in place', async (t) => {
  const { root, index, built } = await makePage(t);
  await start(t, root, ['up']).ended;
  writeFileSync(index, '<!doctype html><script type="module" src="./missing.ts"></script>');
  const { code, text } = await start(t, root, ['up']).ended;
  assert.equal(code, 0);
  assert.match(text, /The page could not be built; everything else starts\. .*missing\.ts/);
  assert.match(text, /hello/);
  assert.match(readFileSync(built, 'utf8'), /one/);
});

test('two starts at once build the page once', async (t) => {
  const { root } = await makePage(t);
  const ends = await Promise.all([start(t, root, ['up']).ended, start(t, root, ['up']).ended]);
  const text = ends.map((end) => end.text).join('');
  assert.equal(text.split(BUILDING).length - 1, 1, text);
  assert.equal(text.split('hello').length - 1, 2, text);
});
