/** How every source stands: what health, the dashboard and the start-up lines show. */
import { isoTime, type SourceStatus } from '#contract';

export interface SourceBoard {
  set(id: string, state: SourceStatus['state'], reason: string): void;
  heard(id: string, count: number, at: number): void;
  remove(id: string): void;
  rows(): readonly SourceStatus[];
}

export function createSourceBoard(): SourceBoard {
  const rows = new Map<string, { -readonly [K in keyof SourceStatus]: SourceStatus[K] }>();
  const row = (id: string) => {
    const known = rows.get(id) ?? { id, state: 'following' as const, reason: '', records: 0, last_seen: null };
    rows.set(id, known);
    return known;
  };
  return {
    set(id, state, reason) {
      Object.assign(row(id), { state, reason });
    },
    heard(id, count, at) {
      const known = row(id);
      known.records += count;
      known.last_seen = isoTime(at);
      if (known.state === 'waiting')
        Object.assign(known, { state: 'following', reason: 'It appeared and is followed.' });
    },
    remove: (id) => void rows.delete(id),
    rows: () => [...rows.values()],
  };
}
