/** A file's bytes, unpacked where it is packed: what packs it is told by its first bytes, not by its name. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

/** Why a file is not taken, in words that say what to do. */
export class Refusal extends Error {}

export type Packing = 'plain' | 'gzip' | 'zstd';

export interface Source {
  readonly path: string;
  readonly packing: Packing;
  /** Bytes on the disk. */
  readonly size: number;
  /** Last written, ms. */
  readonly modified: number;
}

const PACKED: readonly (readonly [magic: string, packing: Packing])[] = [
  ['\x1f\x8b', 'gzip'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
];
const FOREIGN: readonly (readonly [magic: string, what: string])[] = [
  ['\xfd7zXZ\0', 'is packed with xz: unpack it first, with unxz'],
  ['BZh', 'is packed with bzip2: unpack it first, with bunzip2'],
  ['PK\x03\x04', 'is a zip archive: unpack it first'],
  ['LPKSHHRH', 'is a journal: write it out first, with journalctl --file FILE -o json --all > journal.jsonl'],
  ['SQLite format 3\0', 'is a database, not a log'],
];
const LONGEST_MAGIC = 16;

/** Throws Refusal for what cannot be unpacked or read, and what `open` throws. */
export async function sourceOf(path: string): Promise<Source> {
  await using handle = await open(path);
  const stat = await handle.stat();
  if (!stat.isFile()) throw new Refusal(whatItIs(stat));
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST_MAGIC), 0, LONGEST_MAGIC, 0);
  return { path, packing: packingOf(buffer.subarray(0, bytesRead)), size: stat.size, modified: stat.mtimeMs };
}

/** From the first bytes. Throws Refusal for what cannot be unpacked or read. */
export function packingOf(head: Buffer): Packing {
  const start = head.toString('latin1', 0, LONGEST_MAGIC);
  const foreign = FOREIGN.find(([magic]) => start.startsWith(magic));
  if (foreign !== undefined) throw new Refusal(foreign[1]);
  return PACKED.find(([magic]) => start.startsWith(magic))?.[1] ?? 'plain';
}

const whatItIs = (stat: Stats): string =>
  stat.isDirectory() ? 'is a folder: name the files in it' : 'is not a regular file';

export interface Content extends AsyncIterable<Buffer> {
  /** Bytes of the file on the disk that were read so far. */
  readonly read: number;
}

/** The unpacked bytes from the start. What cannot be unpacked throws Refusal where it breaks off. */
export function contentOf({ path, packing }: Source, signal: AbortSignal): Content {
  const raw = createReadStream(path, { highWaterMark: 256 * 1024 });
  async function* chunks(): AsyncGenerator<Buffer> {
    const abort = (): void => void raw.destroy(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      for await (const chunk of unpacked(raw, packing)) yield chunk as Buffer;
    } catch (error) {
      if (signal.aborted || packing === 'plain') throw error;
      throw new Refusal(`cannot be unpacked: ${(error as Error).message}`, { cause: error });
    } finally {
      signal.removeEventListener('abort', abort);
      raw.destroy();
    }
  }
  return {
    [Symbol.asyncIterator]: chunks,
    get read() {
      return raw.bytesRead;
    },
  };
}

function unpacked(raw: ReturnType<typeof createReadStream>, packing: Packing): AsyncIterable<unknown> {
  if (packing === 'plain') return raw;
  const unpack: Transform = packing === 'gzip' ? createGunzip() : createZstdDecompress();
  // Whoever reads `unpack` gets the error of either.
  pipeline(raw, unpack, () => undefined);
  return unpack;
}

/** What tells a content from any other, whatever its file is called and however it is packed. */
export interface Fingerprint {
  /** Unpacked bytes. */
  readonly size: number;
  readonly hash: string;
  /** The first bytes. */
  readonly head: Buffer;
  /** Of the lengths that were asked about: the hash of so many first bytes. */
  readonly starts: ReadonlyMap<number, string>;
}

const HEAD = 64 * 1024;

/** As many first bytes as tell what it is. */
export async function headOf(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of content) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size >= HEAD) break;
  }
  return Buffer.concat(chunks).subarray(0, HEAD);
}

export async function fingerprintOf(content: AsyncIterable<Buffer>, lengths: readonly number[]): Promise<Fingerprint> {
  const hash = createHash('sha256');
  const starts = new Map<number, string>();
  const asked = lengths.toSorted((a, b) => a - b);
  const head: Buffer[] = [];
  let size = 0;
  for await (const chunk of content) {
    if (size < HEAD) head.push(Buffer.from(chunk.subarray(0, HEAD - size)));
    let at = 0;
    for (let next = asked[0]; next !== undefined && next <= size + chunk.length; next = asked[0]) {
      hash.update(chunk.subarray(at, next - size));
      at = next - size;
      starts.set(next, textOf(hash.copy()));
      asked.shift();
    }
    hash.update(chunk.subarray(at));
    size += chunk.length;
  }
  return { size, hash: textOf(hash), head: Buffer.concat(head), starts };
}

const textOf = (hash: Hash): string => hash.digest('base64url').slice(0, 22);
