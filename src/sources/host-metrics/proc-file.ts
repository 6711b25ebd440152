/**
 * Reads files of /proc again and again into one buffer that grows: a look at 200 processes leaves no garbage behind.
 * What `read` gives is a view of that buffer and holds until the next `read`. undefined: not there, not allowed, or gone meanwhile.
 */
import { closeSync, openSync, readSync } from 'node:fs';

export interface ProcReader {
  read(path: string): Buffer | undefined;
  /** For a file that the kernel gives whole in one read (everything of one process): half the cost. */
  readOnce(path: string): Buffer | undefined;
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

  function open(path: string, take: (file: number) => number): Buffer | undefined {
    let file: number | undefined;
    try {
      file = openSync(path, 'r');
      return buffer.subarray(0, take(file));
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  const once = (file: number): number => readSync(file, buffer, 0, buffer.length, null);
  return {
    read: (path) => open(path, fill),
    readOnce: (path) => open(path, once),
    text: (path) => open(path, fill)?.toString('utf8'),
  };
}
