/**
 * Who looks through pieces: this thread, or others beside it. Each knows all the rules; a piece goes to whoever has the least to do.
 *
 * The others are there before the rules are: they load the program while this thread reads rules, which takes as long.
 */
import { serialize } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { RuleProblem } from '#contract';
import { remote } from '../rpc.ts';
import type { Findings, Inspector, InspectorOptions, PieceSource } from './inspect.ts';
import { buffersOf, type Piece } from './piece.ts';

export interface Described {
  /** Rules that were taken. */
  readonly rules: number;
  readonly problems: readonly RuleProblem[];
}

export interface Crew {
  /** This thread need not know the rules. */
  readonly isElsewhere: boolean;
  /** How many pieces keep all of them busy. */
  readonly room: number;
  /** Once, before the first piece. */
  learn(options: InspectorOptions): Promise<Described>;
  /** Sequential pieces of a file go to one reader, in their order. The piece's memory is the crew's from then on. */
  inspect(piece: Piece, source: PieceSource): Promise<Findings>;
  close(): Promise<void>;
}

/** `threads`: 0 for this one. */
export const crewOf = (threads: number): Crew =>
  threads === 0 ? alone() : together(Array.from({ length: threads }, hand));

function alone(): Crew {
  let learned: Inspector | undefined;
  return {
    isElsewhere: false,
    room: 1,
    async learn(options) {
      // Where others look, this thread need not know how.
      const { inspector } = await import('./inspect.ts');
      return (learned = inspector(options));
    },
    async inspect(piece, source) {
      if (learned === undefined) throw new Error('There are no rules yet.');
      // Lets the signal in.
      await new Promise((resolve) => void setImmediate(resolve));
      return learned.inspect(piece, source);
    },
    close: () => Promise.resolve(),
  };
}

interface Hand {
  /** Pieces that it has. */
  load: number;
  /** `options`: serialized. */
  learn(options: Uint8Array): Promise<Described>;
  inspect(piece: Piece, source: PieceSource): Promise<Findings>;
  close(): Promise<void>;
}

/** MB: 3,754 rules take 150; a leak ends a thread and not the machine. */
const HEAP = 1024;
/** MB: no event outlives the next one, so what is young fits where it is near; more only costs memory. */
const YOUNG = 24;

function hand(): Hand {
  const worker = new Worker(new URL(import.meta.resolve('#app/hunt-worker')), {
    name: 'hunt',
    resourceLimits: { maxOldGenerationSizeMb: HEAP, maxYoungGenerationSizeMb: YOUNG },
  });
  const { call, fail } = remote(worker);
  worker.once('error', fail);
  worker.once('exit', (code) => fail(new Error(`A thread of the hunt ended with ${code}.`)));
  return {
    load: 0,
    learn: (options) => call('learn', [options]),
    inspect: (piece, source) => call('inspect', [piece, source], { transfer: buffersOf(piece) }),
    async close() {
      await worker.terminate();
    },
  };
}

/** Pieces a thread may have waiting, so that it need not wait for the next one. */
const AHEAD = 4;

function together(hands: readonly Hand[]): Crew {
  const idlest = (): Hand | undefined => hands.toSorted((one, other) => one.load - other.load)[0];
  return {
    isElsewhere: true,
    room: hands.length * AHEAD,
    async learn(options) {
      const bytes = shared(options);
      const [first] = await Promise.all(hands.map((one) => one.learn(bytes)));
      if (first === undefined) throw new Error('There is no thread.');
      return first;
    },
    async inspect(piece, source) {
      const chosen = source.isSequential === true ? hands[source.file % hands.length] : idlest();
      if (chosen === undefined) throw new Error('There is no thread.');
      chosen.load++;
      try {
        return await chosen.inspect(piece, source);
      } finally {
        chosen.load--;
      }
    },
    async close() {
      await Promise.all(hands.map((one) => one.close()));
    },
  };
}

/** Written once for all threads. */
function shared(options: InspectorOptions): Uint8Array {
  const written = serialize(options);
  const bytes = new Uint8Array(new SharedArrayBuffer(written.length));
  bytes.set(written);
  return bytes;
}
