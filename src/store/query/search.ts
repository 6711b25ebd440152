/** A query made ready for batches: which events of a batch it finds, reading as little as it can. */
import type { BatchView } from '../block/view.ts';
import { isRowsView, type RowsView } from '../rows.ts';
import type { TimeRange } from '../store.ts';
import { matcher } from './match.ts';
import { necessary } from './necessary.ts';
import type { Query } from './ast.ts';

export interface Search {
  readonly query: Query;
  /** Finds everything: events need not be read to be counted. */
  readonly everything: boolean;
  /** Ordinals that match and lie in the range, ascending. `wanted` may refuse an ordinal before it is read. */
  find(view: BatchView, range: TimeRange, wanted?: (ordinal: number, time: number) => boolean): number[];
}

export function search(query: Query): Search {
  const match = matcher(query);
  const needs = necessary(query);
  const everything = query.kind === 'all';
  return {
    query,
    everything,
    find(view, { from = -Infinity, to = Infinity }, wanted = () => true) {
      const eligible = (ordinal: number): boolean => {
        const time = view.times[ordinal] ?? Number.NaN;
        return time >= from && time < to && wanted(ordinal, time);
      };
      const inRange: number[] = [];
      for (let ordinal = 0; ordinal < view.count; ordinal++) if (eligible(ordinal)) inRange.push(ordinal);
      if (everything || inRange.length === 0) return inRange;
      if (!isRowsView(view)) return inRange.filter((ordinal) => match(view.event(ordinal)));
      const candidates = needs === undefined ? inRange : intersection(inRange, linesWith(view, needs));
      return candidates.filter((ordinal) => match(view.rawEvent(ordinal)));
    },
  };
}

/** Lines with a hit, ascending. Literals hold no line feed, so a hit lies within one line. */
function linesWith(view: RowsView, literals: RegExp): Uint8Array {
  const marked = new Uint8Array(view.count);
  const text = view.body.toString('latin1');
  const { starts } = view;
  let ordinal = 0;
  for (literals.lastIndex = 0; literals.test(text); literals.lastIndex = starts[ordinal + 1] ?? text.length) {
    const lastByte = literals.lastIndex - 1;
    while ((starts[ordinal + 1] ?? Infinity) <= lastByte) ordinal++;
    marked[ordinal] = 1;
  }
  return marked;
}

const intersection = (ordinals: readonly number[], marked: Uint8Array): number[] =>
  ordinals.filter((ordinal) => marked[ordinal] === 1);
