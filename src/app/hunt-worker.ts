/** A thread of `porchlight hunt`. `workerData` is its InspectorOptions. */
import { parentPort, workerData } from 'node:worker_threads';
import { inspector, type InspectorOptions, type PieceSource } from './hunt/inspect.ts';
import type { Piece } from './hunt/piece.ts';
import { type Port, serve } from './rpc.ts';

const { rules, problems, inspect } = inspector(workerData as InspectorOptions);

serve(parentPort as Port, {
  describe: () => ({ rules, problems }),
  inspect: ([piece, source]) => inspect(piece as Piece, source as PieceSource),
});
