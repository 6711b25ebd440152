/** A tail on real files: forms of text, records of many lines, files that begin alike, and how many are open. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { appendFile, chmod, mkdtemp, open, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { FileTailOptions } from '../file-tail.ts';
import { incarnation } from './incarnation.ts';
import type { TailCount } from './recording.ts';
import { tailShare } from './share.ts';
import { crew } from './test-crew.ts';
import { type Follower, follower } from './test-follower.ts';

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'forms-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface Tailed {
  readonly path: string;
  readonly tail: Follower;
  readonly counted: Partial<Record<TailCount, number>>;
}

async function tailOf(t: TestContext, bytes: string | Buffer, more: Partial<FileTailOptions> = {}): Promise<Tailed> {
  const path = join(await folderFor(t), 'app.log');
  await writeFile(path, bytes);
  const counted: Partial<Record<TailCount, number>> = {};
  const tail = follower({ path, onCount: (what, by) => void (counted[what] = (counted[what] ?? 0) + by), ...more });
  t.after(() => tail.stop().catch(() => {}));
  return { path, tail, counted };
}

test('UTF-16: goes on in it after a restart, places are bytes', async (t) => {
  const { path, tail } = await tailOf(t, Buffer.from('\ufeffone\r\ntwo\r\nha', 'utf16le'));
  tail.start();
  await tail.until(2);
  await tail.stop();
  tail.start();
  await appendFile(path, Buffer.from('lf\r\n', 'utf16le'));
  await tail.until(3);
  assert.deepEqual(tail.texts, ['one', 'two', 'half']);
  assert.deepEqual(
    tail.records.map(({ position }) => position?.to),
    [12, 22, 34],
  );
});

test('truncated under a writer that keeps its place: the hole of NULs is skipped and counted', async (t) => {
  const { path, tail, counted } = await tailOf(t, '');
  const writer = await open(path, 'r+');
  t.after(() => writer.close());
  await writer.write('one\ntwo\n');
  tail.start();
  await tail.until(2);
  await truncate(path);
  await writer.write('three\nfour\n');
  await tail.until(4);
  assert.deepEqual(tail.texts, ['one', 'two', 'three', 'four']);
  assert.equal(counted.nul_bytes, 8);
  assert.equal(counted.truncated, 1);
});

test('truncated with lines that were seen but not read: their bytes are known', async (t) => {
  const path = join(await folderFor(t), 'app.log');
  await writeFile(path, 'one\n');
  const tag = { id: 'file:x', agent: 'local', host: 'nas' };
  const file = await incarnation(await open(path), { path, tag, now: Date.now });
  t.after(() => file.handle.close());
  assert.equal(await file.look(), 'changed');
  for await (const records of file.read(Buffer.alloc(100))) assert.equal(records[0]?.text, 'one');
  await appendFile(path, 'lost 1\nlost 2\n');
  assert.equal(await file.look(), 'changed');
  await writeFile(path, 'x\n');
  for await (const records of file.read(Buffer.alloc(100))) assert.fail(`${records.length} records of another file`);
  assert.equal(await file.look(), 'rewritten');
  assert.equal(file.unread, 14);
});

const HEADER = `# ${'what every one of these files begins with '.repeat(40)}\n`;

test('written anew with the same head, longer than before: another file, all of it is read', async (t) => {
  const { path, tail } = await tailOf(t, `${HEADER}a 1\n`);
  tail.start();
  await tail.until(2);
  const fresh = (name: string): string[] => Array.from({ length: 21 }, (_, n) => `${name} ${n}`);
  await writeFile(path, `${HEADER}${fresh('b').join('\n')}\n`);
  await tail.until(24);
  await tail.stop();
  await writeFile(path, `${HEADER}${fresh('c').join('\n')}\n`);
  tail.start();
  await tail.until(46);
  assert.deepEqual(
    tail.texts.filter((text) => !text.startsWith('#')),
    ['a 1', ...fresh('b'), ...fresh('c')],
  );
});

test('marks of an earlier version, without a marker, still hold', async (t) => {
  const { path, tail } = await tailOf(t, 'one\ntwo\n');
  tail.start();
  await tail.until(2);
  await tail.stop();
  const known = tail.marks().map((mark) => {
    const { markerAt: _, markerHash: __, ...detail } = JSON.parse(mark.detail) as Record<string, unknown>;
    return { ...mark, detail: JSON.stringify(detail) };
  });
  const next = follower({ path, from: known });
  t.after(() => next.stop());
  next.start();
  await appendFile(path, 'three\n');
  await next.until(1);
  assert.deepEqual(next.texts, ['three']);
});

const MULTILINE = { start: '^\\d+ ', max_lines: 100, max_wait: 30 };

test('records of many lines: one each, the last one after its time, places without a gap', async (t) => {
  const { path, tail } = await tailOf(t, '1 boom\n  at a\n  at b\n2 next\n', { multiline: MULTILINE });
  tail.start();
  await tail.until(2);
  await appendFile(path, '3 last\n  at c\n  unfinished');
  await tail.until(3);
  assert.deepEqual(tail.texts, ['1 boom\n  at a\n  at b', '2 next', '3 last\n  at c\n  unfinished']);
});

test('a record of many lines that was held when we stopped comes whole after the start', async (t) => {
  const { path, tail } = await tailOf(t, '1 boom\n  at a\n2 next\n  at b\n', {
    multiline: { ...MULTILINE, max_wait: 600_000 },
  });
  tail.start();
  await tail.until(1);
  await tail.stop();
  tail.start();
  await appendFile(path, '  at c\n3 end\n');
  await tail.until(2);
  assert.deepEqual(tail.texts, ['1 boom\n  at a', '2 next\n  at b\n  at c']);
});

test('without watches the poll does it', async (t) => {
  const { path, tail } = await tailOf(t, 'one\n', { share: tailShare({ watch: false }) });
  tail.start();
  await tail.until(1);
  await appendFile(path, 'two\n');
  await rename(path, `${path}.1`);
  await writeFile(path, 'three\n');
  await tail.until(3);
  assert.deepEqual(tail.texts, ['one', 'two', 'three']);
});

test('a log that gets a name that matches too goes on at its place', async (t) => {
  const folder = await folderFor(t);
  await writeFile(join(folder, 'a.log'), 'one\ntwo\n');
  const all = crew(join(folder, '*.log'));
  t.after(() => all.stop());
  await all.start();
  await all.until(() => all.records.length === 2);
  await rename(join(folder, 'a.log'), join(folder, 'a-old.log'));
  await writeFile(join(folder, 'a.log'), 'four\n');
  await appendFile(join(folder, 'a-old.log'), 'three\n');
  await all.until(() => all.records.length === 4);
  await all.stop();
  await all.start();
  await appendFile(join(folder, 'a-old.log'), 'five\n');
  await all.until(() => all.records.length === 5);
  assert.deepEqual(all.records.map(({ text }) => text).toSorted(), ['five', 'four', 'one', 'three', 'two']);
});

test('compressed while its tail slept, all of it read before: it does not come again', async (t) => {
  const folder = await folderFor(t);
  const [a, b] = [join(folder, 'a.log'), join(folder, 'b.log')];
  await writeFile(a, 'a one\n');
  await writeFile(b, 'b one\n');
  const all = crew(join(folder, '*.log'), { seats: 1 });
  t.after(() => all.stop());
  await all.start();
  await all.until(() => all.records.length === 2);
  // There is one seat: whoever read this has it, and the other one sleeps.
  await appendFile(b, 'b two\n');
  await all.until(() => all.records.length === 3);
  await writeFile(`${a}.1.gz`, gzipSync('a one\n'));
  await rm(a);
  await writeFile(a, 'a two\n');
  await all.until(() => all.records.length === 4);
  await appendFile(a, 'a three\n');
  await all.until(() => all.records.length === 5);
  const texts = all.records.map(({ text }) => text);
  assert.deepEqual(texts.toSorted(), ['a one', 'a three', 'a two', 'b one', 'b two']);
});

/** Follows 2000 files with 256 descriptors, of which Node itself takes some twenty. */
const PROGRAM = `
import { crew } from ${JSON.stringify(new URL('test-crew.ts', import.meta.url).href)};
import { appendFileSync } from 'node:fs';
const folder = process.argv[1];
const all = crew(folder + '/*.log', { poll: 250 });
await all.start();
await all.until(() => all.records.length === 2000, 60_000);
for (let n = 0; n < 2000; n += 2) appendFileSync(folder + '/' + n + '.log', 'again\\n');
await all.until(() => all.records.length === 3000, 60_000);
await all.stop();
process.stdout.write(JSON.stringify({ lines: all.records.length, texts: new Set(all.records.map((r) => r.source.path + r.text)).size }));
`;

test('2,000 files with 256 descriptors', { skip: process.platform === 'win32' }, async (t) => {
  const folder = await folderFor(t);
  await chmod(folder, 0o755);
  for (let n = 0; n < 2000; n++) writeFileSync(join(folder, `${n}.log`), 'first\n');
  const command = 'ulimit -n 256 && exec "$0" --input-type=module -e "$1" "$2"';
  const child = spawn('sh', ['-c', command, process.execPath, PROGRAM, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill());
  assert.deepEqual(JSON.parse(await textOf(child.stdout)), { lines: 3000, texts: 3000 });
});
