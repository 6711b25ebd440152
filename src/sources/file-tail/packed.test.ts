import assert from 'node:assert/strict';
import {
  appendFile,
  copyFile,
  mkdtemp,
  open,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createGzip, gzipSync } from 'node:zlib';
import { hashOf } from './identity.ts';
import { packedHead, scanPacked, unpacked } from './packed.ts';
import type { TailCount } from './recording.ts';
import { type Follower, follower } from './test-follower.ts';

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'packed-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function tailOf(t: TestContext, text: string): Promise<{ path: string; tail: Follower; counted: TailCount[] }> {
  const path = join(await folderFor(t), 'auth.log');
  await writeFile(path, text);
  const counted: TailCount[] = [];
  const tail = follower({ path, onCount: (what) => void counted.push(what) });
  t.after(() => tail.stop());
  return { path, tail, counted };
}

/** As gzip does: the copy has the time of the original, which is removed. */
async function compress(file: string, to: string, spoil = (bytes: Buffer): Buffer => bytes): Promise<void> {
  const { atime, mtime } = await stat(file);
  await writeFile(to, spoil(gzipSync(await readFile(file))));
  await utimes(to, atime, mtime);
  await rm(file);
}

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, n) => `line ${from + n} ${'of a log that goes on '.repeat(3)}`);
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

test('rotated and compressed while we were down: read on at its plain place, then what came after', async (t) => {
  const { path, tail, counted } = await tailOf(t, textOf(numbered(0, 50)));
  tail.start();
  await tail.until(50);
  await tail.stop();
  await appendFile(path, textOf(numbered(50, 9000)));
  await compress(path, `${path}.2.gz`);
  await writeFile(`${path}.1`, textOf(numbered(9000, 9010)));
  await compress(`${path}.1`, `${path}.1.gz`);
  await writeFile(path, textOf(numbered(9010, 9020)));
  tail.start();
  await tail.until(9020);
  assert.deepEqual(tail.texts, numbered(0, 9020));
  assert.equal(tail.records[60]?.position?.stream.key, tail.records[0]?.position?.stream.key);
  // Once more from the marks: nothing comes again.
  await tail.stop();
  tail.start();
  await appendFile(path, 'last\n');
  await tail.until(9021);
  assert.deepEqual(tail.texts.slice(9020), ['last']);
  assert.deepEqual(counted, []);
});

test('stopped in the middle of a compressed file: goes on there', async (t) => {
  const { path, tail } = await tailOf(t, textOf(numbered(0, 10)));
  tail.start();
  await tail.until(10);
  await tail.stop();
  await appendFile(path, textOf(numbered(10, 5000)));
  await compress(path, `${path}.1.gz`);
  await writeFile(path, 'now\n');
  tail.start(700);
  await tail.until(5001);
  assert.equal(tail.records.length, 710);
  tail.start();
  await tail.until(5001);
  assert.deepEqual(tail.texts, [...numbered(0, 5000), 'now']);
});

test('truncated after a copy that was compressed at once: the copy holds what we had not read', async (t) => {
  const { path, tail, counted } = await tailOf(t, textOf(numbered(0, 10)));
  tail.start();
  await tail.until(10);
  await tail.stop();
  await appendFile(path, textOf(numbered(10, 300)));
  await copyFile(path, `${path}.1`);
  await compress(`${path}.1`, `${path}.1.gz`);
  await truncate(path);
  await appendFile(path, textOf(numbered(300, 310)));
  tail.start();
  await tail.until(310);
  assert.deepEqual(tail.texts, numbered(0, 310));
  assert.deepEqual(counted, []);
});

test('a compressed file of another log that begins alike is not taken for ours', async (t) => {
  const header = `# ${'a head that all of them have '.repeat(60)}\n`;
  const { path, tail, counted } = await tailOf(t, `${header}ours 1\n`);
  tail.start();
  await tail.until(2);
  await tail.stop();
  await writeFile(`${path}.1`, `${header}theirs, and more of it\n`);
  await compress(`${path}.1`, `${path}.1.gz`);
  await rm(path);
  await writeFile(path, `${header}ours, anew, and longer than before\n`);
  tail.start();
  await tail.until(4);
  await tail.stop();
  assert.deepEqual(
    tail.texts.filter((text) => !text.startsWith('#')),
    ['ours 1', 'ours, anew, and longer than before'],
  );
  assert.deepEqual(counted, ['vanished']);
});

test('still being compressed: left until it is whole', async (t) => {
  const { path, tail } = await tailOf(t, textOf(numbered(0, 10)));
  tail.start();
  await tail.until(10);
  await tail.stop();
  await appendFile(path, textOf(numbered(10, 2000)));
  const whole = gzipSync(await readFile(path));
  await writeFile(`${path}.1.gz`, whole.subarray(0, whole.length / 2));
  await rm(path);
  await writeFile(path, 'now\n');
  tail.start();
  await tail.until(11);
  assert.equal(tail.texts[10], 'now');
  await writeFile(`${path}.tmp`, whole);
  await rename(`${path}.tmp`, `${path}.1.gz`);
  await tail.until(2001);
  assert.deepEqual(tail.texts.slice(11), numbered(10, 2000));
});

test('damaged: what comes before the damage is read, and it is counted', async (t) => {
  const { path, tail, counted } = await tailOf(t, textOf(numbered(0, 10)));
  tail.start();
  await tail.until(10);
  await tail.stop();
  const noise = Array.from({ length: 20_000 }, (_, n) => hashOf(Buffer.from(`${n}`)));
  await appendFile(path, textOf(noise));
  await compress(path, `${path}.1.gz`, (bytes) => {
    bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 100);
    return bytes;
  });
  await writeFile(path, 'now\n');
  tail.start();
  await tail.until(100);
  while (!tail.texts.includes('now')) await tail.until(tail.records.length + 1);
  const came = tail.texts.slice(10, -1).filter((text) => noise.includes(text)).length;
  assert.ok(came > 5000 && came < 20_000, `${came} lines`);
  assert.deepEqual(counted, ['gzip_damaged']);
});

test('a bomb ends at its limit, and is never held', async (t) => {
  const path = join(await folderFor(t), 'bomb.gz');
  const handle = await open(path, 'w+');
  t.after(() => handle.close());
  const gzip = createGzip({ level: 9 });
  const writing = (async () => {
    for await (const part of gzip) await handle.write(part as Buffer);
  })();
  const zeros = Buffer.alloc(1024 * 1024);
  for (let n = 0; n < 200; n++) if (!gzip.write(zeros)) await new Promise((resolve) => gzip.once('drain', resolve));
  gzip.end();
  await writing;
  const before = process.memoryUsage.rss();
  const scan = await scanPacked(handle);
  assert.equal(scan.end, 'bomb');
  assert.ok(scan.size < 80 * 1024 * 1024, `${scan.size} bytes`);
  assert.ok(process.memoryUsage.rss() - before < 64 * 1024 * 1024);
  assert.equal((await packedHead(handle)).length, 1024);
});

const endings: readonly (readonly [name: string, bytes: Buffer, plain: number, end: string])[] = [
  ['whole', gzipSync('abc'), 3, 'whole'],
  ['two members', Buffer.concat([gzipSync('abc'), gzipSync('def')]), 6, 'whole'],
  ['cut short', gzipSync('abc').subarray(0, -6), 3, 'short'],
  ['no gzip', Buffer.from('not at all'), 0, 'damaged'],
  ['empty', Buffer.alloc(0), 0, 'short'],
];
for (const [name, bytes, plain, end] of endings) {
  test(`unpacked: ${name}`, async (t) => {
    const path = join(await folderFor(t), 'a.gz');
    await writeFile(path, bytes);
    const handle = await open(path);
    t.after(() => handle.close());
    const scan = await scanPacked(handle, 2);
    assert.deepEqual([scan.size, scan.end], [plain, end]);
    assert.equal(scan.marker, plain === 0 ? undefined : hashOf(Buffer.from('ab')));
    for await (const chunk of unpacked(handle)) {
      assert.ok(chunk.length > 0);
      break;
    }
  });
}
