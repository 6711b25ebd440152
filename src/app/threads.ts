/** The worker threads and the typed calls to them. Who starts a thread owns its end. */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { RuleList } from '#contract';
import type { Windows } from '#detect';
import type { Limits, Recovery, Store, StoredBatch, StoreDamage } from '#store';
import type { BacktestJob, Beginning, Step } from './backtest-worker.ts';
import type { HealthRecovery } from './health.ts';
import type { Work } from './pipeline/work.ts';
import type { Pipeline, PipelineOptions, Processed } from './pipeline.ts';
import { buffersOf } from './record-batch.ts';
import type { Memory } from './rebuild.ts';
import { readerThread } from './reader-thread.ts';
import { remote } from './rpc.ts';
import { createStoreClient } from './store-client.ts';
import type { Tidied } from './upkeep-worker.ts';

export interface Thread {
  /** Rejects when the thread ends although nobody asked it to. */
  readonly crashed: Promise<never>;
  stop(): Promise<void>;
}

export interface PipelineThread extends Thread {
  describe(): Promise<Pick<Pipeline, 'horizon'>>;
  rules(): Promise<RuleList>;
  reset(recovery: Recovery, health: HealthRecovery): Promise<void>;
  handover(): Promise<Windows>;
  adopt(recovery: Recovery, health: HealthRecovery, windows: Windows): Promise<void>;
  rebuild(batches: readonly StoredBatch[]): Promise<void>;
  /** Gives back what compiling left. Not for a start: it takes a tenth of a second. */
  giveBack(): Promise<void>;
  /**
   * Stops a pipeline that was replaced. It lets its rules go first: what a thread still has at its end is kept by V8 for ten
   * seconds, for the next thread, and rules that are changed again and again would pile up.
   */
  retire(): Promise<void>;
  process(batch: number, received: number, work: readonly Work[], watched: boolean): Promise<Processed>;
}

function start(
  name: string,
  workerData: unknown,
  { old, young }: HeapLimits,
  onNews?: (value: unknown) => void,
): Thread & { readonly call: ReturnType<typeof remote>['call'] } {
  // The launcher's flag keeps the main thread's nursery small. Left as it is, it would overrule what threads are given.
  setFlagsFromString('--max-semi-space-size=0');
  const worker = new Worker(new URL(import.meta.resolve(`#app/${name}`)), {
    name,
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: old, maxYoungGenerationSizeMb: young },
  });
  const { call, fail } = remote(worker, onNews);
  let stopping = false;
  const crashed = new Promise<never>((_, reject) => {
    const lost = (error: Error): void => {
      fail(error);
      if (!stopping) reject(error);
    };
    worker.once('error', (error) => lost(new Error(`The ${name} thread failed.`, { cause: error })));
    worker.once('exit', (code) => lost(new Error(`The ${name} thread ended with ${code}.`)));
  });
  crashed.catch(() => undefined);
  return {
    call,
    crashed,
    async stop() {
      stopping = true;
      await worker.terminate();
    },
  };
}

interface HeapLimits {
  readonly old: number;
  readonly young: number;
}

/**
 * MB. `old` is far above normal use, so that a leak ends a thread and not the machine. `young` is three times what half of the nursery may
 * grow to. A nursery is filled before it is collected, however little of it lives: only threads that make many objects have a large one.
 */
const HEAP = {
  pipeline: { old: 256, young: 24 },
  store: { old: 192, young: 6 },
  reader: { old: 256, young: 12 },
  upkeep: { old: 256, young: 12 },
  backtest: { old: 256, young: 24 },
} as const satisfies Record<string, HeapLimits>;

/** A thread that loads its program, and waits to be told what to run. */
export interface ReadyPipeline {
  start(options: PipelineOptions): PipelineThread;
  stop(): Promise<void>;
}

/** For a start: the program loads while its caller still finds out what to run, and loads its own. */
export function readyPipeline(): ReadyPipeline {
  const { call, crashed, stop } = start('pipeline-worker', undefined, HEAP.pipeline);
  return {
    stop,
    start(options) {
      // Why it could not be started is what every later call hears.
      call('start', [options]).catch(() => undefined);
      return pipelineThread({ call, crashed, stop });
    },
  };
}

export const startPipelineThread = (options: PipelineOptions): PipelineThread => readyPipeline().start(options);

function pipelineThread({ call, crashed, stop }: ReturnType<typeof start>): PipelineThread {
  return {
    crashed,
    stop,
    describe: () => call('describe', []),
    rules: () => call('rules', []),
    reset: (recovery, health) => call('reset', [recovery, health]),
    handover: () => call('handover', []),
    adopt: (recovery, health, windows) => call('adopt', [recovery, health, windows]),
    rebuild: (batches) => call('rebuild', [batches]),
    giveBack: () => call('giveBack', []),
    retire: () =>
      call('retire', [])
        .catch(() => undefined)
        .then(stop),
    process: (batch, received, work, watched) =>
      call('process', [batch, received, work, watched], { transfer: [...new Set(work.flatMap(buffers))] }),
  };
}

const buffers = (work: Work): ArrayBuffer[] =>
  work.kind === 'records' ? buffersOf(work.records) : work.kind === 'status' ? [] : [work.body.buffer];

export interface StoreThread extends Thread {
  readonly store: Store;
  /** Answers a start's questions itself: for them alone no reader begins. */
  readonly memory: Memory;
}

/** `onDamage`: called for a place that a read found damaged; again where another reader finds it. */
export function startStoreThread(
  folder: string,
  onDamage: (damage: StoreDamage) => void = () => undefined,
): StoreThread {
  const path = join(folder, 'porchlight.db');
  const { call, crashed, stop } = start('store-worker', { path }, HEAP.store);
  const reader = readerThread(
    () => start('reader-worker', { path }, HEAP.reader, (damage) => onDamage(damage as StoreDamage)),
    () => call('opened', []),
  );
  const store = createStoreClient(call, reader);
  return {
    crashed,
    store,
    memory: { ...store, events: (query) => call('events', [query]) },
    async stop() {
      await reader.stop();
      await stop();
    },
  };
}

export interface UpkeepThread {
  tidy(now: number): Promise<Tidied>;
  stop(): Promise<void>;
}

export function startUpkeepThread(folder: string, limits: Limits): UpkeepThread {
  const { call, stop } = start('upkeep-worker', { path: join(folder, 'porchlight.db'), limits }, HEAP.upkeep);
  return { tidy: (now) => call('tidy', [now]), stop };
}

export interface BacktestThread {
  begin(signal: AbortSignal): Promise<Beginning>;
  step(signal: AbortSignal): Promise<Step>;
  stop(): Promise<void>;
}

export function startBacktestThread(job: BacktestJob): BacktestThread {
  const { call, stop } = start('backtest-worker', job, HEAP.backtest);
  return {
    begin: (signal) => call('begin', [], { signal }),
    step: (signal) => call('step', [], { signal }),
    stop,
  };
}
