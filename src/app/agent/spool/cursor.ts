/** Reads a spool that is being written, in the order of its numbers, and never beyond what was synced. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { Frame, Syncs } from './frame.ts';
import type { Segment } from './folder.ts';
import { type Damage, damageOf } from './load.ts';
import { type Item, items } from './segment.ts';

export interface Reader {
  /** The next frame that has records from `seek` on; undefined while there is none, or none can be opened. */
  next(): Frame | undefined;
  seek(seq: number): void;
  /** The segment was removed: held open, it would take up its room for as long as nothing new comes, and nothing new might have room. */
  forget(segment: Segment): void;
  close(): void;
}

export interface ReaderOptions {
  readonly syncs: Syncs;
  /** Oldest first; it changes while we read. */
  readonly segments: readonly Segment[];
  /** Synced bytes of the last segment. */
  readonly durable: () => number;
  readonly onDamage: (damage: Damage) => void;
}

const PASSING: ReadonlySet<string> = new Set(['ENOENT', 'EMFILE', 'ENFILE']);

interface Place {
  readonly segment: Segment;
  readonly fd: number;
  /** Where the next item begins. */
  offset: number;
  /** Up to where `rest` reads. */
  size: number;
  rest: Generator<Item>;
}

export function reader({ syncs, segments, durable, onDamage }: ReaderOptions): Reader {
  let target = 0;
  let place: Place | undefined;

  function leave(): void {
    if (place !== undefined) closeSync(place.fd);
    place = undefined;
  }

  function enter(segment: Segment | undefined): boolean {
    leave();
    if (segment === undefined) return false;
    try {
      const fd = openSync(segment.path, 'r');
      place = { segment, fd, offset: 0, size: 0, rest: items(fd, syncs, 0) };
      return true;
    } catch (error) {
      // Removed between the list and here, or out of descriptors for a while: the next look finds what there is then.
      const { code = '' } = error as NodeJS.ErrnoException;
      if (PASSING.has(code)) return false;
      throw error;
    }
  }

  const isLast = (segment: Segment): boolean => segment.number === segments.at(-1)?.number;

  /** undefined: nothing more in this segment for now. */
  function itemIn(here: Place): Item | undefined {
    const step = here.rest.next();
    if (step.done !== true) return step.value;
    const size = isLast(here.segment) ? durable() : fstatSync(here.fd).size;
    if (size <= here.offset) return undefined;
    here.size = size;
    here.rest = items(here.fd, syncs, size, here.offset);
    const again = here.rest.next();
    return again.done === true ? undefined : again.value;
  }

  return {
    seek(seq) {
      target = seq;
      leave();
    },
    next() {
      for (;;) {
        if (place === undefined && !enter(segments.findLast(({ first }) => first <= target) ?? segments[0]))
          return undefined;
        const here = place;
        if (here === undefined) return undefined;
        const wasLast = isLast(here.segment);
        const item = itemIn(here);
        if (item === undefined || item.kind === 'torn') {
          if (wasLast) return undefined;
          if (!enter(segments.find(({ number }) => number > here.segment.number))) return undefined;
          continue;
        }
        here.offset = item.end;
        if (item.kind === 'damaged') onDamage(damageOf(here.segment, item));
        else if (item.frame.count > 0 && item.frame.first + item.frame.count > target) {
          target = item.frame.first + item.frame.count;
          return item.frame;
        }
      }
    },
    forget(segment) {
      if (place?.segment.number === segment.number) leave();
    },
    close: leave,
  };
}
