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
import { open, type FileHandle } from 'node:fs/promises';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Mark, RawRecord } from '#contract';
import { channel } from '#lib/channel';
import { createGather } from '../../gather.ts';
import { type Reader, reader } from './cursor.ts';
import { encodeFrame, type FrameHead } from './frame.ts';
import { makeLog, reserve, type Segment, segmentName, sizeOf, syncFolder, syncsOf } from './folder.ts';
import { type Damage, load, readSegment } from './load.ts';
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

type Order =
  | { readonly kind: 'records'; readonly records: readonly RawRecord[] }
  | { readonly kind: 'fence'; readonly done: () => void }
  | { readonly kind: 'renumber'; readonly from: number; readonly server: string; readonly done: () => void }
  | { readonly kind: 'note' | 'expire' };

const SEGMENT = { most: 8 * 1024 * 1024, least: 64 * 1024 } as const;
const RESERVE = 128 * 1024;
const CAPACITY = 8;
const MAX_ORDER_RECORDS = 1024;
const MAX_FRAME = { records: 4096, characters: 2 * 1024 * 1024 } as const;
const RETRY_MS = 1000;
const HEAD_ROOM = 4096;
const NO_RECORDS = { count: 0, body: '' } as const;

class Closing extends Error {}

export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { folder, hostName, maxBytes, now, pace = 200 } = options;
  const segmentBytes =
    options.segmentBytes ?? Math.max(SEGMENT.least, Math.min(SEGMENT.most, Math.floor(maxBytes / 8)));
  const log = makeLog(folder);
  const syncs = syncsOf(log);
  const damaged = (damage: Damage): void => {
    if (quarantine(folder, damage)) options.onDamage(damage);
  };
  const loaded = load(log, syncs, damaged, true);
  const { state } = loaded;
  const segments = [...loaded.segments];
  const sizes = new Map(segments.map(({ path }) => [path, sizeOf(path)]));
  const orders = channel<Order>(CAPACITY);
  const gather = createGather();
  const tags = told();
  const queued = new Map<string, number>();
  const changed = new Set<string>();
  const closing = new AbortController();
  const room = signalled();
  const written = signalled();
  const reservePath = join(folder, 'reserve');
  let movedBefore: readonly string[] = [];
  let evictedTo = 0;
  let held = 0;
  /** The ack that the frames on disk tell. */
  let noted = loaded.state.ack;
  let handle: FileHandle | undefined;
  let size = loaded.size;
  let lastCommit = -Infinity;
  let lastTime = loaded.last ?? now();
  let trouble: string | undefined;

  const bytes = (): number => [...sizes.values()].reduce((sum, value) => sum + value, 0);

  function setTrouble(reason: string | undefined): void {
    if (reason === trouble) return;
    trouble = reason;
    options.onTrouble(reason);
  }

  /** A new segment, and a farewell to those that are done with. */
  async function roll(): Promise<void> {
    const number = (segments.at(-1)?.number ?? 0) + 1;
    const segment: Segment = { number, first: state.next, path: join(log, segmentName(number, state.next)) };
    const { ack } = state;
    const checkpoint = { first: state.next, count: 0, time: now(), head: checkpointOf(state), body: '' };
    const frame = encodeFrame(syncs, checkpoint);
    let opened: FileHandle | undefined;
    try {
      opened = await open(segment.path, 'wx', 0o600);
      await opened.writeFile(Buffer.concat([frame, frame]));
      await opened.datasync();
      syncFolder(log);
    } catch (error) {
      await opened?.close();
      rmSync(segment.path, { force: true });
      throw error;
    }
    await handle?.close();
    handle = opened;
    segments.push(segment);
    size = 2 * frame.length;
    sizes.set(segment.path, size);
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
    const segment = segments.shift();
    if (segment === undefined) return;
    rmSync(segment.path, { force: true });
    sizes.delete(segment.path);
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
    if (size >= segmentBytes) await roll();
    while (bytes() + wanted > maxBytes && !(segments.length === 1 && size <= segmentBytes)) {
      if (segments.length === 1 && state.ack === state.next) await roll();
      else if (state.ack > noted) await commit(undefined, false);
      else if (options.whenFull === 'drop_oldest') await evict('evicted');
      else {
        setTrouble(`the spool is full (${bytes()} of ${maxBytes} bytes): sources wait until the server takes some`);
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
    if (handle === undefined) await roll();
    const file = handle as FileHandle;
    const { count, body } = from ?? NO_RECORDS;
    const head = headOf(from);
    const encoded = encodeFrame(syncs, { first: state.next, count, time: now(), head, body });
    for (let at = 0; at < encoded.length;)
      at += (await file.write(encoded, at, encoded.length - at, size + at)).bytesWritten;
    const began = performance.now();
    if (sync) {
      await file.datasync();
      gather.took(performance.now() - began);
    }
    size += encoded.length;
    sizes.set(segments.at(-1)?.path ?? '', size);
    if (from === undefined) movedBefore = [];
    removeDone(head.ack);
  }

  /** What a failed write left is cut off. A full disk gets room from what was taken already; after another fault, a new file. */
  async function recover(error: NodeJS.ErrnoException): Promise<void> {
    setTrouble(`${folder} cannot be written: ${error.message}; sources wait until it can`);
    const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    await handle?.truncate(size).catch(() => undefined);
    // What the lost frame told is told again.
    tags.forget();
    for (const source of state.tallies.keys()) changed.add(source);
    await pause(RETRY_MS);
    if (closing.signal.aborted) return;
    if (isFull && state.ack === noted && (state.ack < state.next || size < SEGMENT.least)) return;
    if (isFull) rmSync(reservePath, { force: true });
    const isDone = state.ack === state.next && size >= SEGMENT.least;
    await (isDone || !isFull ? roll() : commit(undefined, false)).catch(() =>
      handle?.truncate(size).catch(() => undefined),
    );
    // Even where that could not be written: room comes first.
    removeDone(state.ack);
    if (isFull) reserve(reservePath, RESERVE);
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

  /** Where the spool stands, without records. */
  async function note(sync: boolean): Promise<void> {
    await write(undefined, sync);
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
        if (!taken.some(({ kind }) => kind === 'records')) await note(false);
      } else if (order.kind === 'expire') await expireNow();
      else if (order.kind === 'fence') order.done();
      else if (order.kind === 'renumber') {
        const { epoch } = freshState();
        state.ack = Math.max(state.ack, order.from);
        Object.assign(state, { epoch, base: state.ack, server: order.server });
        await note(true);
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

  const tail = segments.at(-1);
  if (tail === undefined || size === 0) {
    if (tail !== undefined) {
      rmSync(tail.path, { force: true });
      sizes.delete(tail.path);
      segments.pop();
    }
    await roll();
  } else handle = await open(tail.path, 'r+');
  reserve(reservePath, Math.min(RESERVE, Math.floor(maxBytes / 8)));
  const running = run();

  return {
    state,
    get bytes() {
      return bytes();
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
    reader: () => reader({ syncs, segments, durable: () => size, onDamage: damaged }),
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
      await handle?.close();
    },
  };
}

/** What was taken, as frames: neither too many records nor too much text. */
function* frames(taken: readonly Order[]): Generator<RawRecord[]> {
  let records: RawRecord[] = [];
  let characters = 0;
  for (const order of taken) {
    if (order.kind !== 'records') continue;
    for (const record of order.records) {
      const full = records.length >= MAX_FRAME.records || characters + record.text.length > MAX_FRAME.characters;
      if (full && records.length > 0) {
        yield records;
        [records, characters] = [[], 0];
      }
      records.push(record);
      characters += record.text.length;
    }
  }
  if (records.length > 0) yield records;
}

interface Signalled {
  ring(): void;
  /** Resolves at the next ring, after `ms`, or when the signal ends. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

function signalled(): Signalled {
  const waiting = new Set<() => void>();
  return {
    ring() {
      for (const wake of waiting) wake();
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
        if (signal.aborted) wake();
      }),
  };
}
