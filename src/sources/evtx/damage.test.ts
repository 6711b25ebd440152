/** Logs that are damaged, unfinished or hostile: what is whole is read, what is not is named with its place. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type EvtxItem, isEvtxDamage, readEvtx, readEvtxContent, readEvtxFile } from './index.ts';
import {
  type Body,
  type Element,
  element,
  evtxChunk,
  evtxFile,
  sealChunk,
  slot,
  value,
  type WrittenRecord,
} from './writer.fixture.ts';

const CHUNK = 65_536;
const EVENT = element('Event', {}, slot(0));

const record = (id: number): WrittenRecord => ({
  id,
  body: { template: EVENT, values: [value.string(`number ${id} `.padEnd(60, '.'))] },
});
const chunkOf = (...ids: readonly number[]): Buffer => evtxChunk(ids.map(record));

/** `7` for a record, `chunk@4096` for damage. */
const summary = (items: Iterable<EvtxItem>): (number | string)[] =>
  [...items].map((item) => (isEvtxDamage(item) ? `${item.damaged}@${item.at}` : item.id));

function placeOf(chunk: Buffer, id: number): number {
  for (const item of readEvtx(evtxFile([chunk]))) if (!isEvtxDamage(item) && item.id === id) return item.at - 4096;
  throw new RangeError(`there is no record ${id}`);
}

/** Changes a chunk and leaves its checksums, or sets them anew. */
function changed(chunk: Buffer, change: (bytes: Buffer) => void, seal = true): Buffer {
  change(chunk);
  return seal ? sealChunk(chunk) : chunk;
}

const three = (): Buffer => chunkOf(1, 2, 3);
const second = placeOf(three(), 2);
const third = placeOf(three(), 3);
const freed = three().readUInt32LE(48);

/** The end of its element is turned into the end of all. */
function unclosed(): Buffer {
  const chunk = evtxChunk([{ id: 1, body: { plain: element('Event', {}, 'text') } }]);
  return changed(chunk, (bytes) => bytes.writeUInt8(0, bytes.indexOf(Buffer.from('t\0\x04\0', 'latin1')) + 2));
}

const LOGS: readonly (readonly [what: string, log: Buffer, expected: readonly (number | string)[]])[] = [
  ['several chunks', evtxFile([chunkOf(1, 2), chunkOf(3)]), [1, 2, 3]],
  ['a header that counts fewer chunks', evtxFile([chunkOf(1), chunkOf(2)], 1), [1, 2]],
  ['chunks that were never used', evtxFile([chunkOf(1), Buffer.alloc(CHUNK), chunkOf(2), Buffer.alloc(CHUNK)]), [1, 2]],
  ['no chunks', evtxFile([]), []],
  ['nothing', Buffer.alloc(0), ['file@0']],
  ['no log', Buffer.from('127.0.0.1 - - "GET / HTTP/1.1" 200'), ['file@0']],
  ['a header that is cut', evtxFile([]).subarray(0, 100), ['file@0']],
  ['a changed header', changed(evtxFile([chunkOf(1)]), (log) => log.writeUInt8(9, 44), false), ['file@0', 1]],
  [
    'a chunk of something else',
    evtxFile([chunkOf(1), Buffer.alloc(CHUNK, 1), chunkOf(2)]),
    [1, `chunk@${4096 + CHUNK}`, 2],
  ],
  ['a chunk that is cut', evtxFile([three().subarray(0, third + 20)]), ['chunk@4096', 1, 2, `record@${4096 + third}`]],
  [
    'a changed chunk header',
    evtxFile([changed(three(), (bytes) => bytes.writeUInt8(9, 60), false)]),
    ['chunk@4096', 1, 2, 3],
  ],
  [
    'a changed character',
    evtxFile([changed(three(), (bytes) => bytes.write('N', bytes.indexOf('n\0u\0m\0', third)), false)]),
    ['chunk@4096', 1, 2, 3],
  ],
  [
    'a chunk without checksums',
    evtxFile([changed(three(), (bytes) => bytes.fill(0, 52, 56).fill(0, 124, 128).writeUInt32LE(4, 120), false)]),
    [1, 2, 3],
  ],
  [
    'a record that begins wrongly',
    evtxFile([changed(three(), (bytes) => bytes.write('xx', second))]),
    [1, `record@${4096 + second}`, 3],
  ],
  [
    'a size that cannot be',
    evtxFile([changed(three(), (bytes) => bytes.writeUInt32LE(9, second + 4))]),
    [1, `record@${4096 + second}`, 3],
  ],
  [
    'a size beyond the chunk',
    evtxFile([changed(three(), (bytes) => bytes.writeUInt32LE(CHUNK, second + 4))]),
    [1, `record@${4096 + second}`, 3],
  ],
  [
    'a size that reaches into the next record',
    evtxFile([changed(three(), (bytes) => bytes.writeUInt32LE(bytes.readUInt32LE(second + 4) + 16, second + 4))]),
    [1, `record@${4096 + second}`, 2, 3],
  ],
  ['an element that is not closed', evtxFile([unclosed()]), ['record@4608']],
  [
    'a record that was not written to its end',
    evtxFile([changed(three(), (bytes) => bytes.fill(0, freed - 20, freed))]),
    [1, 2, `record@${4096 + third}`, 3],
  ],
  [
    'a token that nobody knows',
    evtxFile([changed(three(), (bytes) => bytes.writeUInt8(0x1e, second + 24))]),
    [1, `record@${4096 + second}`, 3],
  ],
  [
    'a template elsewhere',
    evtxFile([changed(three(), (bytes) => bytes.writeUInt32LE(CHUNK - 8, second + 34))]),
    [1, `record@${4096 + second}`, 3],
  ],
  [
    'more values than bytes',
    evtxFile([changed(three(), (bytes) => bytes.writeUInt32LE(0xffff_ffff, second + 38))]),
    [1, `record@${4096 + second}`, 3],
  ],
  [
    'a header that says that records end where the chunk does',
    evtxFile([changed(three(), (bytes) => bytes.writeUInt32LE(CHUNK, 48))]),
    [1, 2, 3],
  ],
  ['a header that lags behind', evtxFile([changed(three(), (bytes) => bytes.writeUInt32LE(second, 48))]), [1, 2, 3]],
  [
    'what an earlier use left behind',
    evtxFile([changed(chunkOf(5, 6, 2), (bytes) => bytes.writeUInt32LE(third, 48))]),
    [5, 6],
  ],
  [
    'an end that cannot be',
    evtxFile([changed(three(), (bytes) => bytes.writeUInt32LE(CHUNK, 48)).fill(0xff, 48, 52)]),
    ['chunk@4096', 1, 2, 3],
  ],
];
for (const [what, log, expected] of LOGS) {
  test(what, async (t) => {
    assert.deepEqual(summary(readEvtx(log)), expected);
    assert.deepEqual(await inPieces(log, 1000), [...readEvtx(log)]);
    const fromFile: EvtxItem[] = [];
    for await (const item of readEvtxFile(fileOf(t, log))) fromFile.push(item);
    assert.deepEqual(fromFile, [...readEvtx(log)]);
  });
}

test('every damage has a reason in words', () => {
  for (const [what, log] of LOGS) {
    for (const item of readEvtx(log)) if (isEvtxDamage(item)) assert.match(item.reason, /^[a-z].*[a-z0-9]$/, what);
  }
});

test('the bytes may be reused once the items are taken', () => {
  const log = evtxFile([three()]);
  const items = [...readEvtx(log)];
  const text = JSON.stringify(items);
  log.fill(0);
  assert.equal(JSON.stringify(items), text);
});

test('a file that is not there throws', async () => {
  await assert.rejects(readEvtxFile('/nonexistent/Security.evtx').next(), { code: 'ENOENT' });
});

/** Fragments in values of fragments, each of which uses its one value `times` times. */
function nested(depth: number, times: number): Body {
  const template = element('A', {}, ...Array.from({ length: times }, () => slot(0, 0x21)));
  let body: Body = { plain: element('A', {}, 'x') };
  for (let level = 0; level < depth; level++) body = { template, values: [value.fragment(body)] };
  return body;
}

function deep(levels: number): Element {
  let inner = element('A');
  for (let level = 0; level < levels; level++) inner = element('A', {}, inner);
  return inner;
}

function longName(): Body {
  const name = 'N'.repeat(5000);
  return { plain: element('A', {}, ...Array.from({ length: 500 }, () => element(name))) };
}

const big = value.string('x'.repeat(20_000));
const HOSTILE: readonly (readonly [what: string, body: Body])[] = [
  ['ten values in ten, nine times over', nested(9, 10)],
  ['fragments in fragments without end', nested(40, 1)],
  ['elements in elements without end', { plain: deep(1500) }],
  [
    'one long value a thousand times',
    { template: element('A', {}, ...Array.from({ length: 1000 }, () => slot(0))), values: [big] },
  ],
  [
    'a long text in a template, over and over',
    {
      template: element('A', {}, 'x'.repeat(5000), ...Array.from({ length: 500 }, () => slot(0, 0x21))),
      values: [value.fragment({ template: element('B', {}, 'y'.repeat(5000)), values: [] })],
    },
  ],
  ['a long name, over and over', longName()],
];
for (const [what, body] of HOSTILE) {
  test(`bounded: ${what}`, () => {
    const items = summary(readEvtx(evtxFile([evtxChunk([{ id: 1, body }, record(2)])])));
    assert.deepEqual(items, ['record@4608', 2]);
  });
}

test('a list may be as long as its record', () => {
  const list = element('A', {}, ...Array.from({ length: 2500 }, (_, index) => element('B', {}, String(index))));
  const [item] = readEvtx(evtxFile([evtxChunk([{ id: 1, body: { plain: list } }])]));
  assert.ok(item !== undefined && !isEvtxDamage(item));
  const expected: Record<string, string> = { B: '2499' };
  for (let index = 0; index < 2499; index++) expected[`B_${index + 1}`] = String(index);
  assert.deepEqual(item.record, { A: expected });
});

test('a chunk in which every record expands as far as it may is given up, and the next one is read', () => {
  const template = element('A', {}, ...Array.from({ length: 300 }, () => slot(0)));
  const bomb = (id: number): WrittenRecord => ({ id, body: { template, values: [value.string('x'.repeat(1000))] } });
  const hostile = evtxChunk(Array.from({ length: 20 }, (_, index) => bomb(index + 1)));
  const items = summary(readEvtx(evtxFile([hostile, chunkOf(21)])));
  assert.equal(items.length, 21);
  assert.deepEqual(items.slice(0, 5), [1, 2, 3, 4, 5]);
  assert.ok(items.slice(15, 20).every((item) => typeof item === 'string'));
  assert.equal(items.at(-1), 21);
});

async function inPieces(log: Buffer, size: number): Promise<EvtxItem[]> {
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < log.length; at += size) yield log.subarray(at, at + size);
  }
  const all: EvtxItem[] = [];
  for await (const items of readEvtxContent(pieces())) all.push(...items);
  return all;
}

function fileOf(t: TestContext, content: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-evtx-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'Security.evtx');
  writeFileSync(path, content);
  return path;
}
