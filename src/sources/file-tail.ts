/**
 * Follows one log file: no line is lost and none comes twice, through appending, rotation by rename, copytruncate, removal
 * and restarts.
 *
 * Each incarnation of the file is a stream of its own, `file:<path>@<id>`, with byte offsets as places. After a restart the
 * marks in `known` say which incarnations there were and how far each was read; they are found again under whatever name by
 * inode and head. A last line without its end is kept back until the end comes, or until nobody can write it any more.
 *
 * What is lost for want of a place to read it from: a file that was made, written and removed or compressed between two
 * looks, and what is truncated away without a copy before the next look.
 */
import { basename, dirname } from 'node:path';
import type { Mark, RawRecord, SourceTag } from '#contract';
import { doorbell } from './file-tail/doorbell.ts';
import { generations } from './file-tail/generations.ts';

export interface FileTailOptions {
  /** The file as it is opened; `tag.path` may show another name for it. */
  readonly path: string;
  readonly tag: SourceTag;
  /** All marks of the store: those of other sources are passed over. */
  readonly known: readonly Mark[];
  /** ms between two looks at the file, besides the watch. */
  readonly poll: number;
  readonly now: () => number;
  /** ms without a new byte before a rotated file is let go. */
  readonly linger?: number;
  /** False: ends at the end of the file instead of waiting for more. */
  readonly follow?: boolean;
}

/** Throws when the file may not be read (EACCES) or leads out of its folder; waits while it is missing. */
export async function* fileTail(options: FileTailOptions, signal: AbortSignal): AsyncGenerator<readonly RawRecord[]> {
  const { path, poll, linger = 60_000, follow = true } = options;
  const files = generations({ ...options, linger });
  const stem = basename(path);
  const bell = doorbell(dirname(path), (name) => name.startsWith(stem), signal);
  try {
    await files.begin();
    while (!signal.aborted) {
      for await (const records of files.round()) {
        yield records;
        if (signal.aborted) return;
      }
      if (!follow) {
        const rest = files.flush();
        if (rest.length > 0) yield rest;
        return;
      }
      await bell.wait(poll);
    }
  } finally {
    bell.close();
    await files.close();
  }
}
