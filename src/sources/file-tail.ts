/**
 * Follows one log file: no line is lost and none comes twice, through appending, rotation by rename, copytruncate, compression,
 * removal and restarts.
 *
 * Each incarnation of the file is a stream of its own, `file:<path>@<id>`, with byte offsets as places. After a restart the
 * marks in `known` say which incarnations there were and how far each was read; they are found again under whatever name, also
 * compressed, by device and inode, head and marker. A last line without its end is kept back until the end comes, or until
 * nobody can write it any more.
 *
 * What is lost for want of a place to read it from: a file that was made, written and removed between two looks, and what is
 * truncated away without a copy before the next look. The latter is counted, and so is a file that was gone at a start.
 */
import { basename, dirname } from 'node:path';
import type { Mark, RawRecord, SourceTag } from '#contract';
import type { Doorbell } from './file-tail/doorbell.ts';
import { type Generations, generations } from './file-tail/generations.ts';
import type { Multiline } from './file-tail/multiline.ts';
import type { TailCount } from './file-tail/recording.ts';
import { type TailShare, tailShare } from './file-tail/share.ts';

export interface FileTailOptions {
  /** The file as it is opened; `tag.path` may show another name for it. */
  readonly path: string;
  readonly tag: SourceTag;
  /** All marks of the store: those of other sources are passed over. */
  readonly known: readonly Mark[];
  /** ms between two looks at the file, besides the watch. */
  readonly poll: number;
  readonly now: () => number;
  /** ms, by a clock that nobody sets. */
  readonly elapsed?: () => number;
  /** ms without a new byte before a rotated file is let go. */
  readonly linger?: number;
  /** False: ends at the end of the file instead of waiting for more. */
  readonly follow?: boolean;
  /** Lines that belong together become one record. */
  readonly multiline?: Multiline | undefined;
  /** The path was not there at this time, ms: all of it is new. */
  readonly appeared?: number | undefined;
  /** What all tails of a process have in common; one that follows a single file needs none. */
  readonly share?: TailShare | undefined;
  /** What was mended, skipped or lost. */
  readonly onCount?: ((what: TailCount, by: number) => void) | undefined;
}

/** Throws when the file may not be read (EACCES) or leads out of its folder; waits while it is missing. */
export async function* fileTail(options: FileTailOptions, signal: AbortSignal): AsyncGenerator<readonly RawRecord[]> {
  const { path, poll, linger = 60_000, follow = true, share = tailShare() } = options;
  const { elapsed = () => performance.now() } = options;
  const files = generations({ ...options, elapsed, linger, names: share.names });
  const bell = share.watches.bell([dirname(path)], basename(path), signal);
  const seat = share.seats.seat(bell.ring);
  const part = share.join();
  try {
    while (!signal.aborted) {
      await seat.take(signal);
      await files.begin();
      while (!signal.aborted) {
        yield* readRound(files, share, signal);
        if (!follow) {
          const rest = files.flush();
          if (rest.length > 0) yield rest;
          return;
        }
        if (files.canSleep) seat.rest();
        await bell.wait(Math.min(share.pace(poll), files.due()));
        seat.busy();
        if (seat.isCalled && files.canSleep) break;
      }
      await files.sleep();
      seat.leave();
      await untilNews(files, bell, () => share.pace(poll), signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    part();
    bell.close();
    await files.close();
    seat.leave();
  }
}

async function* readRound(
  files: Generations,
  { buffers }: TailShare,
  signal: AbortSignal,
): AsyncGenerator<RawRecord[]> {
  const buffer = buffers.take();
  try {
    for await (const records of files.round(buffer)) {
      yield records;
      if (signal.aborted) return;
    }
  } finally {
    buffers.give(buffer);
  }
}

async function untilNews(files: Generations, bell: Doorbell, pace: () => number, signal: AbortSignal): Promise<void> {
  // A ring may be for a rotated file, of which the one at the path says nothing.
  while (!signal.aborted && !(await files.hasNews()) && !(await bell.wait(pace()))) continue;
}
