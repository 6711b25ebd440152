/** Writes MaxMind DB files for the tests, byte by byte, from the description of the format. */
type Plain = string | number | { readonly [name: string]: Plain };

export function encode(value: Plain): Buffer {
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([Buffer.from([(6 << 5) | 4]), bytes]);
  }
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    const head = text.length < 29 ? [(2 << 5) | text.length] : [(2 << 5) | 29, text.length - 29];
    return Buffer.concat([Buffer.from(head), text]);
  }
  const entries = Object.entries(value);
  const parts = entries.flatMap(([key, item]) => [encode(key), encode(item)]);
  return Buffer.concat([Buffer.from([(7 << 5) | entries.length]), ...parts]);
}

/** A pointer of two bytes (to below 2048 from the section's beginning). */
export const pointer = (target: number): Buffer => Buffer.from([(1 << 5) | (target >> 8), target & 255]);

export interface Entry {
  /** The first bits of the address. */
  readonly bits: string;
  readonly data: Buffer;
}

/** Builds the tree: each node has two children, a child is a node, data or nothing. */
export function database(entries: readonly Entry[], size: 24 | 28 | 32, version: 4 | 6): Buffer {
  const nodes: (number | Entry | undefined)[][] = [[undefined, undefined]];
  for (const entry of entries) {
    let node = 0;
    for (const [index, bit] of entry.bits.split('').entries()) {
      const row = nodes[node] ?? [];
      if (index === entry.bits.length - 1) row[Number(bit)] = entry;
      else {
        const next = row[Number(bit)];
        node = typeof next === 'number' ? next : nodes.push([undefined, undefined]) - 1;
        row[Number(bit)] = node;
      }
    }
  }
  const offsets = new Map<Entry, number>();
  let data = Buffer.alloc(0);
  for (const entry of entries) {
    offsets.set(entry, data.length);
    data = Buffer.concat([data, entry.data]);
  }
  const target = (child: number | Entry | undefined): number =>
    child === undefined
      ? nodes.length
      : typeof child === 'number'
        ? child
        : nodes.length + 16 + (offsets.get(child) ?? 0);
  const tree = Buffer.concat(nodes.map(([left, right]) => nodeBytes(target(left), target(right), size)));
  const meta = {
    node_count: nodes.length,
    record_size: size,
    ip_version: version,
    database_type: 'Test',
    build_epoch: 1_772_000_000,
  };
  return Buffer.concat([
    tree,
    Buffer.alloc(16),
    data,
    Buffer.from('\u00ab\u00cd\u00efMaxMind.com', 'latin1'),
    encode(meta),
  ]);
}

function nodeBytes(left: number, right: number, size: 24 | 28 | 32): Buffer {
  const bytes = Buffer.alloc(size / 4);
  if (size === 32) {
    bytes.writeUInt32BE(left, 0);
    bytes.writeUInt32BE(right, 4);
  } else {
    bytes.writeUIntBE(left & 0xffffff, 0, 3);
    if (size === 28) bytes.writeUInt8(((left >> 24) << 4) | (right >> 24), 3);
    bytes.writeUIntBE(right & 0xffffff, size === 28 ? 4 : 3, 3);
  }
  return bytes;
}

export const bitsOf = (octets: readonly number[]): string =>
  octets.map((octet) => octet.toString(2).padStart(8, '0')).join('');
