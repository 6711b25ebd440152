/**
 * Which words a block may hold: a split-block Bloom filter over the hashes of `./tokens.ts`, small enough to be read for every block.
 *
 *   0   checksum of the rest u32 · 4  buckets u32 · 8  buckets of eight u32
 *
 * A hash chooses one bucket and one bit in each of its eight words; all eight must be set. At BITS a word about one answer in a hundred is a
 * needless yes, never a wrong no. A damaged filter says yes to everything: the block itself will tell.
 */
import { crc32 } from 'node:zlib';
import { DamagedBatch } from './damage.ts';
import type { TokenSink } from './tokens.ts';

const HEAD = 8;
const WORDS = 8;
const BITS = 11;
const SALTS = Int32Array.of(
  0x47b6137b,
  0x44974d91,
  0x8824ad5b,
  0xa2b7289d,
  0x705495c7,
  0x2df1424b,
  0x9efc4947,
  0x5c6bfb31,
);

export interface TokenSet extends TokenSink {
  readonly size: number;
  filter(): Uint8Array<ArrayBuffer>;
}

/** Hashes, each once: an open table, because a Set of numbers costs five times as much. */
export function tokenSet(): TokenSet {
  let table = new Uint32Array(1024);
  let size = 0;
  const insert = (into: Uint32Array, hash: number): boolean => {
    const mask = into.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const found = into[at];
      if (found === hash) return false;
      if (found === 0) {
        into[at] = hash;
        return true;
      }
    }
  };
  return {
    add(hash) {
      if (!insert(table, hash === 0 ? 1 : hash)) return;
      if (++size * 2 <= table.length) return;
      const larger = new Uint32Array(table.length * 2);
      for (const known of table) if (known !== 0) insert(larger, known);
      table = larger;
    },
    get size() {
      return size;
    },
    filter: () => write(table, size),
  };
}

function write(hashes: Uint32Array, size: number): Uint8Array<ArrayBuffer> {
  const buckets = Math.max(1, Math.ceil((size * BITS) / (WORDS * 32)));
  const words = new Uint32Array(buckets * WORDS);
  for (const hash of hashes) {
    if (hash === 0) continue;
    const bucket = bucketOf(hash, buckets) * WORDS;
    for (let word = 0; word < WORDS; word++) words[bucket + word] = (words[bucket + word] ?? 0) | bitOf(hash, word);
  }
  const bytes = new Uint8Array(HEAD + words.byteLength);
  bytes.set(new Uint8Array(words.buffer), HEAD);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, buckets, true);
  view.setUint32(0, crc32(bytes.subarray(4)), true);
  return bytes;
}

const bucketOf = (hash: number, buckets: number): number => Math.floor((hash * buckets) / 2 ** 32);
const bitOf = (hash: number, word: number): number => 1 << (Math.imul(hash, SALTS[word] ?? 0) >>> 27);

/** Whether a hash may be in it; undefined where the filter is damaged. */
export function readFilter(bytes: Uint8Array): ((hash: number) => boolean) | undefined {
  if (bytes.length < HEAD) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const buckets = view.getUint32(4, true);
  if (HEAD + buckets * WORDS * 4 !== bytes.length || buckets === 0) return undefined;
  if (crc32(bytes.subarray(4)) !== view.getUint32(0, true)) return undefined;
  return (asked) => {
    const hash = asked === 0 ? 1 : asked;
    const bucket = HEAD + bucketOf(hash, buckets) * WORDS * 4;
    for (let word = 0; word < WORDS; word++) {
      if ((view.getUint32(bucket + word * 4, true) & bitOf(hash, word)) === 0) return false;
    }
    return true;
  };
}

/** Throws DamagedBatch; for those who look for damage. */
export function verifyFilter(bytes: Uint8Array): void {
  if (readFilter(bytes) === undefined) throw new DamagedBatch('its filter is not what was written');
}
