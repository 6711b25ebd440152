/** The segments of one log as files: written at the end of the last one, removed from the first one on. It knows bytes, no records. */
import { renameSync, rmSync } from 'node:fs';
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyOf, type Segment, segmentName, sizeOf, syncFolder } from './folder.ts';

export interface LogFile {
  /** Oldest first. */
  readonly segments: readonly Segment[];
  /** Bytes of the last segment that count; what lies behind them is what a failed write left. */
  readonly size: number;
  /** Bytes of all. */
  readonly bytes: number;
  /** Resolves with how long the sync took, ms. After a failure nothing has changed but what lies behind `size`. */
  append(bytes: Buffer, sync: boolean): Promise<number>;
  /**
   * Begins a segment with these bytes; it is on disk, and known by name, when this resolves. They are kept once more beside it, but not
   * where the segment is made of `room`, a file that has room for them on a full disk: whatever goes wrong, that keeps its room.
   */
  begin(first: number, bytes: Buffer, room?: string): Promise<void>;
  removeOldest(): void;
  /** Cuts off what a failed write left. */
  cutBack(): Promise<void>;
  close(): Promise<void>;
}

/** `size`: bytes of the last segment that are frames; with none, that segment is removed. */
export async function openLogFile(log: string, found: readonly Segment[], end: number): Promise<LogFile> {
  const segments = [...found];
  const sizes = new Map(
    segments.flatMap((one) => [one.path, copyOf(one)].map((path) => [path, sizeOf(path)] as const)),
  );
  let handle: FileHandle | undefined;
  let size = end;

  function forget(segment: Segment | undefined): void {
    if (segment === undefined) return;
    for (const path of [segment.path, copyOf(segment)]) {
      rmSync(path, { force: true });
      sizes.delete(path);
    }
  }

  /** Where there is no room for it the segment does without. */
  async function copy(segment: Segment, bytes: Buffer): Promise<void> {
    const path = copyOf(segment);
    try {
      await writeFile(path, bytes, { mode: 0o600, flush: true });
      sizes.set(path, bytes.length);
    } catch {
      rmSync(path, { force: true });
    }
  }

  async function made(segment: Segment, bytes: Buffer): Promise<FileHandle> {
    let opened: FileHandle | undefined;
    try {
      opened = await open(segment.path, 'wx', 0o600);
      await opened.writeFile(bytes);
      await opened.datasync();
      syncFolder(log);
      return opened;
    } catch (error) {
      await opened?.close();
      rmSync(segment.path, { force: true });
      throw error;
    }
  }

  /** What is left of it behind the bytes is no frame, and cut off once it has its name. */
  async function turned(room: string, segment: Segment, bytes: Buffer): Promise<FileHandle> {
    const opened = await open(room, 'r+');
    try {
      for (let at = 0; at < bytes.length;) at += (await opened.write(bytes, at, bytes.length - at, at)).bytesWritten;
      await opened.datasync();
      renameSync(room, segment.path);
      syncFolder(log);
      await opened.truncate(bytes.length);
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  if (size === 0) forget(segments.pop());
  const tail = segments.at(-1);
  if (tail !== undefined && size > 0) handle = await open(tail.path, 'r+');

  return {
    segments,
    get size() {
      return size;
    },
    get bytes() {
      return sizes.values().reduce((sum, value) => sum + value, 0);
    },
    async append(bytes, sync) {
      if (handle === undefined) throw new Error('There is no segment to write to.');
      for (let at = 0; at < bytes.length;)
        at += (await handle.write(bytes, at, bytes.length - at, size + at)).bytesWritten;
      const began = performance.now();
      if (sync) await handle.datasync();
      size += bytes.length;
      sizes.set(segments.at(-1)?.path ?? '', size);
      return performance.now() - began;
    },
    async begin(first, bytes, room) {
      const before = segments.at(-1);
      const number = (before?.number ?? 0) + 1;
      const segment: Segment = { number, first, path: join(log, segmentName(number, first)) };
      const opened = await (room === undefined ? made(segment, bytes) : turned(room, segment, bytes));
      await handle?.close();
      handle = opened;
      segments.push(segment);
      size = bytes.length;
      sizes.set(segment.path, size);
      if (before !== undefined) {
        rmSync(copyOf(before), { force: true });
        sizes.delete(copyOf(before));
      }
      if (room === undefined) await copy(segment, bytes);
    },
    removeOldest: () => forget(segments.shift()),
    cutBack: async () => handle?.truncate(size).catch(() => undefined),
    close: async () => handle?.close(),
  };
}
