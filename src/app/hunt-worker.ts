/** A thread of `porchlight hunt`. It is asked to learn first, with InspectorOptions, serialized. */
import { deserialize } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { inspector, type Inspector, type InspectorOptions, type PieceSource } from './hunt/inspect.ts';
import type { Piece } from './hunt/piece.ts';
import { type Port, serve } from './rpc.ts';

let learned: Inspector | undefined;

serve(parentPort as Port, {
  learn([options]) {
    learned = inspector(deserialize(options as Uint8Array) as InspectorOptions);
    const { rules, problems } = learned;
    return { rules, problems };
  },
  inspect([piece, source]) {
    if (learned === undefined) throw new Error('There are no rules yet.');
    return learned.inspect(piece as Piece, source as PieceSource);
  },
});
