/**
 * Opens a log for reading, but never one that lies outside the folder it was named in: whoever may write a log folder must
 * not be able to make us read another file. A link to a neighbour in the same folder is fine.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from './errno.ts';

// Neither exists on Windows. O_NONBLOCK: opening a FIFO must not wait for its writer.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A link that leads away, or something that is not a regular file. */
export class RefusedFile extends Error {
  constructor(path: string, reason: string) {
    super(`${path} ${reason}`);
    this.name = 'RefusedFile';
  }
}

/** Where `path` really lies. Throws RefusedFile when that is another folder; ENOENT when nothing is there. */
export async function placeInside(path: string): Promise<string> {
  const folder = await realpath(dirname(path));
  const place = await realpath(path);
  if (dirname(place) !== folder)
    throw new RefusedFile(path, `is a link out of its folder, to ${place}; name that file itself`);
  return join(folder, basename(place));
}

/** `undefined` when there is no such file; throws RefusedFile, and what `open` throws (EACCES). */
export async function openInside(path: string): Promise<FileHandle | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(await placeInside(path), FLAGS);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
    if (errno === 'ELOOP') throw new RefusedFile(path, 'became a link while it was opened');
    throw error;
  }
  try {
    if (!(await handle.stat()).isFile()) throw new RefusedFile(path, 'is not a regular file');
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
