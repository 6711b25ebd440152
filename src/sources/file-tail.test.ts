import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, createWriteStream, writeFileSync } from 'node:fs';
import {
  appendFile,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileTail, type FileTailOptions } from './file-tail.ts';
import { type Follower, follower } from './file-tail/test-follower.ts';

const A = 'Nov 20 11:09:35 nas sshd[1]: Failed password for root from 203.0.113.7 port 4242 ssh2';

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tail-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function tailOf(
  t: TestContext,
  text?: string,
  more: Partial<FileTailOptions> = {},
): Promise<{ path: string; tail: Follower }> {
  const path = join(await folderFor(t), 'auth.log');
  if (text !== undefined) await writeFile(path, text);
  const tail = follower({ path, ...more });
  // What it threw is the test's own affair.
  t.after(() => tail.stop().catch(() => {}));
  return { path, tail };
}

test('what was there at first sight is backfill, what is written later is not, also after a restart in between', async (t) => {
  const { path, tail } = await tailOf(t, 'old 1\nold 2\nold 3\nhalf');
  tail.start(1);
  await tail.until(1);
  tail.start();
  await tail.until(3);
  await appendFile(path, ' new\nnew\n');
  await tail.until(5);
  assert.deepEqual(
    tail.records.map(({ text, backfill }) => [text, backfill]),
    [
      ['old 1', true],
      ['old 2', true],
      ['old 3', true],
      ['half new', undefined],
      ['new', undefined],
    ],
  );
});

test('a file that appears later is new, in a folder that appears later too', async (t) => {
  const path = join(await folderFor(t), 'log', 'auth.log');
  // A round that found nothing asks for the time at its end.
  const { promise: firstLook, resolve: looked } = Promise.withResolvers<void>();
  const tail = follower({ path, now: () => (looked(), Date.now()) });
  t.after(() => tail.stop());
  tail.start();
  await firstLook;
  await mkdir(join(path, '..'));
  await writeFile(path, 'first\n');
  await tail.until(1);
  assert.equal(tail.records[0]?.backfill, undefined);
});

test('files that were rotated away before the first sight stay unread', async (t) => {
  const { path, tail } = await tailOf(t, '');
  await writeFile(`${path}.1`, 'ancient, written later\n');
  tail.start();
  await appendFile(path, 'now\n');
  await tail.until(1);
  await tail.stop();
  tail.start();
  await appendFile(path, 'again\n');
  await tail.until(2);
  assert.deepEqual(tail.texts, ['now', 'again']);
});

test('renamed while we were down, twice: the rest of the known file, the file between, and the new one, in this order', async (t) => {
  const { path, tail } = await tailOf(t, 'a 1\n');
  tail.start();
  await tail.until(1);
  await tail.stop();
  await appendFile(path, 'a 2\n');
  await rename(path, `${path}-20261120`);
  await writeFile(path, 'b 1\n');
  await rename(path, `${path}.1`);
  await writeFile(path, 'c 1\n');
  tail.start();
  await tail.until(4);
  assert.deepEqual(tail.texts, ['a 1', 'a 2', 'b 1', 'c 1']);
  assert.ok(tail.records.slice(1).every(({ backfill }) => backfill === undefined));
});

test('made, written and rotated away in the tick of the clock in which the log was first seen: still read', async (t) => {
  const { path, tail } = await tailOf(t, 'first\n');
  const tick = new Date(Date.now() - 5000);
  await utimes(path, tick, tick);
  tail.start();
  await tail.until(1);
  await tail.stop();
  await rename(path, `${path}.2`);
  await writeFile(`${path}.1`, 'between\n');
  await utimes(`${path}.1`, tick, tick);
  await writeFile(path, 'last\n');
  tail.start();
  await tail.until(3);
  assert.deepEqual(tail.texts, ['first', 'between', 'last']);
});

test('a copy that somebody made, or a compressed one, is not read', async (t) => {
  const { path, tail } = await tailOf(t, `${A}\n`);
  tail.start();
  await tail.until(1);
  await copyFile(path, `${path}.1`);
  await writeFile(`${path}.2.gz`, 'not a log\n');
  await writeFile(`${path}.bak`, 'a backup\n');
  await tail.stop();
  tail.start();
  await appendFile(path, 'more\n');
  await tail.until(2);
  assert.deepEqual(tail.texts, [A, 'more']);
});

test('copytruncate while we were down: the copy holds what we had not read', async (t) => {
  const { path, tail } = await tailOf(t, `${A}\n`);
  tail.start();
  await tail.until(1);
  await tail.stop();
  await appendFile(path, 'unread\n');
  await copyFile(path, `${path}.1`);
  await truncate(path);
  await appendFile(path, `a new line that is longer than all of the old file was: ${A}${A}\n`);
  tail.start();
  await tail.until(3);
  assert.deepEqual(tail.texts.slice(0, 2), [A, 'unread']);
  assert.equal(new Set(tail.records.map(({ position }) => position?.stream.key)).size, 2);
});

test('another file with the same inode is another stream', async (t) => {
  const { path, tail } = await tailOf(t, 'first file, read\n');
  tail.start();
  await tail.until(1);
  await tail.stop();
  // Written over in place: as an inode that is used again, with as many bytes as before.
  await writeFile(path, 'other file, read\nand more\n');
  tail.start();
  await tail.until(3);
  assert.deepEqual(tail.texts.slice(1), ['other file, read', 'and more']);
  assert.notEqual(tail.records[1]?.position?.stream.key, tail.records[0]?.position?.stream.key);
});

const FRESH = Array.from({ length: 100 }, (_, n) => `fresh ${n}`);

test('truncated and written past the old place between two looks: all of the new lines, and no piece of one', async (t) => {
  const { path, tail } = await tailOf(t, 'one\n');
  tail.start();
  await tail.until(1);
  writeFileSync(path, `${FRESH.join('\n')}\n`);
  await tail.until(101);
  assert.deepEqual(tail.texts, ['one', ...FRESH]);
});

test('truncated and written past the old place between a look and the reading', async (t) => {
  let isArmed = false;
  // The tail asks for the time after it saw that there is more, before it reads on.
  const now = (): number => {
    if (isArmed) writeFileSync(path, `${FRESH.join('\n')}\n`);
    isArmed = false;
    return Date.now();
  };
  const { path, tail } = await tailOf(t, 'one\n', { now });
  tail.start();
  await tail.until(1);
  appendFileSync(path, 'two\n');
  isArmed = true;
  await tail.until(101);
  assert.deepEqual(
    tail.texts.filter((text) => text !== 'one' && text !== 'two'),
    FRESH,
  );
});

test('the head grows with the file: one key, a new tag object, the old tag untouched', async (t) => {
  const { path, tail } = await tailOf(t, `${A}\n`);
  tail.start();
  await tail.until(1);
  await appendFile(path, `${A}\n`.repeat(20));
  await tail.until(21);
  await appendFile(path, `${A}\n`);
  await tail.until(22);
  const details = tail.records.map(({ position }) => position?.stream);
  assert.equal(new Set(details.map((tag) => tag?.key)).size, 1);
  assert.notEqual(details[0]?.detail, details[20]?.detail);
  assert.match(details[20]?.detail ?? '', /"headLength":1024/);
  // A marker of its own is for the last record of what was read at once; those before share one object.
  assert.match(details[21]?.detail ?? '', new RegExp(`"markerAt":${22 * (A.length + 1)},`));
  assert.equal(details[2], details[3]);
  assert.notEqual(details[19], details[20]);
});

test('a rotated file is let go after a quiet time, its unfinished line is taken then', async (t) => {
  let clock = 0;
  const { path, tail } = await tailOf(t, 'one\nunfinished', { elapsed: () => clock, linger: 1000 });
  tail.start();
  await tail.until(1);
  await rename(path, `${path}.1`);
  await writeFile(path, 'two\n');
  await tail.until(2);
  clock = 999;
  await appendFile(path, 'three\n');
  await tail.until(3);
  assert.deepEqual(tail.texts, ['one', 'two', 'three']);
  clock = 1000;
  await tail.until(4);
  assert.equal(tail.texts[3], 'unfinished');
  // It is remembered: a copy of it is nothing new.
  await copyFile(`${path}.1`, `${path}.2`);
  await appendFile(path, 'four\n');
  await tail.until(5);
  await appendFile(path, 'five\n');
  await tail.until(6);
  assert.deepEqual(tail.texts.slice(4), ['four', 'five']);
});

test('a 10 MB line is cut, its place covers it, and it is never held whole', async (t) => {
  const { path, tail } = await tailOf(t, '');
  const stream = createWriteStream(path);
  for (let n = 0; n < 160; n++) if (!stream.write('x'.repeat(65_536))) await once(stream, 'drain');
  stream.end('\nnext\n');
  await once(stream, 'close');
  tail.start();
  await tail.until(2);
  const [long, next] = tail.records;
  assert.equal(long?.text.length, 1_048_576);
  assert.equal(long?.cut, true);
  assert.deepEqual([long?.position?.from, long?.position?.to], [0, 10_485_761]);
  assert.deepEqual([next?.text, next?.cut], ['next', undefined]);
});

test('not following: ends at the end, the unfinished line included, in chunks of at most 4096 records', async (t) => {
  const { path } = await tailOf(t, `${'x\n'.repeat(10_000)}end`);
  const options = {
    path,
    tag: { id: 'x', agent: 'local', host: 'nas' },
    known: [],
    poll: 1000,
    now: () => 5,
    follow: false,
  };
  const sizes: number[] = [];
  let last = '';
  for await (const records of fileTail(options, new AbortController().signal)) {
    sizes.push(records.length);
    last = records.at(-1)?.text ?? '';
    assert.equal(records[0]?.received, 5);
  }
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    10_002,
    'the place of the file, and its lines',
  );
  assert.ok(Math.max(...sizes) <= 4096);
  assert.equal(last, 'end');
});

test('ending the signal ends the iteration at once, also while it waits', async (t) => {
  const { tail } = await tailOf(t, 'one\n', { poll: 3_600_000 });
  tail.start();
  await tail.until(1);
  await tail.stop();
});

test('without a watch the poll does it alone', async (t) => {
  const { path, tail } = await tailOf(t, 'one\n');
  // Written through another name in another folder: the watch of this one sees nothing.
  const elsewhere = join(await folderFor(t), 'other');
  await link(path, elsewhere);
  tail.start();
  await tail.until(1);
  await appendFile(elsewhere, 'two\n');
  await tail.until(2);
  assert.deepEqual(tail.texts, ['one', 'two']);
});

test('a link to a neighbour is followed', async (t) => {
  const { path, tail } = await tailOf(t);
  await writeFile(join(path, '..', 'real.log'), 'one\n');
  await symlink('real.log', path);
  tail.start();
  await tail.until(1);
});

const refused: readonly (readonly [name: string, make: (path: string) => Promise<unknown>, error: RegExp])[] = [
  ['a link out of the folder', (path) => symlink('/etc/passwd', path), /link out of its folder/],
  [
    'a link through a folder and out',
    async (path) => {
      await symlink('/etc', join(path, '..', 'inner'));
      await symlink('inner/passwd', path);
    },
    /link out of its folder/,
  ],
  ['a folder', (path) => mkdir(path), /not a regular file/],
];
for (const [name, make, error] of refused) {
  test(`refused at start: ${name}`, async (t) => {
    const { path, tail } = await tailOf(t);
    await make(path);
    tail.start();
    await assert.rejects(tail.until(1), error);
    assert.deepEqual(tail.texts, []);
  });
}
