/** Writes event logs for tests and benchmarks: elements, templates, values of every type, names and templates stored once a chunk. */
import { crc32 } from 'node:zlib';

const CHUNK_SIZE = 65_536;

/** What stands inside an element or an attribute. */
export type Content =
  | string
  | Element
  | { readonly slot: number; readonly type: number; readonly optional?: boolean }
  | { readonly entity: string }
  | { readonly cdata: string }
  | { readonly character: number }
  | { readonly instruction: readonly [target: string, data: string] };

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, readonly Content[]>>;
  readonly children: readonly Content[];
}

export const element = (
  name: string,
  attributes: Readonly<Record<string, readonly Content[]>> = {},
  ...children: readonly Content[]
): Element => ({ name, attributes, children });

export const slot = (index: number, type = 0x01, optional = true): Content => ({ slot: index, type, optional });

/** A value of an instance; BinXML is written where it stands, since it points into the chunk. */
export interface Value {
  readonly type: number;
  readonly bytes: Buffer | Body;
}

/** A record's content. `dependent`: whether elements have a dependency identifier, where that is not as usual. */
export type Body =
  | { readonly template: Element; readonly values: readonly Value[]; readonly dependent?: boolean }
  | { readonly plain: Element; readonly dependent?: boolean }
  | { readonly raw: Buffer };

export interface WrittenRecord {
  readonly id: number;
  /** ms since 1970. */
  readonly written?: number;
  readonly body: Body;
}

const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
const number = (size: 1 | 2 | 4 | 8, value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)));
  return bytes.subarray(0, size);
};
const filetime = (ms: number, ticks = 0): Buffer =>
  number(8, (BigInt(ms) + 11_644_473_600_000n) * 10_000n + BigInt(ticks));

export const value = {
  none: { type: 0x00, bytes: Buffer.alloc(0) } satisfies Value,
  string: (text: string): Value => ({ type: 0x01, bytes: wide(text) }),
  strings: (...texts: readonly string[]): Value => ({
    type: 0x81,
    bytes: wide(texts.map((one) => `${one}\0`).join('')),
  }),
  number: (type: number, size: 1 | 2 | 4 | 8, content: number | bigint): Value => ({
    type,
    bytes: number(size, content),
  }),
  bytes: (type: number, ...bytes: readonly number[]): Value => ({ type, bytes: Buffer.from(bytes) }),
  time: (ms: number, ticks = 0): Value => ({ type: 0x11, bytes: filetime(ms, ticks) }),
  fragment: (body: Body): Value => ({ type: 0x21, bytes: body }),
};

class ChunkWriter {
  readonly bytes = Buffer.alloc(CHUNK_SIZE);
  at = 512;
  readonly #names = new Map<string, number>();
  readonly #templates = new Map<Element, number>();

  put(...parts: readonly Buffer[]): void {
    for (const part of parts) {
      if (this.at + part.length > CHUNK_SIZE) throw new RangeError('the chunk is full');
      part.copy(this.bytes, this.at);
      this.at += part.length;
    }
  }

  u8 = (...bytes: readonly number[]): void => this.put(Buffer.from(bytes));
  u16 = (content: number): void => this.put(number(2, content));
  u32 = (content: number): void => this.put(number(4, content));

  /** Writes the size of what is written in front of it. */
  sized(write: () => void): void {
    const place = this.at;
    this.u32(0);
    write();
    this.bytes.writeUInt32LE(this.at - place - 4, place);
  }

  name(text: string): void {
    const known = this.#names.get(text);
    this.u32(known ?? this.at + 4);
    if (known !== undefined) return;
    this.#names.set(text, this.at);
    this.u32(0);
    this.u16(0);
    this.u16(text.length);
    this.put(wide(`${text}\0`));
  }

  counted(text: string): void {
    this.u16(text.length);
    this.put(wide(text));
  }

  /** `dependent`: as in a definition, with a dependency identifier. */
  element({ name, attributes, children }: Element, dependent: boolean): void {
    const named = Object.entries(attributes);
    this.u8(named.length > 0 ? 0x41 : 0x01);
    if (dependent) this.u16(0xffff);
    this.sized(() => {
      this.name(name);
      if (named.length > 0) this.sized(() => this.attributes(named, dependent));
      if (children.length === 0) return this.u8(0x03);
      this.u8(0x02);
      for (const child of children) this.content(child, dependent);
      this.u8(0x04);
    });
  }

  attributes(named: readonly (readonly [string, readonly Content[]])[], dependent: boolean): void {
    for (const [index, [name, parts]] of named.entries()) {
      this.u8(index === named.length - 1 ? 0x06 : 0x46);
      this.name(name);
      for (const part of parts) this.content(part, dependent);
    }
  }

  content(part: Content, dependent: boolean): void {
    if (typeof part === 'string') {
      this.u8(0x05, 0x01);
      this.counted(part);
    } else if ('name' in part) this.element(part, dependent);
    else if ('slot' in part) {
      this.u8(part.optional === false ? 0x0d : 0x0e);
      this.u16(part.slot);
      this.u8(part.type);
    } else if ('entity' in part) {
      this.u8(0x09);
      this.name(part.entity);
    } else if ('cdata' in part) {
      this.u8(0x07);
      this.counted(part.cdata);
    } else if ('character' in part) {
      this.u8(0x08);
      this.u16(part.character);
    } else {
      this.u8(0x0a);
      this.name(part.instruction[0]);
      this.u8(0x0b);
      this.counted(part.instruction[1]);
    }
  }

  body(body: Body): void {
    if ('raw' in body) return this.put(body.raw);
    this.u8(0x0f, 1, 1, 0);
    if ('plain' in body) this.element(body.plain, body.dependent ?? false);
    else this.instance(body.template, body.values, body.dependent ?? true);
    this.u8(0);
  }

  instance(template: Element, values: readonly Value[], dependent: boolean): void {
    this.u8(0x0c, 1);
    this.u32(1);
    const known = this.#templates.get(template);
    this.u32(known ?? this.at + 4);
    if (known === undefined) this.definition(template, dependent);
    this.u32(values.length);
    const descriptors = this.at;
    for (const { type } of values) this.u8(0, 0, type, 0);
    for (const [index, { bytes }] of values.entries()) {
      const begin = this.at;
      if (Buffer.isBuffer(bytes)) this.put(bytes);
      else this.body(bytes);
      this.bytes.writeUInt16LE(this.at - begin, descriptors + 4 * index);
    }
  }

  definition(template: Element, dependent: boolean): void {
    this.#templates.set(template, this.at);
    this.u32(0);
    this.put(Buffer.alloc(16, 7));
    this.sized(() => {
      this.u8(0x0f, 1, 1, 0);
      this.element(template, dependent);
      this.u8(0);
    });
  }

  record({ id, written = Date.UTC(2025, 10, 28), body }: WrittenRecord): void {
    const begin = this.at;
    this.u8(0x2a, 0x2a, 0, 0);
    this.u32(0);
    this.put(number(8, id), filetime(written));
    this.body(body);
    this.put(Buffer.alloc((8 - ((this.at + 4 - begin) % 8)) % 8));
    this.u32(this.at + 4 - begin);
    this.bytes.writeUInt32LE(this.at - begin, begin + 4);
  }
}

export function evtxChunk(records: readonly WrittenRecord[]): Buffer {
  const writer = new ChunkWriter();
  for (const record of records) writer.record(record);
  const { bytes } = writer;
  const [first, last] = [records[0]?.id ?? 0, records.at(-1)?.id ?? 0];
  bytes.write('ElfChnk\0', 'latin1');
  for (const [at, id] of [
    [8, first],
    [16, last],
    [24, first],
    [32, last],
  ] as const)
    bytes.writeBigUInt64LE(BigInt(id), at);
  bytes.writeUInt32LE(128, 40);
  bytes.writeUInt32LE(writer.at, 48);
  return sealChunk(bytes);
}

/** Sets the checksums anew. */
export function sealChunk(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(crc32(bytes.subarray(512, bytes.readUInt32LE(48))), 52);
  bytes.writeUInt32LE(crc32(bytes.subarray(128, 512), crc32(bytes.subarray(0, 120))), 124);
  return bytes;
}

export function evtxFile(chunks: readonly Uint8Array[], counted = chunks.length): Buffer {
  const header = Buffer.alloc(4096);
  header.write('ElfFile\0', 'latin1');
  header.writeBigUInt64LE(BigInt(Math.max(0, counted - 1)), 16);
  header.writeUInt32LE(128, 32);
  header.writeUInt16LE(1, 36);
  header.writeUInt16LE(3, 38);
  header.writeUInt16LE(4096, 40);
  header.writeUInt16LE(counted & 0xffff, 42);
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
  return Buffer.concat([header, ...chunks]);
}
