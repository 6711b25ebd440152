/** Logs that begin alike, as those with dates do, and folders whose time stands still: nothing is taken for a copy that is none. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { folderNames } from './folder-names.ts';
import { follower } from './test-follower.ts';

async function logIn(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tail-alike-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'a.log');
  writeFileSync(path, text);
  return path;
}

const DATE = '2026-11-20T10:0';

test('half a date in the new file: what was rotated away before, and begins with that date, comes first', async (t) => {
  const path = await logIn(t, `${DATE}0 one\n`);
  const tail = follower({ path });
  t.after(() => tail.stop());
  tail.start();
  await tail.until(1);
  await tail.stop();
  appendFileSync(path, `${DATE}1 two\n`);
  renameSync(path, `${path}.2`);
  writeFileSync(`${path}.1`, `${DATE}2 three\n`);
  writeFileSync(path, DATE);
  tail.start();
  await tail.until(3);
  appendFileSync(path, '3 four\n');
  await tail.until(4);
  assert.deepEqual(
    tail.texts.map((text) => text.split(' ')[1]),
    ['one', 'two', 'three', 'four'],
  );
});

test('a short file that was read: another that begins with all of it is not taken for its copy', async (t) => {
  const path = await logIn(t, 'begun\n');
  const tail = follower({ path });
  t.after(() => tail.stop());
  tail.start();
  await tail.until(1);
  await tail.stop();
  renameSync(path, `${path}.2`);
  writeFileSync(`${path}.1`, 'begun\nand gone on\n');
  writeFileSync(path, 'begun\nfor the third time\n');
  tail.start();
  await tail.until(5);
  assert.deepEqual(tail.texts, ['begun', 'begun', 'and gone on', 'begun', 'for the third time']);
});

test('half a compressed file beside what it is made from, by a clock that is ahead: nothing new', async (t) => {
  const lines = Array.from({ length: 400 }, (_, n) => `line ${n} ${(n * 7919) % 10_007}\n`).join('');
  const path = await logIn(t, lines);
  const tail = follower({ path, now: () => Date.now() + 7_200_000 });
  t.after(() => tail.stop());
  tail.start();
  await tail.until(400);
  renameSync(path, `${path}.1`);
  const packed = gzipSync(lines);
  writeFileSync(`${path}.1.gz`, packed.subarray(0, packed.length >> 1));
  writeFileSync(path, 'new\n');
  await tail.until(401);
  const { atime, mtime } = statSync(`${path}.1`);
  writeFileSync(`${path}.1.gz`, packed);
  utimesSync(`${path}.1.gz`, atime, mtime);
  rmSync(`${path}.1`);
  appendFileSync(path, 'last\n');
  await tail.until(402);
  assert.deepEqual(tail.texts.slice(400), ['new', 'last']);
  assert.equal(readFileSync(path, 'utf8'), 'new\nlast\n');
});

test('a folder whose time stands still is listed again until a tick has gone by since that time was seen', async (t) => {
  const path = await logIn(t, '');
  const folder = join(path, '..');
  let clock = 5;
  const names = folderNames(() => clock);
  const stamp = new Date('2026-11-20T10:00:00Z');
  const add = (name: string): void => {
    writeFileSync(join(folder, name), '');
    utimesSync(folder, stamp, stamp);
  };
  const seen: [count: number, isSettled: boolean][] = [];
  async function look(at: number): Promise<void> {
    clock = at;
    const { names: found, isSettled } = await names(folder);
    seen.push([found.length, isSettled]);
  }
  add('b');
  await look(10);
  add('c');
  await look(100);
  add('d');
  await look(111);
  // Nobody changes a folder within the tick that is over: that is how the test sees that it is not listed again.
  add('e');
  await look(5000);
  assert.deepEqual(seen, [
    [2, false],
    [3, false],
    [4, true],
    [4, true],
  ]);
});
