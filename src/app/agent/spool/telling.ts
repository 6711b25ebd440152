/**
 * What the head of a frame tells besides its records: places and tallies that moved, and at the beginning of a segment all of them.
 * What a frame told that was not written is told again.
 */
import type { FrameHead } from './frame.ts';
import { checkpointOf, type Draft, identity, NO_TALLY, type State, told } from './state.ts';

export interface Telling {
  /** Made just before it is written: waiting for room may have changed what it says. */
  headOf(from: Draft | undefined): FrameHead;
  /** All there is to know; of each log so many places. */
  checkpoint(marks?: number): FrameHead;
  /** The tally of this source has changed. */
  changed(source: string): void;
  /** What frames behind this one repeat once. */
  moved(keys: Iterable<string>): void;
  /** A segment began: its checkpoint told everything. */
  began(): void;
  /** The frame was not written. */
  failed(): void;
}

export function telling(state: State): Telling {
  const tags = told();
  const changed = new Set<string>();
  let movedBefore: readonly string[] = [];

  return {
    headOf(from) {
      const moved = new Map(from?.marks);
      for (const key of movedBefore) {
        const mark = state.marks.get(key);
        if (mark !== undefined && !moved.has(key)) moved.set(key, mark);
      }
      const tellings = [...changed];
      changed.clear();
      return {
        ...identity(state),
        marks: tags.rows(moved.values()),
        sources: from?.sources ?? [],
        counts: from?.counts ?? [],
        tallies: Object.fromEntries(tellings.map((source) => [source, state.tallies.get(source) ?? NO_TALLY])),
      };
    },
    checkpoint: (marks) => checkpointOf(state, marks),
    changed: (source) => void changed.add(source),
    moved(keys) {
      movedBefore = [...keys];
    },
    began() {
      tags.forget();
      changed.clear();
      movedBefore = [];
    },
    failed() {
      tags.forget();
      for (const source of state.tallies.keys()) changed.add(source);
    },
  };
}
