/**
 * Brings frames into segments, whatever it takes: it makes room, waits for it, and gets a full disk going again.
 *
 * What cannot be written because the spool closes is the last that anybody tries to write: nothing may be kept behind a hole, or its
 * places would say that the hole was read too.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createGather } from '../../gather.ts';
import { signalled } from '../signalled.ts';
import { reserve, type Segment, sizeOf } from './folder.ts';
import { encodeFrame, type Syncs } from './frame.ts';
import { readSegment } from './load.ts';
import type { LogFile } from './log-file.ts';
import { emptyQuarantine } from './quarantine.ts';
import { add, type Draft, NO_TALLY, type State } from './state.ts';
import { telling } from './telling.ts';

export interface WriterOptions {
  readonly folder: string;
  readonly state: State;
  readonly log: LogFile;
  readonly syncs: Syncs;
  readonly segmentBytes: number;
  readonly maxBytes: number;
  /** ms. */
  readonly maxAge: number;
  readonly whenFull: 'wait' | 'drop_oldest';
  readonly now: () => number;
  /** When the last frame was written, ms; undefined in a new log. */
  readonly last: number | undefined;
  readonly onTrouble: (reason: string | undefined) => void;
  readonly onRemoved: (segment: Segment) => void;
}

export interface Writer {
  /** Before all else: there is a segment, and a reserve. */
  begin(): Promise<void>;
  /** Resolves when the records, or the places alone, are on disk. Throws Closing when that will not be. */
  records(from: Draft): Promise<void>;
  /** Tells where the spool stands. */
  note(sync: boolean): Promise<void>;
  /** Gives up what is older than the limit. */
  expire(): Promise<void>;
  /** Counts what is lost of a source. */
  drop(source: string, reason: string, count: number): void;
  /** The tally of this source has changed. */
  changed(source: string): void;
  /** Something was taken: there may be room. */
  taken(): void;
  /** Below this number everything that was given up was evicted. */
  readonly evictedTo: number;
  /** Everything below was read by who sends it. */
  hold(seq: number): void;
  /** ms that a frame should wait for company. */
  rest(): number;
  /** Waits no longer. */
  close(): void;
}

const RESERVE = 128 * 1024;
const LEAST_RESERVE = 16 * 1024;
/** Of each log, on a full disk: those of the incarnations that may still be open; fewer where the reserve is too small even for them. */
const FEW_MARKS = [16, 4, 1];
/** Marks that came before the reserve is made anew. */
const MARKS_MORE = 8;
/** A segment with less in it is not worth leaving on a full disk. */
const WORTH = 64 * 1024;
const RETRY_MS = 1000;
const HEAD_ROOM = 4096;
const SCRATCH = 256 * 1024;
const NO_RECORDS = { count: 0, body: '' } as const;

export class Closing extends Error {}

export function writer(options: WriterOptions): Writer {
  const { folder, state, log, syncs, segmentBytes, maxBytes, now } = options;
  const { segments } = log;
  const gather = createGather();
  const telled = telling(state);
  const closing = new AbortController();
  const room = signalled();
  const scratch = Buffer.allocUnsafeSlow(SCRATCH);
  const reservePath = join(folder, 'reserve');
  /** Marks that the reserve was made for. */
  let reservedFor = -Infinity;
  let evictedTo = 0;
  let held = 0;
  /** The ack that the frames on disk tell. */
  let noted = state.ack;
  let lastTime = options.last ?? now();
  let trouble: string | undefined;
  /** Records were left unwritten. */
  let isOver = false;

  function setTrouble(reason: string | undefined): void {
    if (reason === trouble) return;
    trouble = reason;
    options.onTrouble(reason);
  }

  const checkpoint = (marks?: number): Buffer =>
    encodeFrame(syncs, { first: state.next, count: 0, time: now(), head: telled.checkpoint(marks), body: '' });

  /** Room for a checkpoint, which grows with the places it tells. On a full disk there is no other way to begin a segment. */
  function keepReserve(): void {
    if (Math.abs(state.marks.size - reservedFor) < MARKS_MORE) return;
    const wanted = Math.min(RESERVE, Math.floor(maxBytes / 8)) + checkpoint().length;
    const isThere = reserve(reservePath, wanted, LEAST_RESERVE);
    // Not now: with the next frame there may be room.
    reservedFor = isThere ? state.marks.size : -Infinity;
  }

  /** A new segment, and a farewell to those that are done with. */
  async function roll(): Promise<void> {
    const { ack, next } = state;
    await log.begin(next, checkpoint());
    telled.began();
    removeDone(ack);
  }

  /** The reserve becomes the new segment, with as little in it as will do, or it would be full of what it begins with. */
  async function rollIntoReserve(): Promise<void> {
    const { ack, next } = state;
    const most = sizeOf(reservePath);
    const frame = FEW_MARKS.values()
      .map((marks) => checkpoint(marks))
      .find(({ length }) => length <= most);
    if (frame === undefined) return;
    await log.begin(next, frame, reservePath);
    telled.began();
    removeDone(ack);
  }

  /** The last segment is being written and stays. The others go once what came of them is on disk. */
  function removeDone(ack = noted): void {
    noted = ack;
    while (segments.length > 1 && (segments[1]?.first ?? Infinity) <= noted) removeOldest();
  }

  function removeOldest(): void {
    const [oldest] = segments;
    log.removeOldest();
    if (oldest !== undefined) options.onRemoved(oldest);
    room.ring();
  }

  /** Gives up the oldest segment, sent or not, and counts what was not. */
  async function evict(reason: 'evicted' | 'too_old'): Promise<void> {
    if (segments.length === 1) await roll();
    const [segment, next] = segments;
    if (segment === undefined || next === undefined) return;
    for (const item of readSegment(segment, syncs)) {
      if (item.kind !== 'frame' || item.frame.first < Math.max(state.ack, held)) continue;
      const { sources, counts } = item.frame.head;
      for (const [i, source] of sources.entries()) drop(source.id, reason, counts[i] ?? 0);
    }
    evictedTo = next.first;
    removeOldest();
  }

  function drop(source: string, reason: string, count: number): void {
    const tally = state.tallies.get(source) ?? NO_TALLY;
    const dropped = { ...tally.dropped, [reason]: (tally.dropped[reason] ?? 0) + count };
    state.tallies.set(source, { ...tally, dropped });
    telled.changed(source);
  }

  const pause = (ms: number): Promise<void> => room.wait(ms, closing.signal);

  async function makeRoom(wanted: number): Promise<void> {
    if (log.size >= segmentBytes) await roll();
    while (log.bytes + wanted > maxBytes && !(segments.length === 1 && log.size <= segmentBytes)) {
      if (segments.length === 1 && state.ack === state.next) await roll();
      else if (state.ack > noted) await commit(undefined, false);
      else if (options.whenFull === 'drop_oldest') await evict('evicted');
      else {
        setTrouble(`the spool is full (${log.bytes} of ${maxBytes} bytes): sources wait until the server takes some`);
        await pause(RETRY_MS);
      }
      if (closing.signal.aborted) throw new Closing();
    }
  }

  /** Writes one frame; waits and tries again for as long as the disk does not take it. */
  async function write(from: Draft | undefined, sync: boolean): Promise<void> {
    const wanted = Buffer.byteLength(from?.body ?? '') + HEAD_ROOM;
    for (;;) {
      try {
        if (from !== undefined) await makeRoom(wanted);
        await commit(from, sync);
        setTrouble(undefined);
        return;
      } catch (error) {
        if (error instanceof Closing) throw error;
        await recover(error as NodeJS.ErrnoException);
      }
      if (closing.signal.aborted) throw new Closing();
    }
  }

  /** Without records it is a note of where the spool stands. */
  async function commit(from: Draft | undefined, sync: boolean): Promise<void> {
    const { count, body } = from ?? NO_RECORDS;
    const head = telled.headOf(from);
    const frame = { first: state.next, count, time: now(), head, body };
    const took = await log.append(encodeFrame(syncs, frame, scratch), sync);
    if (sync) gather.took(took);
    if (from === undefined) telled.moved([]);
    removeDone(head.ack);
  }

  /** What a failed write left is cut off. A full disk gets room, after another fault there is a new file. */
  async function recover(error: NodeJS.ErrnoException): Promise<void> {
    setTrouble(`${folder} cannot be written: ${error.message}; sources wait until it can`);
    const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    await log.cutBack();
    telled.failed();
    await pause(RETRY_MS);
    if (closing.signal.aborted) return;
    try {
      await (isFull ? gainRoom() : roll());
    } catch {
      await log.cutBack();
    }
    // Even where that could not be told: room comes first.
    removeDone(state.ack);
    reservedFor = -Infinity;
    keepReserve();
  }

  /** Of what nobody needs any more. The reserve is for a new segment alone: whatever else were written into it would not come back. */
  async function gainRoom(): Promise<void> {
    if (emptyQuarantine(folder)) return;
    const isTaken = (segments[1]?.first ?? Infinity) <= state.ack;
    if (isTaken) return commit(undefined, false);
    if (state.ack < state.next || log.size < WORTH) return;
    await rollIntoReserve();
  }

  async function records(from: Draft): Promise<void> {
    if (isOver) throw new Closing();
    try {
      await write(from, true);
    } catch (error) {
      isOver = true;
      throw error;
    }
    state.next += from.count;
    for (const [key, mark] of from.marks) {
      state.marks.delete(key);
      state.marks.set(key, mark);
    }
    telled.moved(from.marks.keys());
    keepReserve();
    for (const [i, source] of from.sources.entries()) add(state, source.id, from.counts[i] ?? 0);
    lastTime = now();
  }

  async function expire(): Promise<void> {
    const limit = now() - options.maxAge;
    for (;;) {
      const [segment] = segments;
      if (segment === undefined || state.ack >= state.next || segment.first >= state.next) return;
      const newest = segments.length === 1 ? lastTime : statSync(segment.path).mtimeMs;
      if (newest > limit) return;
      await evict('too_old');
    }
  }

  return {
    records,
    note: (sync) => write(undefined, sync),
    async begin() {
      if (segments.length === 0 || log.size === 0) await roll();
      keepReserve();
    },
    expire,
    drop,
    changed: telled.changed,
    taken: () => room.ring(),
    get evictedTo() {
      return evictedTo;
    },
    hold(seq) {
      held = seq;
    },
    rest: () => gather.wait(),
    close: () => closing.abort(),
  };
}
