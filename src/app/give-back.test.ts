import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { looker } from './give-back.ts';

const MB = 1024 * 1024;

function thread(): { busy: number; held: number; collected: number; look: () => void } {
  const it = { busy: 0, held: 40 * MB, collected: 0, look: (): void => undefined };
  it.look = looker({
    busy: () => it.busy,
    held: () => it.held,
    collect: () => {
      it.collected++;
      it.held = 25 * MB;
    },
  });
  return it;
}

test('a quiet thread collects once, and again when there is something to give back', () => {
  const it = thread();
  for (let i = 0; i < 3; i++) it.look();
  assert.equal(it.collected, 1);
  it.held = 36 * MB;
  it.look();
  assert.equal(it.collected, 1, 'for 11 MB nobody is stopped');
  it.held = 38 * MB;
  it.look();
  assert.equal(it.collected, 2);
});

test('a busy thread is left alone until it is quiet', () => {
  const it = thread();
  it.busy = 0.5;
  it.look();
  assert.equal(it.collected, 0);
  it.busy = 0;
  it.look();
  assert.equal(it.collected, 1);
});

/** Fills 30 MB, drops them, and asks V8 what it holds before and after the thread was quiet. */
const PROGRAM = `
  import { getHeapStatistics } from 'node:v8';
  import { giveBackWhenQuiet } from '${new URL('give-back.ts', import.meta.url).href}';
  let kept = Array.from({ length: 300_000 }, (_, i) => ({ text: 'a line ' + i, i }));
  const full = getHeapStatistics().total_physical_size;
  kept = undefined;
  giveBackWhenQuiet();
  const end = performance.now() + 120_000;
  const look = setInterval(() => {
    const now = getHeapStatistics().total_physical_size;
    if (now >= full / 2 && performance.now() < end) return;
    clearInterval(look);
    console.log(now < full / 2 ? 'given back' : 'kept: ' + now + ' of ' + full);
  }, 100);
`;

test('with the server’s flags a real thread gives back what it no longer needs', async () => {
  const { SERVER_FLAGS } = (await import(new URL('../../launch/frugal.mjs', import.meta.url).href)) as {
    SERVER_FLAGS: readonly string[];
  };
  const { stdout, stderr } = spawnSync(process.execPath, [...SERVER_FLAGS, '--input-type=module', '--eval', PROGRAM], {
    encoding: 'utf8',
  });
  assert.equal(stdout.trim(), 'given back', stderr);
});
