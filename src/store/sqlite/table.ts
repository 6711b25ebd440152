/** Tables that a pipe makes of the events a query finds: `| count by source.ip`, `| top 10 user.name`, `| histogram 5m`. */
import { type FieldValue, isoTime } from '#contract';
import { type Counts, MINUTE } from '../block/summary.ts';
import type { BatchView } from '../encoded-batch.ts';
import { textsOf } from '../query/match.ts';
import type { Pipe } from '../query/pipe.ts';
import type { Search } from '../query/search.ts';
import { badQuery } from '../query/tokens.ts';
import type { Table, TableQuery } from '../store.ts';
import { commonest } from './commonest.ts';
import { foundIn, type Scanner, type Watch } from './scan.ts';
import type { Segment } from './segment.ts';
import { valueCounter } from './value-counter.ts';

/** Groups kept apart while counting, and their characters in all; events of later ones are counted as `left_out`. */
const MOST_GROUPS = 100_000;
const MOST_CHARACTERS = 32_000_000;
/** Rows that one event with lists of values may count in. */
const MOST_OF_ONE = 1000;
const MOST_BARS = 10_000;
const DAY = 86_400_000;

type Placed = Pipe & { readonly column: number };

export async function tableOf(
  scan: Scanner,
  query: TableQuery,
  pipe: Placed,
  found: Search,
  watching: Watch,
): Promise<Table> {
  const tally = pipe.kind === 'count' ? countTally(pipe.fields) : barTally(pipe.step, pipe.by);
  const range = pipe.kind === 'count' ? { from: query.from, to: query.to } : barRange(query, pipe);
  const bounds = { from: range.from ?? -Infinity, to: range.to ?? Infinity };
  let total = 0;
  await scan.byTime(bounds, watching, (segment) => {
    const all = found.everything && segment.minTime >= bounds.from && segment.maxTime < bounds.to;
    if (all && tally.sum(segment)) {
      total += segment.count;
      return true;
    }
    const ordinals = foundIn(segment, found, bounds);
    total += ordinals.length;
    if (ordinals.length > 0) tally.add(segment.open(), ordinals);
    return true;
  });
  const { rows, groups, leftOut } = tally.rows(pipe.kind === 'count' ? pipe.limit : Infinity, range);
  return { columns: tally.columns, rows, total, groups, left_out: leftOut };
}

interface Tally {
  readonly columns: readonly string[];
  /** Adds all events of the segment from what was counted before; false where they must be looked at. */
  sum(segment: Segment): boolean;
  add(view: BatchView, ordinals: readonly number[]): void;
  rows(limit: number, range: { readonly from?: number | undefined; readonly to?: number | undefined }): Counted;
}

interface Counted {
  readonly rows: Table['rows'];
  readonly groups: number;
  readonly leftOut: number;
}

function countTally(fields: readonly string[]): Tally {
  const [only, another] = fields;
  if (only === undefined) return allTally();
  return another === undefined ? valueTally(only) : groupTally(fields);
}

function allTally(): Tally {
  let all = 0;
  return {
    columns: ['count'],
    sum: (segment) => ((all += segment.count), true),
    add: (_, ordinals) => void (all += ordinals.length),
    rows: () => ({ rows: [[all]], groups: 1, leftOut: 0 }),
  };
}

/** Once for each event that has it: a value that stands twice in a list counts once. */
function valueTally(field: string): Tally {
  const counter = valueCounter({ texts: MOST_GROUPS, characters: MOST_CHARACTERS });
  const add = (value: FieldValue, times: number): void => {
    if (typeof value === 'string') counter.add(value, times);
    else for (const [text = ''] of combinations([value])) counter.add(text, times);
  };
  return {
    columns: [field, 'count'],
    sum(segment) {
      const counts = segment.counts(field);
      if (counts?.plain !== undefined) counter.addList(counts.plain, counts.events);
      else counts?.values.forEach((value, place) => add(value, counts.events[place] ?? 0));
      return counts !== undefined;
    },
    add: (view, ordinals) => view.column(field)?.tally(add, ordinals),
    rows(limit) {
      const rows = counter.sorted(limit).map(({ value, count }) => [value, count]);
      return { rows, groups: counter.size(), leftOut: counter.leftOut() };
    },
  };
}

function groupTally(fields: readonly string[]): Tally {
  const groups = groupCounter();
  return {
    columns: [...fields, 'count'],
    sum: () => false,
    add(view, ordinals) {
      const columns = fields.map((name) => view.column(name));
      for (const ordinal of ordinals)
        for (const key of combinations(columns.map((column) => column?.value(ordinal)))) groups.add(key);
    },
    rows(limit) {
      const rows = groups.sorted(limit);
      return { rows: rows.map(({ key, count }) => [...key, count]), groups: groups.size(), leftOut: groups.leftOut() };
    },
  };
}

function barTally(step: number, by: string | undefined): Tally {
  const groups = groupCounter();
  return {
    columns: by === undefined ? ['@timestamp', 'count'] : ['@timestamp', by, 'count'],
    sum(segment) {
      const onMinutes = [segment.minTime, segment.maxTime].every((time) => zoneOf(time, step) % MINUTE === 0);
      const minutes = step % MINUTE === 0 && onMinutes ? segment.minutes() : undefined;
      const counts = minutes === undefined || by === undefined ? undefined : segment.counts(by);
      if (minutes === undefined || (by !== undefined && counts?.cells === undefined)) return false;
      const bars = Array.from(minutes.starts, (start) => String(barStart(start, step)));
      if (by === undefined) bars.forEach((bar, place) => groups.add([bar], minutes.events[place]));
      else if (counts !== undefined) sumCells(counts, bars, groups.add);
      return true;
    },
    add(view, ordinals) {
      const column = by === undefined ? undefined : view.column(by);
      for (const ordinal of ordinals) {
        const bar = String(barStart(view.times[ordinal] ?? 0, step));
        if (by === undefined) groups.add([bar]);
        else for (const [value = ''] of combinations([column?.value(ordinal)])) groups.add([bar, value]);
      }
    },
    rows(_, range) {
      const counts = new Map(groups.sorted().map(({ key, count }) => [JSON.stringify(key), { key, count }]));
      if (by === undefined) {
        for (let bar = barStart(range.from ?? 0, step); bar < (range.to ?? 0); bar = nextBar(bar, step)) {
          const key = [String(bar)];
          if (!counts.has(JSON.stringify(key))) counts.set(JSON.stringify(key), { key, count: 0 });
        }
      }
      const rows = [...counts.values()].toSorted((a, b) => Number(a.key[0]) - Number(b.key[0]) || b.count - a.count);
      return {
        rows: rows.map(({ key, count }) => [isoTime(Number(key[0])), ...key.slice(1), count]),
        groups: rows.length,
        leftOut: groups.leftOut(),
      };
    },
  };
}

/** `bars`: of each minute. */
function sumCells({ values, cells }: Counts, bars: readonly string[], add: (key: string[], times?: number) => void) {
  const texts = values.map((value) => combinations([value]));
  cells?.events.forEach((times, cell) => {
    const bar = bars[cells.minutes[cell] ?? 0] ?? '';
    for (const [text = ''] of texts[cells.values[cell] ?? 0] ?? []) add([bar, text], times);
  });
}

/** Bars of days begin at this machine's midnight, all others at multiples of their width. */
function barStart(time: number, step: number): number {
  const zone = zoneOf(time, step);
  return Math.floor((time - zone) / step) * step + zone;
}

const nextBar = (bar: number, step: number): number => barStart(bar + step + (step % DAY === 0 ? DAY / 2 : 0), step);

const zoneOf = (time: number, step: number): number =>
  step % DAY === 0 ? new Date(time).getTimezoneOffset() * 60_000 : 0;

function barRange(query: TableQuery, pipe: Placed & { readonly kind: 'histogram' }): { from: number; to: number } {
  const to = query.to ?? query.now;
  const from = query.from ?? to - DAY;
  if ((to - from) / pipe.step > MOST_BARS)
    throw badQuery(pipe.column, `that makes more than ${MOST_BARS} bars. Take wider bars or a shorter time`);
  return { from, to };
}

/** One combination of values for each way to take one value of every field; none where a field has none. */
function combinations(values: readonly (FieldValue | undefined)[]): string[][] {
  const [only] = values;
  if (values.length === 1 && typeof only === 'string') return [[only]];
  let made: string[][] = [[]];
  for (const value of values) {
    const texts = [...new Set(textsOf(value))];
    made = made.flatMap((key) => texts.map((text) => [...key, text])).slice(0, MOST_OF_ONE);
  }
  return made;
}

function groupCounter() {
  const counts = new Map<string, { readonly key: readonly string[]; count: number }>();
  let characters = 0;
  let leftOut = 0;
  return {
    add(key: readonly string[], times = 1): void {
      const name = key.length === 1 ? (key[0] ?? '') : JSON.stringify(key);
      const known = counts.get(name);
      if (known !== undefined) known.count += times;
      else if (counts.size < MOST_GROUPS && characters < MOST_CHARACTERS) {
        counts.set(name, { key, count: times });
        characters += name.length;
      } else leftOut += times;
    },
    size: () => counts.size,
    leftOut: () => leftOut,
    sorted: (most = Infinity) => commonest([...counts.values()], most, ({ key }) => key.join('\0')),
  };
}
