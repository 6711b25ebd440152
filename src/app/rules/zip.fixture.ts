/** Writes ZIP archives, well made or not, so that tests need no archive from elsewhere. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly text: string;
  /** 0 stores, 8 deflates; others only claim to. Default: 8. */
  readonly method?: number;
  /** What the directory says instead of the truth. */
  readonly size?: number;
  readonly crc?: number;
  readonly flags?: number;
  /** Unix mode; default: a plain file. */
  readonly mode?: number;
}

function local({ name, method = 8, flags = 0 }: ZipEntry, data: Buffer): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(flags, 6);
  head.writeUInt16LE(method, 8);
  head.writeUInt16LE(Buffer.byteLength(name), 26);
  return Buffer.concat([head, Buffer.from(name), data]);
}

function central(entry: ZipEntry, data: Buffer, offset: number): Buffer {
  const { name, text, method = 8, flags = 0, mode = 0o100644 } = entry;
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt8(3, 5);
  head.writeUInt16LE(flags, 8);
  head.writeUInt16LE(method, 10);
  head.writeUInt32LE(entry.crc ?? crc32(text), 16);
  head.writeUInt32LE(data.length, 20);
  head.writeUInt32LE(entry.size ?? Buffer.byteLength(text), 24);
  head.writeUInt16LE(Buffer.byteLength(name), 28);
  head.writeUInt32LE(mode * 0x10000, 38);
  head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, Buffer.from(name)]);
}

export function zipOf(entries: readonly ZipEntry[], comment = ''): Buffer {
  const datas = entries.map(({ text, method = 8 }) => (method === 0 ? Buffer.from(text) : deflateRawSync(text)));
  const locals = entries.map((entry, i) => local(entry, datas[i] ?? Buffer.alloc(0)));
  let offset = 0;
  const directory = Buffer.concat(
    entries.map((entry, i) => {
      const head = central(entry, datas[i] ?? Buffer.alloc(0), offset);
      offset += locals[i]?.length ?? 0;
      return head;
    }),
  );
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  return Buffer.concat([...locals, directory, end, Buffer.from(comment)]);
}
