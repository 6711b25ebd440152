/**
 * Exactly once by position: which records are new, before anything counts them.
 *
 * One mark per stream, the `to` of its last accepted record. Marks that moved since the last `take` go into the commit of
 * the batch that moved them. A failed commit throws all of this away and starts again from the store's marks.
 */
import type { Mark, Position, StreamTag } from '#contract';

export type Verdict = 'new' | 'repeat' | 'gap' | 'overlap';

export interface Marks {
  /** `gap` and `overlap` are accepted too: the record is new, but something before it is missing or was cut differently. */
  accept(position: Position): Verdict;
  /** Where a stream stands; undefined: never heard of. */
  at(key: string): Mark | undefined;
  /** All streams whose key begins with `prefix`, in no order. */
  startingWith(prefix: string): readonly Mark[];
  /** Puts a stream where its owner says it stands. */
  set(mark: Mark): void;
  forget(key: string): void;
  /** Marks that moved since the last call, and streams that are forgotten. */
  take(): { readonly moved: readonly Mark[]; readonly forgotten: readonly string[] };
}

/** Streams that end with one request, an idempotent POST each: only so many are remembered, latest first. */
const BRIEF = 'post:';
const MOST_BRIEF = 10_000;

/** The stream of a POST with an `Idempotency-Key`. Its detail is when it came, so that a restart knows which is the oldest. */
export const briefStream = (agent: string, key: string, received: number): StreamTag => ({
  key: `${BRIEF}${agent}:${key}`,
  detail: String(received),
});

export function createMarks(committed: readonly Mark[], mostBrief = MOST_BRIEF): Marks {
  const marks = new Map(committed.map((mark) => [mark.key, mark]));
  const brief = new Set(
    committed
      .filter(({ key }) => key.startsWith(BRIEF))
      .toSorted((a, b) => Number(a.detail) - Number(b.detail))
      .map(({ key }) => key),
  );
  const moved = new Set<string>();
  const forgotten = new Set<string>();

  /** The oldest brief stream makes room for a new one. */
  function remember(key: string): void {
    if (!key.startsWith(BRIEF)) return;
    brief.add(key);
    forgotten.delete(key);
    const [oldest] = brief;
    if (brief.size <= mostBrief || oldest === undefined) return;
    brief.delete(oldest);
    marks.delete(oldest);
    moved.delete(oldest);
    forgotten.add(oldest);
  }

  return {
    accept({ stream, from, to }) {
      const known = marks.get(stream.key);
      if (known !== undefined && to <= known.mark) return 'repeat';
      marks.set(stream.key, { key: stream.key, mark: to, detail: stream.detail });
      moved.add(stream.key);
      remember(stream.key);
      const expected = known?.mark ?? 0;
      if (from === expected || known === undefined) return 'new';
      return from > expected ? 'gap' : 'overlap';
    },
    at: (key) => marks.get(key),
    startingWith: (prefix) => [...marks.values()].filter(({ key }) => key.startsWith(prefix)),
    set(mark) {
      marks.set(mark.key, mark);
      moved.add(mark.key);
      forgotten.delete(mark.key);
    },
    forget(key) {
      marks.delete(key);
      moved.delete(key);
      forgotten.add(key);
    },
    take() {
      const taken = { moved: [...moved].map((key) => marks.get(key) as Mark), forgotten: [...forgotten] };
      moved.clear();
      forgotten.clear();
      return taken;
    },
  };
}
