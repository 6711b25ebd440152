/**
 * Reads files of /proc again and again into one buffer that grows: a look at 200 processes leaves no garbage behind.
 * What `read` gives is a view of that buffer and holds until the next `read`. undefined: not there, not allowed, or gone meanwhile.
 */
import { closeSync, openSync, readSync } from 'node:fs';

export interface ProcReader {
  read(path: string): Buffer | undefined;
  text(path: string): string | undefined;
}

/** A file that seems to have no end must not take all memory. */
const MOST = 64 * 1024 * 1024;

export function procReader(): ProcReader {
  let buffer = Buffer.allocUnsafe(64 * 1024);

  function fill(file: number): number {
    let length = 0;
    while (length < MOST) {
      if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
      const got = readSync(file, buffer, length, buffer.length - length, null);
      if (got === 0) break;
      length += got;
    }
    return length;
  }

  function read(path: string): Buffer | undefined {
    let file: number | undefined;
    try {
      file = openSync(path, 'r');
      return buffer.subarray(0, fill(file));
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  return { read, text: (path) => read(path)?.toString('utf8') };
}
