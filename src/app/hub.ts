/**
 * The hub: everything that changes anything goes through here, in one order.
 *
 *   sources ──▶ bounded channel ──▶ batch ──▶ pipeline thread ──▶ store thread ──▶ acknowledge, tell the live views
 *   posts, status changes ─┘          (at most two batches between the channel and the commit)
 *
 * Invariants
 * - Batches are numbered one by one; the pipeline sees them, and the store commits them, in that order.
 * - Nothing is acknowledged before its commit. There is no other acknowledgement.
 * - A failed commit, or a thread that died, voids every batch in flight: its posts are refused, records and status changes
 *   are kept, the pipeline is rebuilt from the store, and what was kept goes in again, whether anything new comes or not.
 *   If the store turns out to hold the batch after all, it counts as committed.
 * - A full channel makes sources and posts wait; nothing is dropped here.
 * - New rules come with a new pipeline thread, which compiles them while the old one works. Between two batches, when nothing
 *   is in flight, it takes the old one's place with the state of the store and the old one's correlation windows.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { AgentSubmission, CommitNotice, Submission, SubmissionResult } from '#api';
import { type AlertStatus, CodedError, type Mark, type RawRecord, type RuleList } from '#contract';
import { backoffDelay, sleep } from '#lib/backoff';
import { channel } from '#lib/channel';
import type { Counters } from '#lib/counters';
import type { Store } from '#store';
import { createGather } from './gather.ts';
import {
  answer,
  isSmall,
  keep,
  MAX_ORDER_RECORDS,
  type Order,
  refuse,
  sendersOf,
  type Settle,
  split,
  worksOf,
} from './orders.ts';
import type { AgentOutcome, WorkResult } from './pipeline/work.ts';
import type { Processed } from './pipeline.ts';
import { type Memory, rebuild, takeOver } from './rebuild.ts';
import { stopwatch } from './stopwatch.ts';
import type { PipelineThread } from './threads.ts';

export interface HubOptions {
  readonly store: Store;
  /** What a pipeline's state is read from; the store where it is absent. */
  readonly memory?: Memory;
  readonly startPipeline: () => PipelineThread;
  readonly counters: Counters;
  readonly now: () => number;
  /** Called after a commit with the number of new records of a source. */
  readonly onRecords: (source: string, count: number) => void;
  /** Called when nothing can be kept, with the reason, after every attempt; and without one when it works again. */
  readonly onTrouble: (reason: string | undefined) => void;
}

export interface Hub {
  /** Resolves when batches are taken; until then what is put waits. Rejects when the store or the rules cannot be had. */
  readonly ready: Promise<void>;
  /** Resolves once the records have a place in the channel. */
  put(records: readonly RawRecord[], signal: AbortSignal): Promise<void>;
  submit(submission: Submission): Promise<SubmissionResult>;
  /** A batch of an enrolled agent: resolves after the commit, or at once where nothing of it was taken. */
  submitAgent(submission: AgentSubmission): Promise<AgentOutcome>;
  setStatus(id: string, status: AlertStatus, by: string, note: string): Promise<boolean>;
  /** Resolves when everything that was put before is committed. */
  settled(): Promise<void>;
  /** To copy events between threads costs as much as to commit them: who needs no preview says so, and it is empty where nobody does. */
  onCommit(listener: (notice: CommitNotice) => void, wants?: { readonly preview: boolean }): () => void;
  /** The rules in force. */
  rules(): RuleList;
  /** Reads the rules anew and puts them in force; the old ones work until then. Rejects where it cannot, and they go on. */
  reload(): Promise<RuleList>;
  /** Number of the last commit. */
  lastBatch(): number;
  eventCount(): number;
  /** Milliseconds, since the start, in which a batch was on its way. */
  busy(): number;
  /** Committed marks of all streams whose key starts with `prefix`. */
  marks(prefix: string): readonly Mark[];
  /** Commits what has arrived and ends. */
  close(): Promise<void>;
}

/** Orders the channel holds before it makes its producers wait: a source's chunk or one POST each. */
const CAPACITY = 32;
const MAX_BATCH_ORDERS = 128;
const IN_FLIGHT = 2;
/** How many turns of the loop a small batch waits for more, as long as each brings something. */
const TURNS = 4;
/** How long it waits for senders that have just been answered and are likely to send again, ms. */
const LINGER = 1;
const RETRY = { base: 250, cap: 10_000, whenClosing: 4 } as const;

/** Why a flow of batches broke, and what goes in again, in its order. */
interface Failure {
  readonly error: Error;
  readonly orders: readonly Order[];
  readonly progressed: boolean;
}

/** A pipeline with the rules compiled, that waits for its moment. */
interface Successor {
  readonly thread: PipelineThread;
  readonly list: RuleList;
  readonly done: Settle<void>;
}

export async function createHub(options: HubOptions): Promise<Hub> {
  const hub = openHub(options);
  await hub.ready;
  return hub;
}

/** Its threads start with it. */
export function openHub(options: HubOptions): Hub {
  const { store, memory = store, counters, now } = options;
  /** `undefined` is no order: it only wakes whoever takes. */
  const orders = channel<Order | undefined>(CAPACITY);
  const listeners = new Set<(notice: CommitNotice) => void>();
  /** Listeners that want a preview. */
  let watchers = 0;
  const marks = new Map<string, Mark>();
  const closing = new AbortController();
  const gather = createGather();
  const busy = stopwatch();
  let pipeline = options.startPipeline();
  let successor: Successor | undefined;
  let retiring: Promise<void> = Promise.resolve();
  let rules: RuleList = { items: [], problems: [], remarks: [] };
  let lastBatch = 0;
  let eventCount = 0;

  async function recover(): Promise<void> {
    const recovery = await rebuild(pipeline, memory, () => counters.add('windows_cut', 'too_many_events'));
    rules = await pipeline.rules();
    lastBatch = recovery.lastBatch;
    eventCount = recovery.eventCount;
    for (const mark of recovery.marks) marks.set(mark.key, mark);
  }

  /** Batches until the channel ends; after every failure the pipeline is rebuilt and what was kept goes in again. */
  async function run(): Promise<void> {
    let kept: readonly Order[] = [];
    for (let attempt = 0; ; attempt++) {
      const outcome = await flow(kept);
      if (outcome === 'ended') return;
      if (outcome.progressed) attempt = 0;
      kept = outcome.orders;
      const restored = await restore(outcome.error, attempt);
      if (restored !== undefined) {
        refuse([...kept, ...(await left())], restored);
        return;
      }
    }
  }

  /** What still waits in the closed channel. */
  async function left(): Promise<readonly Order[]> {
    const rest: Order[] = [];
    for (let taken; (taken = await orders.take(CAPACITY, 0)) !== undefined;)
      rest.push(...taken.filter((order) => order !== undefined));
    return rest;
  }

  /** Waits, then brings a living pipeline into the store's state; tries until it works, or gives the error when closing. */
  async function restore(cause: Error, attempts: number): Promise<Error | undefined> {
    let error = cause;
    for (let attempt = attempts; ; attempt++) {
      counters.add('commit_failures', error instanceof CodedError ? error.code : 'INTERNAL');
      options.onTrouble(error.message);
      if (closing.signal.aborted && attempt >= RETRY.whenClosing) return error;
      const delay = backoffDelay(attempt, RETRY.base, RETRY.cap, Math.random);
      await sleep(delay, closing.signal).catch(() => undefined);
      try {
        await replaceIfDead();
        await recover();
        return undefined;
      } catch (again) {
        error = again as Error;
      }
    }
  }

  /** When nothing is in flight. Where it fails, the old pipeline has lost nothing. */
  async function succeed({ thread, list, done }: Successor): Promise<void> {
    try {
      await takeOver(thread, pipeline, store);
    } catch (error) {
      await thread.stop();
      done.reject(error as Error);
      return;
    }
    const old = pipeline;
    pipeline = thread;
    rules = list;
    done.resolve();
    retiring = old.retire();
  }

  async function reload(): Promise<RuleList> {
    // Memory for two sets of rules is enough.
    await retiring;
    const thread = options.startPipeline();
    try {
      const list = await thread.rules();
      // Before it takes over: from then on everybody waits for it.
      await thread.giveBack();
      if (closing.signal.aborted || successor !== undefined)
        throw new CodedError('BUSY', 'the rules are being changed');
      await new Promise<void>((resolve, reject) => {
        successor = { thread, list, done: { resolve, reject } };
        // The flow may be waiting for the next order. A full channel wakes it anyway.
        orders.offer(undefined);
      });
      return list;
    } catch (error) {
      await thread.stop();
      throw error;
    }
  }

  async function replaceIfDead(): Promise<void> {
    try {
      await pipeline.describe();
    } catch {
      await pipeline.stop();
      pipeline = options.startPipeline();
    }
  }

  /** What comes while nobody has to wait for it: senders that heard the last answer send their next at once. `expected`: how many would. */
  async function stragglers(expected: number): Promise<readonly Order[]> {
    const more: (Order | undefined)[] = [];
    for (let i = 0; i < TURNS; i++) {
      await turn();
      if (orders.size === 0) break;
      more.push(...((await orders.take(MAX_BATCH_ORDERS, 0)) ?? []));
    }
    const missing = expected - more.length;
    if (missing > 0) {
      // Should nobody come at all.
      const wake = setTimeout(() => orders.offer(undefined), LINGER);
      more.push(...((await orders.take(missing, LINGER)) ?? []));
      clearTimeout(wake);
    }
    return more.filter((order) => order !== undefined);
  }

  /** Runs batches, two at a time, until the channel ends or one fails; then waits for the other one. */
  async function flow(again: readonly Order[]): Promise<'ended' | Failure> {
    const failed: Order[] = [];
    const flying: Promise<void>[] = [];
    let error: Error | undefined;
    let progressed = false;
    let assigned = lastBatch;
    let before: Promise<void> = Promise.resolve();
    /** As of the last commit: whom it answered, and who waits for the next one. Each of them sends again once it is answered. */
    let senders = 0;
    let waiting: readonly Order[] = again;

    async function fly(batch: number, taken: readonly Order[], previous: Promise<void>): Promise<void> {
      busy.begin();
      try {
        const received = now();
        const processing = pipeline.process(batch, received, worksOf(taken, received), watchers > 0);
        const [processed] = await Promise.allSettled([processing, previous]);
        if (error !== undefined) throw error;
        if (processed.status === 'rejected') throw processed.reason;
        await commit(processed.value);
        if (!progressed) options.onTrouble(undefined);
        progressed = true;
        land(taken, processed.value);
        senders = sendersOf(taken) + sendersOf(waiting) + orders.size;
      } catch (cause) {
        error ??= cause as Error;
        failed.push(...keep(taken, error));
        // The flow may be waiting for the next order, and on a quiet day that is a long time. A full channel wakes it anyway.
        orders.offer(undefined);
      } finally {
        busy.end();
      }
    }

    while (error === undefined) {
      if (successor !== undefined) {
        await Promise.all(flying.splice(0));
        if (error !== undefined) break;
        const next = successor;
        successor = undefined;
        await succeed(next);
      }
      if (waiting.length === 0) {
        const taken = await orders.take(MAX_BATCH_ORDERS, gather.wait());
        if (taken === undefined) break;
        waiting = taken.filter((order) => order !== undefined);
        if (isSmall(waiting)) {
          // Beside another batch it would gain nothing: what it costs is the commit, and commits come one by one.
          await Promise.all(flying.splice(0));
          waiting = [...waiting, ...(await stragglers(senders - waiting.length))];
        }
        continue;
      }
      const [first, rest] = split(waiting);
      waiting = rest;
      before = fly(++assigned, first, before);
      flying.push(before);
      if (flying.length >= IN_FLIGHT) await flying.shift();
    }
    await Promise.all(flying);
    return error === undefined ? 'ended' : { error, orders: [...failed, ...waiting], progressed };
  }

  async function commit({ commit: batch }: Processed): Promise<void> {
    const begun = performance.now();
    try {
      await store.commit(batch);
      gather.took(performance.now() - begun);
    } catch (error) {
      const held = await store.recover().catch(() => undefined);
      if (held?.lastBatch !== batch.batch) throw error;
    }
  }

  /** What came of a committed batch reaches those who wait for it. */
  function land(taken: readonly Order[], { commit: done, results, preview, perSource, counts }: Processed): void {
    lastBatch = done.batch;
    eventCount += done.events.count;
    for (const mark of done.marks) marks.set(mark.key, mark);
    for (const key of done.forgotten ?? []) marks.delete(key);
    for (const { name, label, value } of counts) counters.add(name, label, value);
    for (const { id, count } of perSource) options.onRecords(id, count);
    for (const [i, order] of taken.entries()) answer(order, results[i] as WorkResult);
    if (done.events.count === 0 && done.alerts.length === 0) return;
    const notice: CommitNotice = {
      batch: done.batch,
      alertIds: done.alerts.map((change) => change.alert.id),
      preview,
      eventCount: done.events.count - (done.snapshots?.length ?? 0),
      last: done.events.count === 0 ? undefined : `${done.batch}-${done.events.count - 1}`,
      ...(done.snapshots === undefined ? {} : { snapshots: done.snapshots }),
    };
    for (const listener of listeners) listener(notice);
  }

  const ask = <T>(make: (done: Settle<T>) => Order): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      orders.put(make({ resolve, reject })).catch(reject);
    });

  const ready = recover();
  const running = ready.then(run, async (error: Error) => {
    orders.close();
    refuse(await left(), error);
  });
  return {
    ready,
    async put(records, signal) {
      for (let at = 0; at < records.length; at += MAX_ORDER_RECORDS) {
        await orders.put({ kind: 'records', records: records.slice(at, at + MAX_ORDER_RECORDS) }, signal);
      }
    },
    submit: (submission) => ask((done) => ({ kind: 'post', submission, done })),
    submitAgent: (submission) => ask((done) => ({ kind: 'agent', submission, done })),
    async setStatus(id, status, by, note) {
      const stored = (await store.alert(id))?.alert;
      return ask((done) => ({
        kind: 'status',
        work: { kind: 'status', id, status, by, note, at: now(), stored },
        done,
      }));
    },
    settled: () => ask((done) => ({ kind: 'fence', done })),
    onCommit(listener, { preview } = { preview: true }) {
      listeners.add(listener);
      if (preview) watchers++;
      return () => {
        if (listeners.delete(listener) && preview) watchers--;
      };
    },
    rules: () => rules,
    reload,
    lastBatch: () => lastBatch,
    eventCount: () => eventCount,
    busy: () => busy.total(),
    marks: (prefix) => [...marks.values()].filter((mark) => mark.key.startsWith(prefix)),
    async close() {
      closing.abort();
      orders.close();
      await running;
      successor?.done.reject(new CodedError('BUSY', 'the server is stopping'));
      await retiring;
      await pipeline.stop();
    },
  };
}
