/**
 * The agent's records on disk, between the sources and the server.
 *
 *     sources ──put──▶ channel ──▶ one writer: frame, write, fdatasync ──▶ segments ──read──▶ forwarder ──ack──▶ gone
 *
 * Invariants
 * - Records are numbered from 0 without a hole, in the order in which they were put. A number is never given twice.
 * - A source's place (mark) lies in the frame of its records: they are there together or not at all. No other file knows it.
 * - What `read` gives has been synced: the server never has what a crash could take from us.
 * - A segment begins with all there is to know (a checkpoint, twice) and is removed when everything in it was taken.
 * - A full spool, or a full disk, makes `put` wait; or it gives up its oldest segment, where that is wanted, and counts.
 * - One damaged place costs at most the records of one frame, and their numbers stay given.
 */
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Mark, RawRecord } from '#contract';
import { channel } from '#lib/channel';
import { createGather } from '../../gather.ts';
import { signalled } from '../signalled.ts';
import { type Reader, reader } from './cursor.ts';
import { encodeFrame, type FrameHead } from './frame.ts';
import { makeLog, reserve, syncsOf } from './folder.ts';
import { type Damage, load, readSegment } from './load.ts';
import { openLogFile } from './log-file.ts';
import { frames, type Order } from './orders.ts';
import { quarantine } from './quarantine.ts';
import { add, checkpointOf, type Draft, draft, freshState, identity, NO_TALLY, type State, told } from './state.ts';

export interface SpoolOptions {
  readonly folder: string;
  readonly hostName: string;
  readonly maxBytes: number;
  /** ms. */
  readonly maxAge: number;
  readonly whenFull: 'wait' | 'drop_oldest';
  readonly segmentBytes?: number;
  /** ms from one commit to the next while little comes. */
  readonly pace?: number;
  readonly now: () => number;
  /** Nothing can be written, with the reason; undefined when it goes on. */
  readonly onTrouble: (reason: string | undefined) => void;
  readonly onDamage: (damage: Damage) => void;
}

export interface Spool {
  readonly state: Readonly<State>;
  readonly bytes: number;
  /** When the oldest that was not taken was written, ms; to within a segment. */
  oldest(): number | null;
  /** Records that wait to be written. */
  readonly queued: ReadonlyMap<string, number>;
  /** Resolves once the records have a place in the queue. */
  put(records: readonly RawRecord[], signal: AbortSignal): Promise<void>;
  /** Resolves when everything that was put before is on disk. */
  settled(): Promise<void>;
  marks(prefix: string): readonly Mark[];
  /** Counts what was lost before it came here. */
  dropped(source: string, reason: string, count: number): void;
  reader(): Reader;
  /** Everything below `seq` was read and will be sent or counted by whoever did. */
  hold(seq: number): void;
  /** Resolves when there is a number from `seq` on that can be read, after `ms`, or when the signal ends. */
  until(seq: number, ms: number, signal: AbortSignal): Promise<void>;
  /** Everything below `seq` is done with; `sent`: records of it that went out, by source. */
  ack(seq: number, sent: ReadonlyMap<string, number>): void;
  /** Why the numbers of a range cannot be read. */
  lost(from: number): 'evicted' | 'damaged';
  /** A new numbering from `from` on, which is not below what was taken. Resolves when it is on disk. */
  renumber(from: number, server: string): Promise<void>;
  /** Gives up what is older than the limit. */
  expire(): void;
  close(): Promise<void>;
}

const SEGMENT = { most: 8 * 1024 * 1024, least: 64 * 1024 } as const;
const RESERVE = 128 * 1024;
const CAPACITY = 4;
const MAX_ORDER_RECORDS = 512;
/** Of a checkpoint, so that one damaged frame does not take all. */
const COPIES = 2;
/** Of each log, on a full disk: those of the incarnations that may still be open. */
const FEW_MARKS = 16;
/** Marks that came before the reserve is made anew. */
const MARKS_MORE = 8;
const RETRY_MS = 1000;
const HEAD_ROOM = 4096;
const SCRATCH = 256 * 1024;
const NO_RECORDS = { count: 0, body: '' } as const;

class Closing extends Error {}

export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { folder, hostName, maxBytes, now, pace = 200 } = options;
  const segmentBytes =
    options.segmentBytes ?? Math.max(SEGMENT.least, Math.min(SEGMENT.most, Math.floor(maxBytes / 8)));
  const place = makeLog(folder);
  const syncs = syncsOf(place);
  const damaged = (damage: Damage): void => {
    if (quarantine(folder, damage)) options.onDamage(damage);
  };
  const loaded = load(place, syncs, damaged, true);
  const { state } = loaded;
  const log = await openLogFile(place, loaded.segments, loaded.size);
  const { segments } = log;
  const orders = channel<Order>(CAPACITY);
  const gather = createGather();
  const tags = told();
  const queued = new Map<string, number>();
  const changed = new Set<string>();
  const closing = new AbortController();
  const room = signalled();
  const written = signalled();
  const scratch = Buffer.allocUnsafeSlow(SCRATCH);
  const reservePath = join(folder, 'reserve');
  /** Marks that the reserve was made for. */
  let reservedFor = -Infinity;
  let movedBefore: readonly string[] = [];
  let evictedTo = 0;
  let held = 0;
  /** The ack that the frames on disk tell. */
  let noted = loaded.state.ack;
  let lastCommit = -Infinity;
  let lastTime = loaded.last ?? now();
  let trouble: string | undefined;

  function setTrouble(reason: string | undefined): void {
    if (reason === trouble) return;
    trouble = reason;
    options.onTrouble(reason);
  }

  const checkpoint = (marks?: number): Buffer =>
    encodeFrame(syncs, { first: state.next, count: 0, time: now(), head: checkpointOf(state, marks), body: '' });

  /** Room for a checkpoint, which grows with the places it tells. On a full disk there is no other way to begin a segment. */
  function keepReserve(): void {
    if (Math.abs(state.marks.size - reservedFor) < MARKS_MORE) return;
    const isThere = reserve(reservePath, Math.min(RESERVE, Math.floor(maxBytes / 8)) + checkpoint().length);
    // Not now: with the next frame there may be room.
    reservedFor = isThere ? state.marks.size : -Infinity;
  }

  /** A new segment, and a farewell to those that are done with. */
  async function roll(copies = COPIES, marks?: number): Promise<void> {
    const { ack, next } = state;
    const frame = checkpoint(marks);
    await log.begin(next, Buffer.concat(Array.from({ length: copies }, () => frame)));
    tags.forget();
    changed.clear();
    movedBefore = [];
    removeDone(ack);
  }

  /** The last segment is being written and stays. The others go once what came of them is on disk. */
  function removeDone(ack = noted): void {
    noted = ack;
    while (segments.length > 1 && (segments[1]?.first ?? Infinity) <= noted) removeOldest();
  }

  function removeOldest(): void {
    log.removeOldest();
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
    changed.add(source);
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

  /** Without records it is a note of where the spool stands. The head is made here: waiting for room may have changed what it says. */
  async function commit(from: Draft | undefined, sync: boolean): Promise<void> {
    const { count, body } = from ?? NO_RECORDS;
    const head = headOf(from);
    const frame = { first: state.next, count, time: now(), head, body };
    const took = await log.append(encodeFrame(syncs, frame, scratch), sync);
    if (sync) gather.took(took);
    if (from === undefined) movedBefore = [];
    removeDone(head.ack);
  }

  /** What a failed write left is cut off. A full disk gets room from what was taken already; after another fault, a new file. */
  async function recover(error: NodeJS.ErrnoException): Promise<void> {
    setTrouble(`${folder} cannot be written: ${error.message}; sources wait until it can`);
    const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    await log.cutBack();
    // What the lost frame told is told again.
    tags.forget();
    for (const source of state.tallies.keys()) changed.add(source);
    await pause(RETRY_MS);
    if (closing.signal.aborted) return;
    if (isFull && state.ack === noted && (state.ack < state.next || log.size < SEGMENT.least)) return;
    if (isFull) rmSync(reservePath, { force: true });
    const isDone = state.ack === state.next && log.size >= SEGMENT.least;
    try {
      if (!isFull) await roll();
      // As little as will do, or the new segment would be full of what it begins with.
      else if (isDone) await roll(1, FEW_MARKS);
      else await commit(undefined, false);
    } catch {
      await log.cutBack();
    }
    // Even where that could not be written: room comes first.
    removeDone(state.ack);
    reservedFor = -Infinity;
    keepReserve();
  }

  function headOf(from: Draft | undefined): FrameHead {
    const moved = new Map(from?.marks);
    for (const key of movedBefore) {
      const mark = state.marks.get(key);
      if (mark !== undefined && !moved.has(key)) moved.set(key, mark);
    }
    const tellings = [...changed];
    changed.clear();
    return {
      ...identity(state),
      marks: tags.rows(moved.values()),
      sources: from?.sources ?? [],
      counts: from?.counts ?? [],
      tallies: Object.fromEntries(tellings.map((source) => [source, state.tallies.get(source) ?? NO_TALLY])),
    };
  }

  async function writeRecords(records: readonly RawRecord[]): Promise<void> {
    const from = draft(records, hostName);
    const { count, marks } = from;
    await write(from, true);
    state.next += count;
    for (const [key, mark] of marks) {
      state.marks.delete(key);
      state.marks.set(key, mark);
    }
    movedBefore = [...marks.keys()];
    keepReserve();
    for (const [i, source] of from.sources.entries()) {
      const landed = from.counts[i] ?? 0;
      add(state, source.id, landed);
      const left = (queued.get(source.id) ?? 0) - landed;
      if (left > 0) queued.set(source.id, left);
      else queued.delete(source.id);
    }
    lastCommit = performance.now();
    lastTime = now();
    written.ring();
  }

  async function expireNow(): Promise<void> {
    const limit = now() - options.maxAge;
    for (;;) {
      const [segment] = segments;
      if (segment === undefined || state.ack >= state.next || segment.first >= state.next) return;
      const newest = segments.length === 1 ? lastTime : statSync(segment.path).mtimeMs;
      if (newest > limit) return;
      await evict('too_old');
    }
  }

  async function obey(taken: readonly Order[]): Promise<void> {
    for (const records of frames(taken)) await writeRecords(records);
    for (const order of taken) {
      if (order.kind === 'note') {
        // A frame of records says the same.
        if (!taken.some(({ kind }) => kind === 'records')) await write(undefined, false);
      } else if (order.kind === 'expire') await expireNow();
      else if (order.kind === 'fence') order.done();
      else if (order.kind === 'renumber') {
        const { epoch } = freshState();
        state.ack = Math.max(state.ack, order.from);
        Object.assign(state, { epoch, base: state.ack, server: order.server });
        await write(undefined, true);
        order.done();
      }
    }
  }

  async function run(): Promise<void> {
    for (;;) {
      const wait = Math.max(gather.wait(), lastCommit + pace - performance.now());
      const taken = await orders.take(CAPACITY, Math.max(0, wait));
      if (taken === undefined) return;
      try {
        await obey(taken);
      } catch (error) {
        if (!(error instanceof Closing)) throw error;
        for (const order of taken) if (order.kind === 'fence' || order.kind === 'renumber') order.done();
      }
    }
  }

  if (segments.length === 0 || log.size === 0) await roll();
  keepReserve();
  const running = run();

  return {
    state,
    get bytes() {
      return log.bytes;
    },
    queued,
    oldest() {
      const [segment] = segments;
      if (segment === undefined || state.ack >= state.next) return null;
      return Math.round(statSync(segment.path, { throwIfNoEntry: false })?.birthtimeMs ?? now());
    },
    async put(records, signal) {
      for (let at = 0; at < records.length; at += MAX_ORDER_RECORDS) {
        const some = records.slice(at, at + MAX_ORDER_RECORDS);
        for (const { source } of some) queued.set(source.id, (queued.get(source.id) ?? 0) + 1);
        await orders.put({ kind: 'records', records: some }, signal);
      }
    },
    settled: () => new Promise((done, failed) => void orders.put({ kind: 'fence', done }).catch(failed)),
    marks: (prefix) => [...state.marks.values()].filter(({ key }) => key.startsWith(prefix)),
    dropped: drop,
    reader: () => reader({ syncs, segments, durable: () => log.size, onDamage: damaged }),
    hold(seq) {
      held = seq;
    },
    until: (seq, ms, signal) => (state.next > seq ? Promise.resolve() : written.wait(ms, signal)),
    ack(seq, sent) {
      state.ack = Math.max(state.ack, Math.min(seq, state.next));
      for (const [source, count] of sent) {
        const tally = state.tallies.get(source) ?? NO_TALLY;
        state.tallies.set(source, { ...tally, sent: tally.sent + count });
        changed.add(source);
      }
      room.ring();
      if (!closing.signal.aborted) orders.offer({ kind: 'note' });
    },
    lost: (from) => (from < evictedTo ? 'evicted' : 'damaged'),
    renumber: (from, server) =>
      new Promise((done, failed) => void orders.put({ kind: 'renumber', from, server, done }).catch(failed)),
    expire: () => void orders.offer({ kind: 'expire' }),
    async close() {
      orders.close();
      closing.abort();
      await running;
      await log.close();
    },
  };
}
