/**
 * Which place a text has among others, each once: an open table over bytes. A Map of strings takes three times as long where most texts come as bytes
 * and are never looked at again.
 *
 *   table ──▶ place + 1 ──▶ hashes[place] · bytes from starts[place] to starts[place + 1]
 *
 * A text whose way through the table is too long stands in a Map beside it: whoever chooses texts of one hash must not make this slow.
 */
const MOST_PROBES = 128;
const FIRST_SIZE = 1024;

export interface ByteTable {
  /** -1 where it is not there. The text: ASCII, those bytes of `from`. */
  find(from: Uint8Array, start: number, stop: number): number;
  /** The next place, for a text that is not there yet. */
  keep(from: Uint8Array, start: number, stop: number): number;
  text(place: number): string;
}

export function byteTable(): ByteTable {
  const crowded = new Map<string, number>();
  let table = new Int32Array(FIRST_SIZE * 2);
  let hashes = new Uint32Array(FIRST_SIZE);
  let starts = new Uint32Array(FIRST_SIZE + 1);
  let bytes = Buffer.alloc(FIRST_SIZE * 16);
  let size = 0;

  const text = (place: number): string => bytes.toString('latin1', starts[place], starts[place + 1]);
  const put = (hash: number, place: number): void => {
    const mask = table.length - 1;
    for (let at = hash & mask, probes = 0; probes < MOST_PROBES; at = (at + 1) & mask, probes++) {
      if (table[at] !== 0) continue;
      table[at] = place + 1;
      return;
    }
    crowded.set(text(place), place);
  };
  const grow = (): void => {
    hashes = widened(hashes, new Uint32Array(size * 2));
    starts = widened(starts, new Uint32Array(size * 2 + 1));
    table = new Int32Array(size * 4);
    crowded.clear();
    for (let place = 0; place < size; place++) put(hashes[place] ?? 0, place);
  };
  return {
    text,
    find(from, start, stop) {
      const mask = table.length - 1;
      const hash = hashOf(from, start, stop);
      for (let at = hash & mask, probes = 0; probes < MOST_PROBES; at = (at + 1) & mask, probes++) {
        const place = (table[at] ?? 0) - 1;
        if (place < 0) break;
        if (hashes[place] !== hash) continue;
        if (same(bytes, starts[place] ?? 0, starts[place + 1] ?? 0, from, start, stop)) return place;
      }
      return crowded.size === 0 ? -1 : (crowded.get(latin1(from, start, stop)) ?? -1);
    },
    keep(from, start, stop) {
      if (size === hashes.length) grow();
      const begin = starts[size] ?? 0;
      const end = begin + stop - start;
      if (end > bytes.length) bytes = widened(bytes, Buffer.alloc(end * 2));
      bytes.set(from.subarray(start, stop), begin);
      starts[size + 1] = end;
      const hash = hashOf(from, start, stop);
      hashes[size] = hash;
      put(hash, size);
      return size++;
    },
  };
}

const latin1 = (from: Uint8Array, start: number, stop: number): string =>
  Buffer.from(from.buffer, from.byteOffset + start, stop - start).toString('latin1');

export function widened<A extends Uint8Array | Uint32Array | Float64Array>(from: A, into: A): A {
  into.set(from);
  return into;
}

function same(a: Uint8Array, from: number, to: number, b: Uint8Array, start: number, stop: number): boolean {
  if (to - from !== stop - start) return false;
  for (let i = from, j = start; i < to; i++, j++) if (a[i] !== b[j]) return false;
  return true;
}

/** FNV-1a, its bits mixed once more: the low ones choose the place. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
