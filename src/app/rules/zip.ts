/**
 * Reads ZIP archives that strangers made: names and texts of those files that are wanted, and nothing is written anywhere.
 * PKWARE APPNOTE 6.3.10: stored (0) and deflated (8) entries, found through the central directory at the end.
 *
 *     local header, data │ local header, data │ … │ central directory: an entry each │ end record (and a comment)
 *
 * Refused as a whole: names that leave the folder, symbolic links, encryption, ZIP64 and several disks, more entries or bytes than
 * any set of rules has, data that is not what the directory says. Sizes are what the directory promises, and inflating ends there,
 * so a bomb costs no more than the limits.
 */
import { crc32, inflateRawSync } from 'node:zlib';

export interface ZipLimits {
  readonly entries: number;
  /** Bytes of one wanted file, inflated. */
  readonly fileBytes: number;
  /** Bytes of all wanted files, inflated. */
  readonly bytes: number;
}

export interface ZipFile {
  /** With `/` between folders, none of them `..`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Why an archive is not taken. */
export class ZipRefusal extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ZipRefusal';
  }
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

const END = { signature: 0x06054b50, size: 22, comment: 0xffff } as const;
const CENTRAL = { signature: 0x02014b50, size: 46 } as const;
const LOCAL = { signature: 0x04034b50, size: 30 } as const;
/** What stands in a field whose value is elsewhere, in a ZIP64 record. */
const ELSEWHERE = 0xffffffff;
const UTF8_NAMES = 1 << 11;
const ENCRYPTED = 1;
const UNIX = 3;
const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;
const NAME_LENGTH = 1000;

interface Directory {
  readonly count: number;
  readonly offset: number;
}

function directoryOf(archive: Buffer): Directory {
  const last = archive.length - END.size;
  for (let at = last; at >= 0 && at >= last - END.comment; at--) {
    // The comment may contain the signature; the true record's comment reaches to the end.
    if (archive.readUInt32LE(at) !== END.signature || archive.readUInt16LE(at + 20) !== last - at) continue;
    const [disk, start] = [archive.readUInt16LE(at + 4), archive.readUInt16LE(at + 6)];
    if (disk !== 0 || start !== 0) throw new ZipRefusal('it is one of several parts');
    const [count, offset] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 16)];
    if (count === 0xffff || offset === ELSEWHERE)
      throw new ZipRefusal('it is a ZIP64 archive, far larger than any rules');
    return { count, offset };
  }
  throw new ZipRefusal('it is no ZIP archive, or its end is missing');
}

/** What may become a path below a folder of ours. */
function checkName(name: string): void {
  const shown = JSON.stringify(name.slice(0, 100));
  if (name === '' || name.length > NAME_LENGTH) throw new ZipRefusal(`a name in it is empty or too long: ${shown}`);
  if (/[\0-\x1f\x7f]/.test(name)) throw new ZipRefusal(`a name in it has control characters: ${shown}`);
  if (/^\/|\\|^[a-z]:/i.test(name) || name.split('/').some((part) => part === '..'))
    throw new ZipRefusal(`a name in it leads out of the folder: ${shown}`);
}

function* entriesOf(archive: Buffer, limits: ZipLimits): Generator<Entry> {
  const { count, offset } = directoryOf(archive);
  if (count > limits.entries) throw new ZipRefusal(`it has ${count} entries; ${limits.entries} are the most`);
  let at = offset;
  for (let n = 0; n < count; n++) {
    if (at + CENTRAL.size > archive.length || archive.readUInt32LE(at) !== CENTRAL.signature)
      throw new ZipRefusal('its directory is damaged');
    const flags = archive.readUInt16LE(at + 8);
    const lengths = [28, 30, 32].map((field) => archive.readUInt16LE(at + field));
    const [nameLength = 0, extra = 0, comment = 0] = lengths;
    const nameAt = at + CENTRAL.size;
    // Without the flag it is an old code page; rule sets have ASCII names, which are the same in both.
    const name = archive.toString((flags & UTF8_NAMES) === 0 ? 'latin1' : 'utf8', nameAt, nameAt + nameLength);
    checkName(name);
    const type = (archive.readUInt32LE(at + 38) >>> 16) & FILE_TYPE;
    if (archive.readUInt8(at + 5) === UNIX && type === SYMLINK)
      throw new ZipRefusal(`it has a symbolic link: ${JSON.stringify(name.slice(0, 100))}`);
    yield {
      name,
      method: archive.readUInt16LE(at + 10),
      encrypted: (flags & ENCRYPTED) !== 0,
      crc: archive.readUInt32LE(at + 16),
      packed: archive.readUInt32LE(at + 20),
      size: archive.readUInt32LE(at + 24),
      offset: archive.readUInt32LE(at + 42),
    };
    at = nameAt + nameLength + extra + comment;
  }
}

function contentOf(archive: Buffer, { name, method, packed, size, offset, crc }: Entry): Uint8Array {
  const damaged = (what: string): ZipRefusal => new ZipRefusal(`${name} in it ${what}`);
  if (offset + LOCAL.size > archive.length || archive.readUInt32LE(offset) !== LOCAL.signature)
    throw damaged('is not where the directory says');
  const start = offset + LOCAL.size + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
  if (start + packed > archive.length) throw damaged('is cut off');
  const data = archive.subarray(start, start + packed);
  let bytes: Uint8Array;
  try {
    bytes = method === 0 ? data : inflateRawSync(data, { maxOutputLength: Math.max(1, size) });
  } catch {
    throw damaged('is damaged, or larger than the directory says');
  }
  if (bytes.length !== size || crc32(bytes) !== crc) throw damaged('is not what the directory says');
  return bytes;
}

/** Throws a ZipRefusal. The directory is checked as a whole before anything is inflated. */
export function* readZip(archive: Buffer, wanted: (name: string) => boolean, limits: ZipLimits): Generator<ZipFile> {
  const names = new Set<string>();
  const found: Entry[] = [];
  let bytes = 0;
  for (const entry of entriesOf(archive, limits)) {
    const { name, size, method } = entry;
    if (name.endsWith('/') || !wanted(name)) continue;
    if (names.has(name)) throw new ZipRefusal(`${name} is in it twice`);
    names.add(name);
    if (entry.encrypted) throw new ZipRefusal(`${name} in it is encrypted`);
    if (method !== 0 && method !== 8)
      throw new ZipRefusal(`${name} in it is packed in a way (${method}) that is not known`);
    if (size > limits.fileBytes)
      throw new ZipRefusal(`${name} in it has ${size} bytes; ${limits.fileBytes} are the most`);
    bytes += size;
    if (bytes > limits.bytes) throw new ZipRefusal(`its rules have more than ${limits.bytes} bytes`);
    found.push(entry);
  }
  for (const entry of found) yield { name: entry.name, bytes: contentOf(archive, entry) };
}
