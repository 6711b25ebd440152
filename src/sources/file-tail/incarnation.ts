/**
 * One incarnation of a file: the bytes behind one open handle, from when the file was made until it is truncated or removed.
 * It is one stream: its places are byte offsets that never change, whatever the file is called meanwhile.
 *
 * Before bytes are believed, those before them and the head of the file are looked at again: what was truncated and written
 * anew past the old place is another incarnation, and none of its bytes may pass for this one's.
 */
import type { FileHandle } from 'node:fs/promises';
import type { RawRecord } from '#contract';
import { beforeOf, beginsLike, type Fingerprint, headOf, identityOf, type KnownMark } from './identity.ts';
import { type Recording, recording, type RecordingOptions } from './recording.ts';

/** Records in one yielded chunk. */
const CHUNK_RECORDS = 4096;

/** How a file begins now. */
export interface HeadNow {
  readonly head: Buffer;
  /** Nothing of that was read: it is a new file, or was written anew since. */
  readonly isUnread: boolean;
  /** How it began before it was written anew. */
  readonly before?: Fingerprint;
}

export interface Incarnation {
  readonly identity: string;
  readonly since: number;
  /** Undefined while nothing was read. */
  readonly fingerprint: Fingerprint | undefined;
  /** What was given so far, as a mark: a copy is read on from here. Undefined while nothing was read. */
  readonly place: KnownMark | undefined;
  readonly isHolding: boolean;
  readonly offset: number;
  /** It can bring no more than it has: it need not stay open once it was read. */
  readonly isFinished: boolean;
  /** Bytes known to be there that were not read. */
  readonly unread: number;
  headNow(): Promise<HeadNow>;
  /** Where it stands, as a record without a line: once that is kept, a restart begins here and not with what it finds. */
  sighted(): Promise<RawRecord>;
  /** Whether there may be more to read, and whether what was read is still there. */
  look(): Promise<'quiet' | 'changed' | 'rewritten'>;
  /** Reads to the present end. */
  read(buffer: Buffer): AsyncGenerator<RawRecord[]>;
  /** The held rest as records: no more will come. */
  flush(): RawRecord[];
  /** Owned by the incarnation until it is parted with. */
  readonly handle: FileHandle;
}

export interface IncarnationOptions extends RecordingOptions {
  /** Goes on at this mark. */
  readonly resume?: KnownMark | undefined;
  /** Set when we look at this path for the first time: what is there now is old, and so are files not written after `since`. */
  readonly firstSight?: { readonly since: number } | undefined;
}

/** Owns `handle` from here on, also when it throws. */
export async function incarnation(handle: FileHandle, options: IncarnationOptions): Promise<Incarnation> {
  const { resume, firstSight } = options;
  try {
    const stat = await handle.stat({ bigint: true });
    const since = resume?.detail.since ?? Math.max(Number(stat.mtimeMs), firstSight?.since ?? 0);
    const records = recording(options, {
      device: `${stat.dev}`,
      inode: `${stat.ino}`,
      since,
      backfill: resume?.detail.backfill ?? (firstSight === undefined ? 0 : Number(stat.size)),
      resume: resume && {
        at: resume,
        head: await headOf(handle, resume.mark),
        before: await beforeOf(handle, resume.mark),
      },
    });
    return reading(handle, identityOf(stat), since, records);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Pieces a hub takes at once. */
export function* pieces(records: RawRecord[]): Generator<RawRecord[]> {
  if (records.length > 0 && records.length <= CHUNK_RECORDS) yield records;
  else for (let at = 0; at < records.length; at += CHUNK_RECORDS) yield records.slice(at, at + CHUNK_RECORDS);
}

function reading(handle: FileHandle, identity: string, since: number, records: Recording): Incarnation {
  let looked = { size: -1n, time: -1n };
  let largest = 0;

  const isHeadIntact = async (): Promise<boolean> => records.head.equals(await headOf(handle, records.head.length));
  const isIntact = async (): Promise<boolean> =>
    records.before.equals(await beforeOf(handle, records.offset)) && (await isHeadIntact());

  function forgetLook(): void {
    looked = { size: -1n, time: -1n };
  }

  return {
    identity,
    since,
    handle,
    isFinished: false,
    get fingerprint() {
      return records.fingerprint;
    },
    get place() {
      return records.place;
    },
    get isHolding() {
      return records.isHolding;
    },
    get offset() {
      return records.offset;
    },
    get unread() {
      return Math.max(0, largest - records.offset);
    },
    async headNow() {
      const head = await headOf(handle);
      const { fingerprint } = records;
      if (fingerprint === undefined) return { head, isUnread: true };
      return beginsLike(head, fingerprint) ? { head, isUnread: false } : { head, isUnread: true, before: fingerprint };
    },
    sighted: async () => records.sighted(await headOf(handle)),
    async look() {
      const { size, mtimeNs } = await handle.stat({ bigint: true });
      if (size === looked.size && mtimeNs === looked.time) return 'quiet';
      looked = { size, time: mtimeNs };
      if (size < records.offset || !(await isIntact())) return 'rewritten';
      largest = Number(size);
      return 'changed';
    },
    async *read(buffer) {
      for (;;) {
        const { before, offset } = records;
        const at = offset - before.length;
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        // Truncated and written anew since the look: these bytes are not what follows. The next look finds out.
        if (!before.equals(buffer.subarray(0, Math.min(bytesRead, before.length))) || !(await isHeadIntact())) {
          forgetLook();
          return;
        }
        if (bytesRead === before.length) return;
        yield* pieces(records.push(buffer.subarray(0, bytesRead), at));
      }
    },
    flush: () => records.flush(),
  };
}
