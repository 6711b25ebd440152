/**
 * Exactly once by position: which records are new, before anything counts them.
 *
 * One mark per stream, the `to` of its last accepted record. Marks that moved since the last `take` go into the commit of
 * the batch that moved them. A failed commit throws all of this away and starts again from the store's marks.
 */
import type { Mark, Position } from '#contract';

export type Verdict = 'new' | 'repeat' | 'gap' | 'overlap';

export interface Marks {
  /** `gap` and `overlap` are accepted too: the record is new, but something before it is missing or was cut differently. */
  accept(position: Position): Verdict;
  /** Marks that moved since the last call. */
  take(): readonly Mark[];
}

export function createMarks(committed: readonly Mark[]): Marks {
  const marks = new Map(committed.map((mark) => [mark.key, mark]));
  const moved = new Set<string>();
  return {
    accept({ stream, from, to }) {
      const known = marks.get(stream.key);
      if (known !== undefined && to <= known.mark) return 'repeat';
      marks.set(stream.key, { key: stream.key, mark: to, detail: stream.detail });
      moved.add(stream.key);
      const expected = known?.mark ?? 0;
      if (from === expected || known === undefined) return 'new';
      return from > expected ? 'gap' : 'overlap';
    },
    take() {
      const taken = [...moved].map((key) => marks.get(key) as Mark);
      moved.clear();
      return taken;
    },
  };
}
