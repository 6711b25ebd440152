/** Opens a log: adds its frames up from the newest checkpoint on, and finds where the last segment ends. */
import { closeSync, openSync, truncateSync } from 'node:fs';
import type { Frame, Syncs } from './frame.ts';
import { copyOf, type Segment, segmentsOf, sizeOf } from './folder.ts';
import { type Item, items } from './segment.ts';
import { unlinkedWhileRead } from './unlinked.ts';
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
export const readSegment = ({ path }: Segment, syncs: Syncs, from = 0): Generator<Item> => readItems(path, syncs, from);

function* readItems(path: string, syncs: Syncs, from = 0): Generator<Item> {
  const fd = openSync(path, 'r');
  try {
    yield* items(fd, syncs, sizeOf(path), from);
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
  if (start.copy !== undefined) fold(state, start.copy);
  let [size, last, isKnown]: [number, number | undefined, boolean] = [0, undefined, start.copy !== undefined];
  let firstLost = Infinity;
  for (const segment of segments.slice(start.index)) {
    size = 0;
    // Its name outlives what is in it.
    state.next = Math.max(state.next, segment.first);
    for (const item of readSegment(segment, syncs)) {
      if (item.kind === 'torn') break;
      size = item.end;
      if (item.kind === 'frame') {
        fold(state, item.frame);
        last = item.frame.time;
        isKnown = true;
      } else {
        onDamage(damageOf(segment, item));
        if (item.edge === undefined) continue;
        const { first, count } = item.edge;
        if (count > 0) firstLost = Math.min(firstLost, first);
        // Its numbers may have been sent: nobody gets them again.
        state.next = Math.max(state.next, first + count);
      }
    }
  }
  // Nothing says which numbering it was, or what was taken of it: another begins, with what is known to be lost.
  if (!isKnown) state.base = state.ack = Math.min(firstLost, state.next);
  const tail = segments.at(-1);
  if (mend && tail !== undefined && sizeOf(tail.path) > size) truncateSync(tail.path, size);
  return { state, segments, size, last };
}

interface Start {
  /** Of the newest segment whose checkpoint is there; 0 where none is. */
  readonly index: number;
  /** That checkpoint, where the segment does not begin with it any more. */
  readonly copy?: Frame | undefined;
}

function newestCheckpoint(segments: readonly Segment[], syncs: Syncs): Start {
  for (const [index, segment] of [...segments.entries()].toReversed()) {
    if (checkpointIn(segment.path, syncs) !== undefined) return { index };
    const copy = unlinkedWhileRead(() => checkpointIn(copyOf(segment), syncs));
    if (copy !== undefined) return { index, copy };
  }
  return { index: 0 };
}

/** At its beginning; in spools of earlier versions twice. */
function checkpointIn(path: string, syncs: Syncs): Frame | undefined {
  if (sizeOf(path) === 0) return undefined;
  let looked = 0;
  for (const item of readItems(path, syncs)) {
    if (item.kind === 'frame' && item.frame.head.checkpoint === true) return item.frame;
    if (++looked === 2) return undefined;
  }
  return undefined;
}
