/** Who looks through pieces: this thread, or others beside it. Each knows all the rules; a piece goes to whoever has the least to do. */
import { Worker } from 'node:worker_threads';
import type { RuleProblem } from '#contract';
import { remote } from '../rpc.ts';
import { type Findings, inspector, type InspectorOptions, type PieceSource } from './inspect.ts';
import { buffersOf, type Piece } from './piece.ts';

export interface Described {
  /** Rules that were taken. */
  readonly rules: number;
  readonly problems: readonly RuleProblem[];
}

export interface Crew {
  /** How many pieces keep all of them busy. */
  readonly room: number;
  describe(): Promise<Described>;
  /** Sequential pieces of a file go to one reader, in their order. The piece's memory is the crew's from then on. */
  inspect(piece: Piece, source: PieceSource): Promise<Findings>;
  close(): Promise<void>;
}

/** `threads`: 0 for this one. */
export const crewOf = (options: InspectorOptions, threads: number): Crew =>
  threads === 0 ? alone(options) : together(Array.from({ length: threads }, () => hand(options)));

function alone(options: InspectorOptions): Crew {
  const { rules, problems, inspect } = inspector(options);
  return {
    room: 1,
    describe: () => Promise.resolve({ rules, problems }),
    async inspect(piece, source) {
      // Lets the signal in.
      await new Promise((resolve) => void setImmediate(resolve));
      return inspect(piece, source);
    },
    close: () => Promise.resolve(),
  };
}

interface Hand {
  /** Pieces that it has. */
  load: number;
  describe(): Promise<Described>;
  inspect(piece: Piece, source: PieceSource): Promise<Findings>;
  close(): Promise<void>;
}

/** MB: 3,754 rules take 150; a leak ends a thread and not the machine. */
const HEAP = 1024;
/** MB: no event outlives the next one, so what is young fits where it is near; more only costs memory. */
const YOUNG = 24;

function hand(options: InspectorOptions): Hand {
  const worker = new Worker(new URL(import.meta.resolve('#app/hunt-worker')), {
    name: 'hunt',
    workerData: options,
    resourceLimits: { maxOldGenerationSizeMb: HEAP, maxYoungGenerationSizeMb: YOUNG },
  });
  const { call, fail } = remote(worker);
  worker.once('error', fail);
  worker.once('exit', (code) => fail(new Error(`A thread of the hunt ended with ${code}.`)));
  return {
    load: 0,
    describe: () => call('describe', []),
    inspect: (piece, source) => call('inspect', [piece, source], { transfer: buffersOf(piece) }),
    async close() {
      await worker.terminate();
    },
  };
}

/** Pieces a thread may have waiting, so that it need not wait for the next one. */
const AHEAD = 2;

function together(hands: readonly Hand[]): Crew {
  const idlest = (): Hand | undefined => hands.toSorted((one, other) => one.load - other.load)[0];
  return {
    room: hands.length * AHEAD,
    describe() {
      const [first] = hands;
      if (first === undefined) throw new Error('There is no thread.');
      return first.describe();
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
