/** A query made ready for batches: which events of a batch it finds, reading as little as it can. */
import { isColumnsView } from '../block/column-view.ts';
import { readFilter } from '../block/filter.ts';
import type { BatchView } from '../block/view.ts';
import { isRowsView, type RowsView } from '../rows.ts';
import type { TimeRange } from '../store.ts';
import { judge } from './column-search.ts';
import { matcher } from './match.ts';
import { necessary } from './necessary.ts';
import { neededGrams } from './needed-grams.ts';
import { neededWords } from './needed-words.ts';
import type { Query } from './ast.ts';

export interface Search {
  readonly query: Query;
  /** Finds everything: events need not be read to be counted. */
  readonly everything: boolean;
  /** False where the block with this filter holds no event that matches. */
  mayFind(filter: Uint8Array): boolean;
  /** Whether it asks for any. */
  readonly asksGrams: boolean;
  /** False where the block whose words are made of these (`../block/grams.ts`) holds no event that matches. */
  mayHold(has: (gram: number) => boolean): boolean;
  /** Ordinals that match and lie in the range, ascending. `wanted` may refuse an ordinal before it is read. */
  find(view: BatchView, range: TimeRange, wanted?: Wanted): number[];
}

type Wanted = (ordinal: number, time: number) => boolean;

export function search(query: Query): Search {
  const match = matcher(query);
  const literals = necessary(query);
  const needs = neededWords(query);
  const grams = neededGrams(query);
  const judged = judge(query);
  const everything = query.kind === 'all';
  return {
    query,
    everything,
    mayFind(filter) {
      const has = readFilter(filter);
      return has === undefined || needs(has);
    },
    // Where nothing is there, nothing is missed but what was asked for.
    asksGrams: !grams(() => false),
    mayHold: grams,
    find(view, range, wanted) {
      const mask = eligible(view, range, wanted);
      if (everything || !mask.includes(1)) return ordinalsOf(mask);
      if (isColumnsView(view)) return ordinalsOf(judged(view.columns, mask));
      const inRange = ordinalsOf(mask);
      if (!isRowsView(view)) return inRange.filter((ordinal) => match(view.event(ordinal)));
      const candidates = literals === undefined ? inRange : intersection(inRange, linesWith(view, literals));
      return candidates.filter((ordinal) => match(view.rawEvent(ordinal)));
    },
  };
}

/** 1 for each event that may be found. */
function eligible(view: BatchView, { from = -Infinity, to = Infinity }: TimeRange, wanted?: Wanted): Uint8Array {
  const mask = new Uint8Array(view.count);
  if (wanted === undefined && from === -Infinity && to === Infinity) return mask.fill(1);
  const { times } = view;
  for (let ordinal = 0; ordinal < times.length; ordinal++) {
    const time = times[ordinal] ?? Number.NaN;
    if (time >= from && time < to && (wanted === undefined || wanted(ordinal, time))) mask[ordinal] = 1;
  }
  return mask;
}

function ordinalsOf(mask: Uint8Array): number[] {
  const ordinals: number[] = [];
  for (let at = mask.indexOf(1); at >= 0; at = mask.indexOf(1, at + 1)) ordinals.push(at);
  return ordinals;
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
