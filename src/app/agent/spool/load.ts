/** Opens a log: adds its frames up from the newest checkpoint on, and finds where the last segment ends. */
import { closeSync, openSync, truncateSync } from 'node:fs';
import type { Syncs } from './frame.ts';
import { type Segment, segmentsOf, sizeOf } from './folder.ts';
import { type Item, items } from './segment.ts';
import { fold, freshState, type State } from './state.ts';

export interface Damage {
  readonly segment: Segment;
  readonly at: number;
  readonly end: number;
  /** Records that were there, where it is known. */
  readonly records: number | undefined;
}

export interface Loaded {
  readonly state: State;
  readonly segments: readonly Segment[];
  /** Bytes of the last segment that are frames. */
  readonly size: number;
  /** Time of the last frame, ms; undefined in an empty log. */
  readonly last: number | undefined;
}

/** All items of a segment, from `from` on. */
export function* readSegment(segment: Segment, syncs: Syncs, from = 0): Generator<Item> {
  const fd = openSync(segment.path, 'r');
  try {
    yield* items(fd, syncs, sizeOf(segment.path), from);
  } finally {
    closeSync(fd);
  }
}

export const damageOf = (segment: Segment, { at, end, edge }: Item & { kind: 'damaged' }): Damage => ({
  segment,
  at,
  end,
  records: edge?.count,
});

/** `mend`: cuts off a torn end. Without it nothing is changed, and another process may be writing. */
export function load(log: string, syncs: Syncs, onDamage: (damage: Damage) => void, mend: boolean): Loaded {
  const segments = segmentsOf(log);
  const state = freshState();
  const start = newestCheckpoint(segments, syncs);
  let [size, last]: [number, number | undefined] = [0, undefined];
  for (const segment of segments.slice(Math.max(0, start))) {
    size = 0;
    for (const item of readSegment(segment, syncs)) {
      if (item.kind === 'torn') break;
      size = item.end;
      if (item.kind === 'frame') {
        fold(state, item.frame);
        last = item.frame.time;
      } else {
        onDamage(damageOf(segment, item));
        // Its numbers may have been sent: nobody gets them again.
        if (item.edge !== undefined) state.next = Math.max(state.next, item.edge.first + item.edge.count);
      }
    }
  }
  const tail = segments.at(-1);
  if (mend && tail !== undefined && sizeOf(tail.path) > size) truncateSync(tail.path, size);
  return { state, segments, size, last };
}

/** Index of the newest segment that has a checkpoint; -1 where none has. */
function newestCheckpoint(segments: readonly Segment[], syncs: Syncs): number {
  return segments.findLastIndex((segment) => {
    let looked = 0;
    for (const item of readSegment(segment, syncs)) {
      if (item.kind === 'frame' && item.frame.head.checkpoint === true) return true;
      // Two copies at the start; what comes later is none.
      if (++looked === 2) return false;
    }
    return false;
  });
}
