import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { contentOf, fingerprintOf, headOf, sourceOf } from './content.ts';
import { kindOf } from './kind.ts';
import { type Line, numberedLines } from './numbered-lines.ts';

const forever = new AbortController().signal;

function fileOf(t: TestContext, content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-content-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file.log');
  writeFileSync(path, content);
  return path;
}

const TEXT = Array.from({ length: 40_000 }, (_, n) => `line ${n} of a log`).join('\n');
const half = gzipSync(TEXT.slice(0, 1000));

const PACKINGS: readonly (readonly [name: string, bytes: Uint8Array | string])[] = [
  ['plain', TEXT],
  ['gzip', gzipSync(TEXT)],
  ['gzip in two members, as appending to a .gz makes them', Buffer.concat([half, gzipSync(TEXT.slice(1000))])],
  ['zstd', zstdCompressSync(TEXT)],
];
for (const [name, bytes] of PACKINGS) {
  test(`${name}: the same content, the same fingerprint`, async (t) => {
    const source = await sourceOf(fileOf(t, bytes));
    const { size, hash, head, starts } = await fingerprintOf(contentOf(source, forever), [1000, TEXT.length + 1]);
    const plain = await fingerprintOf(asAsync([Buffer.from(TEXT)]), []);
    const start = await fingerprintOf(asAsync([Buffer.from(TEXT.slice(0, 1000))]), []);
    assert.deepEqual([size, hash, head.length], [TEXT.length, plain.hash, 64 * 1024]);
    assert.deepEqual([...starts], [[1000, start.hash]]);
  });
}

const REFUSED: readonly (readonly [name: string, bytes: Uint8Array, reason: RegExp])[] = [
  ['xz', Buffer.from('\xfd7zXZ\0rest', 'latin1'), /unxz/],
  ['bzip2', Buffer.from('BZh91AY', 'latin1'), /bunzip2/],
  ['a journal', Buffer.from('LPKSHHRH......', 'latin1'), /journalctl --file/],
  ['a database', Buffer.from('SQLite format 3\0', 'latin1'), /database/],
  ['a gzip that breaks off', half.subarray(0, half.length - 20), /cannot be unpacked/],
  ['bytes that are no text', Buffer.from([1, 2, 0, 3]), /not text/],
  ['one JSON array', Buffer.from('\n[\n  {"a":1},\n  {"a":2}]'), /jq/],
];
for (const [name, bytes, reason] of REFUSED) {
  test(`refused with what to do: ${name}`, async (t) => {
    const path = fileOf(t, bytes);
    await assert.rejects(async () => kindOf(await headOf(contentOf(await sourceOf(path), forever))), {
      message: reason,
    });
  });
}

test('a folder is refused', async (t) => {
  await assert.rejects(sourceOf(join(fileOf(t, ''), '..')), { message: /is a folder/ });
});

const METRICS = '{"timestamp":"2025-11-30 11:25:10","security_score":92,"entries":[]}';
const KINDS: readonly (readonly [text: string, kind: string])[] = [
  [METRICS, 'metrics'],
  [`{"timestamp":"2025-1\n\n${METRICS}`, 'metrics'],
  ['{"timestamp":"2025-11-30 11:25:10","alerts":["a"]}', 'alerts'],
  ['{"timestamp":"2025-11-30 11:25:10","alerts":["a"],"host":"nas"}', 'lines'],
  ['{"timestamp":"2025-11-30 11:25:10","message":"a"}', 'lines'],
  ['[Sun Nov 30 11:25:10 2025] [error] a web server', 'lines'],
  ['', 'lines'],
  ['ElfFile\0\0\0', 'evtx'],
];
for (const [text, kind] of KINDS)
  test(`${kind}: ${JSON.stringify(text).slice(0, 60)}`, () => assert.equal(kindOf(Buffer.from(text)), kind));

test('lines have the numbers that an editor shows, however the bytes come', async () => {
  const text = 'one\n\n\r\ntwo\nthree\r\n\nfour';
  for (const step of [1, 2, 3, 5, 100]) {
    const chunks = Array.from({ length: Math.ceil(text.length / step) }, (_, i) =>
      Buffer.from(text.slice(i * step, (i + 1) * step)),
    );
    const found = await linesOf(chunks, false);
    assert.deepEqual(
      found.map(({ text: one, number, to }) => [one, number, to]),
      [
        ['one', 1, 4],
        ['two', 4, 11],
        ['three', 5, 18],
        ['four', 7, 23],
      ],
      `${step} bytes at a time`,
    );
  }
});

test('a last line without an end is left out where somebody may be writing it', async () => {
  const found = await linesOf([Buffer.from('one\ntw')], true);
  assert.deepEqual(
    found.map(({ text }) => text),
    ['one'],
  );
});

async function linesOf(chunks: readonly Buffer[], whole: boolean): Promise<Line[]> {
  const all: Line[] = [];
  for await (const found of numberedLines(asAsync(chunks), whole)) all.push(...found);
  return all;
}

async function* asAsync(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}
