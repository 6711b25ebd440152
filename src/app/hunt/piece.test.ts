import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Piece, piecesOf } from './piece.ts';

async function* inChunks(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function all(format: Piece['format'], content: Buffer, size: number): Promise<readonly Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of piecesOf(format, inChunks(content, size))) pieces.push(piece);
  return pieces;
}

const MB = 1024 * 1024;

for (const size of [1000, 65_536, 300_000]) {
  test(`pieces of lines are whole lines, and all of them, in chunks of ${size}`, async () => {
    const content = Buffer.from(
      Array.from({ length: 30_000 }, (_, at) => `line ${at} ${'x'.repeat(at % 90)}\n`).join(''),
    );
    const pieces = await all('lines', content.subarray(0, -1), size);
    assert.ok(pieces.length > 2);
    for (const { bytes } of pieces.slice(0, -1)) assert.equal(bytes.at(-1), 10);
    assert.ok(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(content.subarray(0, -1)));
  });
}

test('of a line without an end only as much is held as a reader takes', async () => {
  const content = Buffer.concat([Buffer.from('first\n'), Buffer.alloc(20 * MB, 120), Buffer.from('\nlast\n')]);
  const pieces = await all('lines', content, 100_000);
  const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
  assert.ok(bytes.length < 3 * MB);
  assert.ok(bytes.toString('latin1', 0, 7) === 'first\nx' && bytes.toString('latin1').endsWith('x\nlast\n'));
});

test('pieces of an event log are whole chunks behind its header, with their place', async () => {
  const header = Buffer.alloc(4096, 1);
  const chunks = Array.from({ length: 20 }, (_, at) => Buffer.alloc(65_536, 2 + at));
  const pieces = await all('evtx', Buffer.concat([header, ...chunks, Buffer.alloc(100, 99)]), 50_000);
  const found: number[] = [];
  for (const piece of pieces) {
    assert.ok(piece.format === 'evtx');
    assert.ok(header.equals(piece.bytes.subarray(0, 4096)));
    assert.equal(piece.at, found.length * 65_536);
    for (let at = 4096; at + 65_536 <= piece.bytes.length; at += 65_536) found.push(piece.bytes[at] ?? 0);
  }
  assert.deepEqual(
    found,
    chunks.map((chunk) => chunk[0]),
  );
  assert.equal(pieces.at(-1)?.bytes.at(-1), 99);
});

test('nothing has no pieces of lines, and one of an event log: it says that it is none', async () => {
  assert.deepEqual(await all('lines', Buffer.alloc(0), 10), []);
  assert.equal((await all('evtx', Buffer.alloc(0), 10)).length, 1);
});
