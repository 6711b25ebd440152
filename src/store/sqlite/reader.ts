/** Questions about events: a reader has connections of its own, so it may run in another thread than the commits. */
import { CodedError } from '#contract';
import type { Query } from '../query/ast.ts';
import { impliedRange, overlap } from '../query/implied-range.ts';
import { parseQuery, parseStatement } from '../query/parse.ts';
import { type Search, search } from '../query/search.ts';
import { badQuery } from '../query/tokens.ts';
import { noSuchField, unknownColumns, unknownFields } from '../query/unknown-fields.ts';
import type { Store, TimeRange } from '../store.ts';
import { countByTime, countByValue } from './aggregate.ts';
import { findEvents } from './events.ts';
import { fieldNames } from './field-names.ts';
import { openLibrary } from './library.ts';
import { foundIn, scanner, type Scanner, watch, type Watch } from './scan.ts';
import { tableOf } from './table.ts';

/** Something stored that cannot be read any more. It is passed over; the rest is still found. */
export interface StoreDamage {
  /** `batch 12`, `block 3 of 2026-03-14`, `an alert`. */
  readonly what: string;
  readonly reason: string;
}

export interface ReaderOptions {
  /** ms that one search may take before it ends with SLOW_QUERY. */
  readonly searchLimit?: number;
  /** ms that a search works before others have their turn; 8 unless given. */
  readonly searchSlice?: number;
  /** Days' files kept open; 100 unless given. */
  readonly openDays?: number;
  /** Called once for each damaged place, when a read first meets it. */
  readonly onDamage?: (damage: StoreDamage) => void;
}

export type Reader = Pick<Store, 'events' | 'histogram' | 'values' | 'table' | 'fields'> & { close(): void };

/** `path`: the commit point, `porchlight.db`; it must exist. */
export function openReader(path: string, options: ReaderOptions = {}): Reader {
  const pace = { limit: options.searchLimit ?? 10_000, slice: options.searchSlice ?? 8 };
  const report = damageReporter(options.onDamage);
  const library = openLibrary(path, options.openDays);
  const watching = (signal: AbortSignal | undefined): Watch => watch(library.isOpen, pace, signal);
  const names = fieldNames();
  /** Runs a search; where it found nothing, a field that nobody has is told apart from a quiet day. */
  const searching = async <Q extends TimeRange, T>(
    asked: Q,
    query: Query,
    signal: AbortSignal | undefined,
    work: (scan: Scanner, asked: Q, found: Search, watching: Watch) => Promise<T>,
    isEmpty: (result: T) => boolean,
    columns: readonly Named[] = [],
  ): Promise<T> =>
    library.read(async (reading) => {
      const scan = scanner(reading, report);
      const inTime = { ...asked, ...overlap(asked, impliedRange(query)) };
      const result = await work(scan, inTime, search(query), watching(signal));
      if (isEmpty(result)) await refuseUnknown(scan, [...unknownFields(query), ...columns], watching(signal));
      return result;
    });
  return {
    events: async (query, signal) =>
      searching(
        query,
        parseQuery(query.q),
        signal,
        findEvents,
        (page) => page.items.length === 0 && query.cursor === undefined && query.after === undefined,
      ),
    histogram: async (query, signal) =>
      searching(
        query,
        parseQuery(query.q),
        signal,
        // Its bars cover what was asked for, whatever the query itself leaves out.
        (scan, _, found, watched) => countByTime(scan, query, found, watched),
        (all) => all.total === 0,
      ),
    values: async (query, signal) =>
      searching(query, parseQuery(query.q), signal, countByValue, (all) => all.distinct === 0),
    async table(asked, signal) {
      const { query, pipe } = parseStatement(asked.q, asked.now);
      if (pipe === undefined) throw badQuery(asked.q.length + 1, 'a table needs a pipe, such as | count by source.ip');
      return searching(
        asked,
        query,
        signal,
        (scan, inTime, found, watched) => tableOf(scan, inTime, pipe, found, watched),
        (table) => table.total === 0 || table.rows.length === 0,
        unknownColumns(pipe, asked.q),
      );
    },
    fields: async (signal) =>
      library.read((reading) => names(scanner(reading, report), reading.sealedThrough, watching(signal))),
    close: () => library.close(),
  };
}

type Named = Parameters<typeof noSuchField>[0];

export function damageReporter(tell: ReaderOptions['onDamage']): (what: string, reason: string) => void {
  const told = new Set<string>();
  return (what, reason) => {
    const key = `${what} ${reason}`;
    if (told.has(key)) return;
    told.add(key);
    tell?.({ what, reason });
  };
}

async function refuseUnknown(scan: Scanner, terms: readonly Named[], watching: Watch): Promise<void> {
  for (const term of terms) {
    if (!(await isStored(scan, term.name, watching))) throw noSuchField(term);
  }
}

async function isStored(scan: Scanner, name: string, watching: Watch): Promise<boolean> {
  const having = search({ kind: 'field', name, column: 0, test: { kind: 'exists' } });
  let stored = false;
  try {
    const all = { from: -Infinity, to: Infinity };
    await scan.byTime(all, watching, (segment) => !(stored = foundIn(segment, having, {}).length > 0));
  } catch (error) {
    // Too many events to be sure: the benefit of the doubt.
    if (error instanceof CodedError && error.code === 'SLOW_QUERY') return true;
    throw error;
  }
  return stored;
}
