/**
 * The agent's records on disk, between the sources and the server.
 *
 *     sources ──put──▶ channel ──▶ one writer: frame, write, fdatasync ──▶ segments ──read──▶ forwarder ──ack──▶ gone
 *
 * Invariants
 * - Records are numbered from 0 without a hole, in the order in which they were put. A number is never given twice.
 * - A source's place (mark) lies in the frame of its records: they are there together or not at all. No other file knows it.
 * - What `read` gives has been synced: the server never has what a crash could take from us.
 * - A segment begins with all there is to know (a checkpoint; a file beside it says the same) and is removed when everything in it
 *   was taken.
 * - A full spool, or a full disk, makes `put` wait; or it gives up its oldest segment, where that is wanted, and counts.
 * - One damaged place costs at most the records of one frame, and their numbers stay given.
 */
import { statSync } from 'node:fs';
import { isPlace, type Mark, type RawRecord } from '#contract';
import { channel } from '#lib/channel';
import { signalled } from '../signalled.ts';
import { type Reader, reader } from './cursor.ts';
import { makeLog, type Segment, syncsOf } from './folder.ts';
import { type Damage, load } from './load.ts';
import { openLogFile } from './log-file.ts';
import { frames, type Order } from './orders.ts';
import { quarantine } from './quarantine.ts';
import { draft, freshState, NO_TALLY, type State } from './state.ts';
import { Closing, writer } from './writer.ts';

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
/** Of the spool's bytes, those that damaged ones may take: one of so many. */
const QUARANTINE = 16;
const CAPACITY = 4;
const MAX_ORDER_RECORDS = 512;

export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { folder, hostName, maxBytes, now, pace = 200 } = options;
  const segmentBytes =
    options.segmentBytes ?? Math.max(SEGMENT.least, Math.min(SEGMENT.most, Math.floor(maxBytes / 8)));
  const place = makeLog(folder);
  const syncs = syncsOf(place);
  const damaged = (damage: Damage): void => {
    if (quarantine(folder, damage, maxBytes / QUARANTINE)) options.onDamage(damage);
  };
  const { state, size, last, segments: found } = load(place, syncs, damaged, true);
  const log = await openLogFile(place, found, size);
  const { segments } = log;
  const readers = new Set<Reader>();
  const onRemoved = (segment: Segment): void => readers.forEach((one) => one.forget(segment));
  const writing = writer({ ...options, state, log, syncs, segmentBytes, last, onRemoved });
  const orders = channel<Order>(CAPACITY);
  const queued = new Map<string, number>();
  const written = signalled();
  let isClosing = false;
  let lastCommit = -Infinity;

  async function writeRecords(records: readonly RawRecord[]): Promise<void> {
    const from = draft(records, hostName);
    await writing.records(from);
    for (const [i, source] of from.sources.entries()) {
      const left = (queued.get(source.id) ?? 0) - (from.counts[i] ?? 0);
      if (left > 0) queued.set(source.id, left);
      else queued.delete(source.id);
    }
    lastCommit = performance.now();
    written.ring();
  }

  async function renumber(from: number, server: string): Promise<void> {
    const { epoch } = freshState();
    state.ack = Math.max(state.ack, from);
    Object.assign(state, { epoch, base: state.ack, server });
    await writing.note(true);
  }

  async function obey(taken: readonly Order[]): Promise<void> {
    for (const records of frames(taken)) await writeRecords(records);
    for (const order of taken) {
      if (order.kind === 'note') {
        // A frame of records says the same.
        if (!taken.some(({ kind }) => kind === 'records')) await writing.note(false);
      } else if (order.kind === 'expire') await writing.expire();
      else if (order.kind === 'fence') order.done();
      else if (order.kind === 'renumber') {
        await renumber(order.from, order.server);
        order.done();
      }
    }
  }

  async function run(): Promise<void> {
    for (;;) {
      const wait = Math.max(writing.rest(), lastCommit + pace - performance.now());
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

  await writing.begin();
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
        for (const { source } of some.filter((record) => !isPlace(record)))
          queued.set(source.id, (queued.get(source.id) ?? 0) + 1);
        await orders.put({ kind: 'records', records: some }, signal);
      }
    },
    settled: () => new Promise((done, failed) => void orders.put({ kind: 'fence', done }).catch(failed)),
    marks: (prefix) => [...state.marks.values()].filter(({ key }) => key.startsWith(prefix)),
    dropped: writing.drop,
    reader() {
      const one = reader({ syncs, segments, durable: () => log.size, onDamage: damaged });
      readers.add(one);
      return one;
    },
    hold: writing.hold,
    until: (seq, ms, signal) => (state.next > seq ? Promise.resolve() : written.wait(ms, signal)),
    ack(seq, sent) {
      state.ack = Math.max(state.ack, Math.min(seq, state.next));
      for (const [source, count] of sent) {
        const tally = state.tallies.get(source) ?? NO_TALLY;
        state.tallies.set(source, { ...tally, sent: tally.sent + count });
        writing.changed(source);
      }
      writing.taken();
      if (!isClosing) orders.offer({ kind: 'note' });
    },
    lost: (from) => (from < writing.evictedTo ? 'evicted' : 'damaged'),
    renumber: (from, server) =>
      new Promise((done, failed) => void orders.put({ kind: 'renumber', from, server, done }).catch(failed)),
    expire: () => void orders.offer({ kind: 'expire' }),
    async close() {
      isClosing = true;
      orders.close();
      writing.close();
      await running;
      await log.close();
    },
  };
}
