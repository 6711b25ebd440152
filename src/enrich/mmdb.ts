/**
 * MaxMind DB files (https://maxmind.github.io/MaxMind-DB/, version 2): who an address belongs to. GeoLite2, DB-IP, IPinfo and others
 * publish in this format.
 *
 *   search tree: node_count × two records      a bit of the address chooses the record: the next node, or where the data begins
 *   16 zero bytes
 *   data: typed values, with pointers among them
 *   \xab\xcd\xefMaxMind.com, then a map: node_count, record_size, ip_version, build_epoch
 *
 * The file is somebody's download: whatever is in it, a lookup ends, and what cannot be read is nothing.
 */
import ipaddr from 'ipaddr.js';

export type Value = string | number | boolean | readonly Value[] | { readonly [name: string]: Value };

export interface Mmdb {
  readonly type: string;
  /** When it was made, ms. */
  readonly built: number;
  /** What it says of an address; undefined where it says nothing. */
  find(address: string): Value | undefined;
}

const MARKER = Buffer.from('\u00ab\u00cd\u00efMaxMind.com', 'latin1');
/** The metadata lies in the last part of the file. */
const TAIL = 128 * 1024;
const GAP = 16;
const MAX_DEPTH = 16;
const MAX_VALUES = 2000;

/** undefined for bytes that are no such file. */
export function openMmdb(file: Uint8Array): Mmdb | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const marker = bytes.lastIndexOf(MARKER);
  if (marker === -1 || bytes.length - marker > TAIL) return undefined;
  const start = marker + MARKER.length;
  const meta = attempt(() => decoder(bytes, start, bytes.length).read(start));
  const nodes = numberIn(meta, 'node_count');
  const size = numberIn(meta, 'record_size');
  const version = numberIn(meta, 'ip_version');
  if (nodes === undefined || (size !== 24 && size !== 28 && size !== 32) || (version !== 4 && version !== 6))
    return undefined;
  const data = (nodes * size) / 4 + GAP;
  if (data > marker) return undefined;
  const { read } = decoder(bytes, data, marker);
  const next = (node: number, bit: number): number => record(bytes, node, bit, size);
  /** An IPv4 address lies under 96 zero bits in a tree of IPv6. */
  const zero = version === 6 ? descend(next, nodes, 0, new Uint8Array(12)) : 0;
  return {
    type: textIn(meta, 'database_type') ?? 'unknown',
    built: (numberIn(meta, 'build_epoch') ?? 0) * 1000,
    find(address) {
      if (!ipaddr.isValid(address)) return undefined;
      const octets = Uint8Array.from(ipaddr.process(address).toByteArray());
      if (octets.length === 16 && version === 4) return undefined;
      const found = descend(next, nodes, octets.length === 4 ? zero : 0, octets);
      return found <= nodes ? undefined : attempt(() => read(data + found - nodes - GAP));
    },
  };
}

/** The first record that is no node: `nodes` is nothing, above it is data. */
function descend(next: (node: number, bit: number) => number, nodes: number, from: number, octets: Uint8Array): number {
  let node = from;
  for (const octet of octets) {
    for (let bit = 7; bit >= 0; bit--) {
      if (node >= nodes) return node;
      node = next(node, (octet >> bit) & 1);
    }
  }
  return node;
}

function record(bytes: Buffer, node: number, bit: number, size: number): number {
  const at = (node * size) / 4;
  if (size === 24) return bytes.readUIntBE(at + bit * 3, 3);
  if (size === 32) return bytes.readUInt32BE(at + bit * 4);
  // 28 bits: the byte in the middle holds the high half of each.
  const middle = bytes.readUInt8(at + 3);
  return bit === 0
    ? (middle >> 4) * 0x1000000 + bytes.readUIntBE(at, 3)
    : (middle & 15) * 0x1000000 + bytes.readUIntBE(at + 4, 3);
}

interface Decoded {
  readonly value: Value;
  readonly end: number;
}

/** Values of the section from `base` to `limit`; pointers count from `base`. Throws for what is cut off or endless. */
function decoder(bytes: Buffer, base: number, limit: number): { read(at: number): Value } {
  let left = 0;
  const take = (at: number, size: number): number => {
    if (at + size > limit) throw new RangeError('cut off');
    return size === 0 ? 0 : bytes.readUIntBE(at, size);
  };

  function pointer(control: number, at: number): { readonly target: number; readonly end: number } {
    const size = (control >> 3) & 3;
    const high = control & 7;
    if (size === 3) return { target: take(at, 4), end: at + 4 };
    const offset = size === 0 ? 0 : size === 1 ? 2048 : 526_336;
    return { target: high * 256 ** (size + 1) + take(at, size + 1) + offset, end: at + size + 1 };
  }

  function value(at: number, depth: number): Decoded {
    if (depth > MAX_DEPTH || left-- <= 0) throw new RangeError('too deep');
    const control = take(at, 1);
    if (control >> 5 === 1) {
      const { target, end } = pointer(control, at + 1);
      return { value: value(base + target, depth + 1).value, end };
    }
    const extended = control >> 5 === 0;
    const type = extended ? 7 + take(at + 1, 1) : control >> 5;
    let from = at + (extended ? 2 : 1);
    let size = control & 31;
    if (size >= 29) {
      const more = size - 28;
      size = take(from, more) + (more === 1 ? 29 : more === 2 ? 285 : 65_821);
      from += more;
    }
    return typed(type, size, from, depth);
  }

  function typed(type: number, size: number, from: number, depth: number): Decoded {
    if (type === 7) return map(size, from, depth);
    if (type === 11) return list(size, from, depth);
    if (type === 14) return { value: size === 1, end: from };
    if (from + size > limit) throw new RangeError('cut off');
    const end = from + size;
    if (type === 2) return { value: bytes.toString('utf8', from, end), end };
    if (type === 3 && size === 8) return { value: bytes.readDoubleBE(from), end };
    if (type === 15 && size === 4) return { value: bytes.readFloatBE(from), end };
    if (type === 8) return { value: size === 4 ? bytes.readInt32BE(from) : take(from, size), end };
    // Unsigned; what is longer than a number can hold exactly is no field of ours.
    return { value: size <= 6 ? take(from, size) : bytes.toString('hex', from, end), end };
  }

  function map(size: number, from: number, depth: number): Decoded {
    const entries = Object.create(null) as Record<string, Value>;
    let at = from;
    for (let index = 0; index < size; index++) {
      const key = value(at, depth + 1);
      const item = value(key.end, depth + 1);
      if (typeof key.value === 'string') entries[key.value] = item.value;
      at = item.end;
    }
    return { value: entries, end: at };
  }

  function list(size: number, from: number, depth: number): Decoded {
    const items: Value[] = [];
    let at = from;
    for (let index = 0; index < size; index++) {
      const item = value(at, depth + 1);
      items.push(item.value);
      at = item.end;
    }
    return { value: items, end: at };
  }

  return {
    read(at) {
      left = MAX_VALUES;
      return value(at, 0).value;
    },
  };
}

function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The value under a path of names. */
function valueIn(value: Value | undefined, ...names: readonly string[]): Value | undefined {
  let found = value;
  for (const name of names) {
    if (typeof found !== 'object' || Array.isArray(found)) return undefined;
    found = (found as Readonly<Record<string, Value>>)[name];
  }
  return found;
}

export function textIn(value: Value | undefined, ...names: readonly string[]): string | undefined {
  const found = valueIn(value, ...names);
  return typeof found === 'string' && found !== '' ? found.slice(0, 256) : undefined;
}

export function numberIn(value: Value | undefined, ...names: readonly string[]): number | undefined {
  const found = valueIn(value, ...names);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}
