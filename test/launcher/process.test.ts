import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { COUNTING_MAIN, makeCheckout, start } from './checkout.ts';

const WAYS = ['own', 'other'] as const;

for (const node of WAYS) {
  test(`${node} Node: arguments and exit code pass through, stdout is the command's alone`, async (t) => {
    const root = makeCheckout(t, `process.stdout.write(process.argv.slice(2).join('|')); process.exitCode = 3;`);
    const first = await start(t, root, ['top', '--once', 'a b'], { node }).ended;
    assert.equal(first.code, 3, first.text);
    const second = await start(t, root, ['top', '--once', 'a b'], { node }).ended;
    assert.deepEqual(second, { code: 3, signal: null, text: 'top|--once|a b' });
  });

  test(`${node} Node: death by a signal is passed on as that signal`, async (t) => {
    const root = makeCheckout(t, `process.kill(process.pid, 'SIGTERM'); setInterval(() => undefined, 1000);`);
    const { signal } = await start(t, root, ['up'], { node }).ended;
    assert.equal(signal, 'SIGTERM');
  });

  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    test(`${node} Node: ${name} and its echoes reach the product once`, async (t) => {
      const root = makeCheckout(t, COUNTING_MAIN);
      const run = start(t, root, ['up'], { node });
      await run.saw('ready');
      run.child.kill(name);
      await run.saw(`got ${name} 1`);
      run.child.kill(name);
      const { code, text } = await run.ended;
      assert.equal(code, 41, text);
      assert.doesNotMatch(text, /got \w+ 2/);
    });
  }
}

test('own Node: there is no second process', async (t) => {
  const root = makeCheckout(t, `console.log('ready', process.pid);`);
  const run = start(t, root, ['up']);
  const { text } = await run.ended;
  assert.match(text, new RegExp(`ready ${run.child.pid}\\b`));
});

test('a launcher that is killed takes its child along', async (t) => {
  const root = makeCheckout(t, COUNTING_MAIN);
  const run = start(t, root, ['up'], { node: 'other' });
  await run.saw('ready');
  run.child.kill('SIGKILL');
  // 'close' comes when the child's end of the pipes is closed too: an orphan would keep this waiting.
  const { text } = await run.ended;
  assert.match(text, /got SIGTERM 1/);
});

test('the wrapper follows symbolic links', async (t) => {
  const root = makeCheckout(t, `console.log('ran', process.argv.slice(2).join(' '));`);
  const link = join(root, 'lamp', 'link');
  symlinkSync('../porchlight', link);
  const PATH = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  const { text } = await start(t, root, ['search', 'x'], { command: link, env: { PATH } }).ended;
  assert.match(text, /ran search x/);
});
