/**
 * `.evtx`, the event log of Windows since Vista → its records, in the JSON that evtx_dump writes.
 *
 *     file                      chunk, 64 KiB                     record
 *     ┌──────────────────┐      ┌──────────────────────────┐      ┌──────────────────────────┐
 *     │ ElfFile   4 KiB  │      │ ElfChnk, ids, sizes      │      │ ** 0 0  size   id   time │
 *     ├──────────────────┤      │ CRC32 of header, records │      ├──────────────────────────┤
 *     │ chunk            │      │ 64 name chains           │      │ BinXML                   │
 *     ├──────────────────┤      │ 32 template chains   512 │      │   header                 │
 *     │ chunk            │      ├──────────────────────────┤      │   template instance ──┐  │
 *     ├──────────────────┤      │ record                   │      │     values            │  │
 *     │ … zeros          │      │ record …                 │      ├───────────────────────┼──┤
 *     └──────────────────┘      │ free space               │      │ size again            │  │
 *                               └──────────────────────────┘      └───────────────────────┼──┘
 *                                                                                         ▼
 *     template, in the record that used it first: <Event><System>…<EventID>%3</EventID>…</System>%17</Event>
 *
 * A chunk stands for itself: names and templates are places in it, written where they are used first and pointed to afterwards.
 * The value of %17 is BinXML again, with a template of its own for the data of that kind of event.
 *
 *     bytes → chunk.ts: records → expand.ts: run programs → json-tree.ts: JSON
 *                                    compile.ts: a template's tokens → program, once a chunk      value.ts: typed values
 *
 * Invariants
 * - No offset, size or count is believed: reads are inside the chunk, work and depth are bounded (`bytes.ts`).
 * - Nothing thrown: what is damaged is an item with its place, and reading goes on with the next record or chunk.
 * - How many chunks the header counts does not matter: a log that is being written has more. Chunks of zeros were never used.
 * - What was read holds on to nothing: the bytes may be reused after the chunk's items were taken.
 */
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { CHUNK_SIZE, type EvtxDamage, type EvtxItem, type EvtxRecord, readChunk } from './chunk.ts';

export type { EvtxDamage, EvtxItem, EvtxRecord } from './chunk.ts';

const FILE_MAGIC = 'ElfFile\0';
const FILE_HEADER = 4096;

/** All of a log that is in memory. */
export function* readEvtx(bytes: Uint8Array): Generator<EvtxItem, void> {
  yield* readHeader(bytes.subarray(0, FILE_HEADER));
  for (let at = FILE_HEADER; at < bytes.byteLength; at += CHUNK_SIZE) {
    yield* readChunk(bytes.subarray(at, at + CHUNK_SIZE), at);
  }
}

/** A log as a stream of bytes, cut anywhere. A chunk's items come together, and one chunk is in memory. */
export async function* readEvtxContent(content: AsyncIterable<Uint8Array>): AsyncGenerator<readonly EvtxItem[], void> {
  const block = Buffer.alloc(CHUNK_SIZE);
  let filled = 0;
  let origin = 0;
  function take(): EvtxItem[] {
    const bytes = block.subarray(0, filled);
    const items = origin === 0 ? readHeader(bytes) : readChunk(bytes, origin);
    origin += filled;
    filled = 0;
    return items;
  }
  for await (const piece of content) {
    for (let at = 0; at < piece.byteLength;) {
      const wanted = (origin === 0 ? FILE_HEADER : CHUNK_SIZE) - filled;
      const some = piece.subarray(at, at + wanted);
      block.set(some, filled);
      filled += some.byteLength;
      at += some.byteLength;
      if (some.byteLength === wanted) yield take();
    }
  }
  if (filled > 0 || origin === 0) yield take();
}

/** A log on the disk, a chunk at a time. Throws what opening and reading a file throws, and nothing else. */
export async function* readEvtxFile(path: string): AsyncGenerator<EvtxItem, void> {
  await using handle = await open(path);
  for await (const items of readEvtxContent(blocksOf(handle))) yield* items;
}

async function* blocksOf(handle: Awaited<ReturnType<typeof open>>): AsyncGenerator<Buffer, void> {
  const block = Buffer.alloc(CHUNK_SIZE);
  for (;;) {
    const { bytesRead } = await handle.read(block, 0, block.length, null);
    if (bytesRead === 0) return;
    yield block.subarray(0, bytesRead);
  }
}

export const isEvtxDamage = (item: EvtxItem): item is EvtxDamage => 'damaged' in item;

/** The text of a raw record of the type `winlog`: one line of JSON. */
export const evtxText = ({ record }: EvtxRecord): string => JSON.stringify(record);

/** Chunks are where they are, whatever the header says: it is looked at to tell that a file is no log, or a damaged one. */
function readHeader(bytes: Uint8Array): EvtxItem[] {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damage = (reason: string): EvtxItem[] => [{ damaged: 'file', at: 0, reason }];
  if (header.toString('latin1', 0, FILE_MAGIC.length) !== FILE_MAGIC) return damage('does not begin like an event log');
  if (header.length < FILE_HEADER) return damage('breaks off');
  if (crc32(header.subarray(0, 120)) !== header.readUInt32LE(124))
    return damage('has a header that does not match its checksum');
  return [];
}
