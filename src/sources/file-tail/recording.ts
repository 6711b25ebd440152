/**
 * Bytes of one incarnation, in order, into records with their places: what a plain file and a compressed copy of it share.
 *
 * A record's stream tag says how the file is found again. Its head is of what was read before the record came; its marker is of
 * the end of the last record of an earlier chunk, and the last record of a chunk has one of its own. So a mark at the end of a
 * chunk, where most batches end, has its marker at that very place, and every other mark has one before it.
 */
import { randomUUID } from 'node:crypto';
import type { RawRecord, SourceTag, StreamTag } from '#contract';
import { encodingOf } from './encoding.ts';
import { type Detail, type Fingerprint, hashOf, HEAD, keyPrefix, type KnownMark, MARKER } from './identity.ts';
import { type LineFault, lines, type TakeLine } from './lines.ts';
import { grouping, type Multiline } from './multiline.ts';

/** What was mended, skipped or lost; bytes where it says so, otherwise files or lines. */
export type TailCount = LineFault | 'truncated' | 'truncated_bytes' | 'vanished' | 'gzip_damaged';

export interface RecordingOptions {
  readonly path: string;
  readonly tag: SourceTag;
  readonly now: () => number;
  readonly multiline?: Multiline | undefined;
  readonly onCount?: ((what: TailCount, by: number) => void) | undefined;
}

export interface Beginning {
  readonly device: string;
  readonly inode: string;
  readonly since: number;
  readonly backfill: number;
  /** Goes on at this mark; the head and the bytes before the mark as they are in the file. */
  readonly resume?: { readonly at: KnownMark; readonly head: Buffer; readonly before: Buffer } | undefined;
}

export interface Recording {
  /** `window` are bytes from `at` on; those before `offset` were pushed before. It may be reused afterwards. */
  push(window: Buffer, at: number): RawRecord[];
  /** What is held as records: no more will come. */
  flush(): RawRecord[];
  /** A place without a line: a record that only says where the stream stands. The file begins with `head`. */
  sighted(head: Buffer): RawRecord;
  /** Whether the end of a line, or of a record of many lines, is waited for. */
  readonly isHolding: boolean;
  /** Place of the next byte to push. */
  readonly offset: number;
  /** The last bytes pushed, MARKER or all. */
  readonly before: Buffer;
  /** Bytes of the head. */
  readonly head: Buffer;
  /** Undefined while nothing was read. */
  readonly fingerprint: Fingerprint | undefined;
  /** What was given so far, as a mark. Undefined while nothing was read. */
  readonly place: KnownMark | undefined;
}

/** The freshest there is: of the bytes before the mark where they are at hand, else as the mark has it. */
function markerOf({ mark, detail }: KnownMark, before: Buffer): Pick<Detail, 'markerAt' | 'markerHash'> {
  if (before.length > 0) return { markerAt: mark, markerHash: hashOf(before) };
  const { markerAt, markerHash } = detail;
  return markerAt === undefined || markerHash === undefined ? {} : { markerAt, markerHash };
}

/** No line: it moves the stream to its place, and is nothing else. */
const placeRecord = (source: SourceTag, received: number, stream: StreamTag, at: number): RawRecord => ({
  source,
  received,
  text: '',
  position: { stream, from: at, to: at },
});

/** For a path at which nothing is: what comes there, or is rotated away from there, is new. */
export function nothingThere({ path, tag, now }: RecordingOptions, since: number): RawRecord {
  const none = hashOf(Buffer.alloc(0));
  const detail: Detail = {
    path,
    device: '',
    inode: '',
    headLength: 0,
    headHash: none,
    since,
    backfill: 0,
    seen: now(),
  };
  return placeRecord(tag, now(), { key: newKey(path), detail: JSON.stringify(detail) }, 0);
}

const newKey = (path: string): string => keyPrefix(path) + randomUUID().slice(0, 13);

export function recording(options: RecordingOptions, beginning: Beginning): Recording {
  const { path, tag, now, multiline, onCount } = options;
  const { resume, device, inode, since, backfill } = beginning;
  const start = resume?.at.mark ?? 0;
  const key = resume?.at.key ?? newKey(path);
  const seen = resume === undefined ? now() : resume.at.detail.seen;
  let head: Buffer = resume?.head ?? Buffer.alloc(0);
  let before: Buffer = resume?.before ?? Buffer.alloc(0);
  let given = start;
  let marker = resume === undefined ? {} : markerOf(resume.at, before);
  let detail = describe();
  let stream: StreamTag = { key, detail: JSON.stringify(detail) };
  let records: RawRecord[] = [];
  let received = 0;

  const text = lines(start, undefined, {
    encoding: start === 0 ? undefined : encodingOf(head, true)?.encoding,
    count: onCount,
  });
  const groups = multiline === undefined ? undefined : grouping(multiline, record);
  const take: TakeLine = groups?.take ?? record;

  function describe(known = head): Detail {
    return {
      path,
      device,
      inode,
      headLength: known.length,
      headHash: hashOf(known),
      ...marker,
      since,
      backfill,
      ...(seen === undefined ? {} : { seen }),
    };
  }

  function retag(): void {
    detail = describe();
    stream = { key, detail: JSON.stringify(detail) };
  }

  function record(line: string, from: number, to: number, cut: boolean): void {
    const position = { stream, from, to };
    given = to;
    if (!cut && to > backfill) records.push({ source: tag, received, text: line, position });
    else {
      const isOld = to <= backfill ? { backfill: true } : {};
      records.push({ source: tag, received, text: line, position, ...isOld, ...(cut ? { cut } : {}) });
    }
  }

  function growHead(chunk: Buffer): void {
    if (head.length >= HEAD || text.offset !== head.length) return;
    head = Buffer.concat([head, chunk.subarray(0, HEAD - head.length)]);
    retag();
  }

  /** The last record gets a tag whose marker is at its end, where the bytes before that are in the window. */
  function mark(window: Buffer, at: number): void {
    const last = records.at(-1);
    const end = given - at;
    if (last?.position === undefined || end <= 0 || (end < MARKER && at > 0)) return;
    marker = { markerAt: given, markerHash: hashOf(window.subarray(Math.max(0, end - MARKER), end)) };
    retag();
    records[records.length - 1] = { ...last, position: { ...last.position, stream } };
  }

  function collect(fill: () => void): RawRecord[] {
    received = now();
    fill();
    const found = records;
    records = [];
    return found;
  }

  return {
    push: (window, at) =>
      collect(() => {
        const chunk = window.subarray(text.offset - at);
        growHead(chunk);
        text.push(chunk, take);
        mark(window, at);
        before = Buffer.from(window.subarray(Math.max(0, window.length - MARKER)));
      }),
    flush: () =>
      collect(() => {
        text.flush(take);
        groups?.flush();
      }),
    sighted: (known) => placeRecord(tag, now(), { key, detail: JSON.stringify(describe(known)) }, given),
    get isHolding() {
      return text.isHolding || groups?.isHolding === true;
    },
    get offset() {
      return text.offset;
    },
    get before() {
      return before;
    },
    get head() {
      return head;
    },
    get fingerprint() {
      return head.length === 0 ? undefined : { length: head.length, hash: detail.headHash };
    },
    get place() {
      return head.length === 0 ? undefined : { key, mark: given, detail };
    },
  };
}
