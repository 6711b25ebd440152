/**
 * What dashboards ask of a block, counted when it is sealed: they read this and leave the events alone.
 *
 *   part 0   JSON: version · names of the fields counted here, a part each · names of those that are not
 *            minutes: how many · number of each since the epoch, ascending · events of each
 *   part …   a field: values as a JSON array · how many · events of each value
 *            0, or 1 and cells: how many · minute of each (place in part 0) · value of each (place) · events of each
 *
 *      minute │ failure  success            Counts are exact: a sum over them is what a scan of the block finds.
 *      ───────┼──────────────────           A field with more values than allowed is not counted at all, and one that
 *      08:00  │   12        3               spreads over too many cells has none: whoever asks must scan this block.
 *      08:01  │    –        7               The frame and its checksums are those of `./parts.ts`.
 *
 * It is derived from the block alone, from what is read back of it: `doctor --verify` makes it again and compares.
 */
import type { FieldValue } from '#contract';
import { reader, type Reader, writer } from './bytes.ts';
import type { ColumnsView } from './column-view.ts';
import { DamagedBatch } from './damage.ts';
import { jsonOfAll } from './gather.ts';
import { type Codes, readCodes, readNumbers, writeNumbers } from './numbers.ts';
import { once } from './once.ts';
import { readParts, writeParts } from './parts.ts';
import { type PlainList, plainList } from './plain-list.ts';
import { jsonArray } from './stored.ts';
import { MOST_ROWS } from './view.ts';

const VERSION = 1;
export const MINUTE = 60_000;
const LEVEL = 6;

/** Kept by the minute. */
const BY_MINUTE: ReadonlySet<string> = new Set([
  'event.category',
  'event.dataset',
  'event.outcome',
  'host.name',
  'log.level',
]);
/** Of these people ask for the top values, however many there are. */
const TOP: ReadonlySet<string> = new Set([
  'client.ip',
  'destination.ip',
  'destination.port',
  'event.action',
  'event.code',
  'process.name',
  'source.geo.country_iso_code',
  'source.ip',
  'url.path',
  'user.name',
]);
/** Different values of a field, and of one of those above. */
const MOST_VALUES = 256;
const MOST_TOP_VALUES = 32_768;
const MOST_CELLS = 1_048_576;
/** Each is a part; a frame holds no more than 65,535. */
const MOST_FIELDS = 60_000;

export interface Counts {
  readonly values: readonly FieldValue[];
  /** The same where all are plain texts, to be counted without making strings of them. */
  readonly plain: PlainList | undefined;
  /** Events of each value. */
  readonly events: Float64Array;
  /** Undefined where it is not kept by the minute. */
  readonly cells: Cells | undefined;
}

/** Events of one minute and one value. A minute is a place in `Minutes`. */
export interface Cells {
  readonly minutes: Codes;
  readonly values: Codes;
  readonly events: Float64Array;
}

export interface Minutes {
  /** When each begins, ms. */
  readonly starts: Float64Array;
  readonly events: Float64Array;
}

/** May throw DamagedBatch, as its methods may. */
export interface Summary {
  readonly minutes: Minutes;
  /** Names of all fields that any of the events has. */
  readonly fields: readonly string[];
  /** Of a field; without any values where the block has no such field, undefined where the block must be scanned. */
  counts(name: string): Counts | undefined;
}

export function summarize(view: ColumnsView): Uint8Array<ArrayBuffer> {
  const minutes = minutesOf(view.times);
  const counted: string[] = [];
  const left: string[] = [];
  const parts: Uint8Array[] = [];
  for (const name of view.fields) {
    const part = counted.length < MOST_FIELDS ? fieldPart(view, name, minutes) : undefined;
    (part === undefined ? left : counted).push(name);
    if (part !== undefined) parts.push(part);
  }
  const head = writer(1024);
  head.text(JSON.stringify({ version: VERSION, counted, left }));
  head.count(minutes.numbers.length);
  writeNumbers(head, minutes.numbers);
  writeNumbers(head, minutes.events);
  return writeParts('summary', view.count, [head.done(), ...parts], LEVEL);
}

interface MinutePlaces {
  readonly numbers: Float64Array;
  readonly events: Uint32Array;
  /** The place of each event's minute. */
  readonly places: Uint32Array;
}

function minutesOf(times: Float64Array): MinutePlaces {
  const each = new Float64Array(times.length);
  const different = new Set<number>();
  // Those of one minute mostly come together.
  let last = Number.NaN;
  for (let i = 0; i < times.length; i++) {
    const number = Math.floor((times[i] ?? 0) / MINUTE);
    each[i] = number;
    if (number !== last) different.add((last = number));
  }
  const numbers = new Float64Array(different).toSorted();
  const known = new Map(Array.from(numbers, (number, place) => [number, place]));
  const places = new Uint32Array(times.length);
  const events = new Uint32Array(numbers.length);
  let [before, place] = [Number.NaN, 0];
  for (let i = 0; i < each.length; i++) {
    const number = each[i] ?? 0;
    if (number !== before) [before, place] = [number, known.get(number) ?? 0];
    places[i] = place;
    events[place] = (events[place] ?? 0) + 1;
  }
  return { numbers, events, places };
}

/** Undefined where there are too many values to be counted. */
function fieldPart({ columns }: ColumnsView, name: string, minutes: MinutePlaces): Uint8Array | undefined {
  const coded = codesOf(columns, columns.indexes.get(name) ?? -1, TOP.has(name) ? MOST_TOP_VALUES : MOST_VALUES);
  if (coded === undefined) return undefined;
  const { values, codes } = coded;
  const events = new Uint32Array(values.length);
  for (const code of codes) events[code] = (events[code] ?? 0) + 1;
  const out = writer(1024);
  out.text(jsonOfAll(values));
  out.count(values.length);
  writeNumbers(out, events);
  const cells = BY_MINUTE.has(name) && values.length * minutes.numbers.length <= MOST_CELLS;
  out.byte(cells ? 1 : 0);
  if (!cells) return out.done();
  const table = new Uint32Array(values.length * minutes.numbers.length);
  const rows = columns.rows(columns.indexes.get(name) ?? -1);
  for (let i = 0; i < rows.length; i++) {
    const cell = (minutes.places[rows[i] ?? 0] ?? 0) * values.length + (codes[i] ?? 0);
    table[cell] = (table[cell] ?? 0) + 1;
  }
  const filled = placesOf(table);
  out.count(filled.length);
  writeNumbers(
    out,
    filled.map((cell) => Math.floor(cell / values.length)),
  );
  writeNumbers(
    out,
    filled.map((cell) => cell % values.length),
  );
  writeNumbers(
    out,
    filled.map((cell) => table[cell] ?? 0),
  );
  return out.done();
}

/** Where it is not 0, ascending. */
function placesOf(table: Uint32Array): Uint32Array {
  const filled = new Uint32Array(table.length);
  let found = 0;
  for (let cell = 0; cell < table.length; cell++) if (table[cell] !== 0) filled[found++] = cell;
  return filled.slice(0, found);
}

interface Coded {
  readonly values: readonly FieldValue[];
  readonly codes: Codes;
}

/** A column as codes; undefined where it has more than `most` values. */
function codesOf(columns: ColumnsView['columns'], column: number, most: number): Coded | undefined {
  const data = columns.data(column);
  if (data.kind === 'values') {
    if (data.values.length > most) return undefined;
    return { values: data.values, codes: data.codes() };
  }
  const codes = new Uint32Array(columns.rows(column).length);
  const known = new Map<FieldValue, number>();
  for (let position = 0; position < codes.length; position++) {
    const value = columns.value(column, position);
    let code = known.get(value);
    if (code === undefined) {
      if (known.size === most || (typeof value === 'number' && !Number.isFinite(value))) return undefined;
      known.set(value, (code = known.size));
    }
    codes[position] = code;
  }
  return { values: [...known.keys()], codes };
}

export function viewSummary(bytes: Uint8Array): Summary {
  const parts = readParts(bytes);
  if (parts.kind !== 'summary') throw new DamagedBatch('it is no summary');
  const from = reader(parts.part(0));
  const { counted, left } = headOf(from.text());
  const places = new Map(counted.map((name, index) => [name, index + 1]));
  const others = new Set(left);
  const length = lengthIn(from);
  const numbers = readNumbers(from, length);
  const minutes = { starts: numbers.map((number) => number * MINUTE), events: readNumbers(from, length) };
  return {
    minutes,
    fields: [...counted, ...left],
    counts(name) {
      if (others.has(name)) return undefined;
      const place = places.get(name);
      return place === undefined ? NOBODY : readCounts(reader(parts.part(place)), length);
    },
  };
}

const NOBODY: Counts = {
  values: [],
  plain: undefined,
  events: new Float64Array(0),
  cells: { minutes: new Uint32Array(0), values: new Uint32Array(0), events: new Float64Array(0) },
};

function headOf(text: string): { readonly counted: readonly string[]; readonly left: readonly string[] } {
  let head: unknown;
  try {
    head = JSON.parse(text);
  } catch (cause) {
    throw new DamagedBatch('its head cannot be read', { cause });
  }
  if (!isHead(head)) throw new DamagedBatch('its head is none, or of a version that is not known');
  return head;
}

const isHead = (head: unknown): head is { counted: string[]; left: string[] } =>
  typeof head === 'object' &&
  head !== null &&
  'version' in head &&
  head.version === VERSION &&
  'counted' in head &&
  isNames(head.counted) &&
  'left' in head &&
  isNames(head.left);

const isNames = (names: unknown): names is string[] =>
  Array.isArray(names) && names.every((name) => typeof name === 'string');

function readCounts(from: Reader, minutes: number): Counts {
  const listed = from.bytes(from.count());
  const count = from.count();
  const plain = plainList(listed, count);
  const values = once(() => valuesIn(listed, count));
  // What is not plain is read at once: damage is told here, where the block's own events can stand in.
  if (plain === undefined) values();
  const events = readNumbers(from, count);
  const cells = from.byte() === 0 ? undefined : readCells(from, minutes, count);
  return {
    get values() {
      return values();
    },
    plain,
    events,
    cells,
  };
}

function valuesIn(listed: Buffer, count: number): readonly FieldValue[] {
  const values = jsonArray(listed.toString());
  if (values.length !== count) throw new DamagedBatch('values are missing');
  return values;
}

function readCells(from: Reader, minutes: number, values: number): Cells {
  const length = lengthIn(from);
  return {
    minutes: readCodes(from, length, minutes),
    values: readCodes(from, length, values),
    events: readNumbers(from, length),
  };
}

/** Numbers that are all the same take no room, so their number must be believed only so far. */
function lengthIn(from: Reader): number {
  const length = from.count();
  if (length > MOST_ROWS) throw new DamagedBatch('it counts more than a block holds');
  return length;
}

/** Whether it is what the block's own events add up to. */
export function isSummaryOf(bytes: Uint8Array, view: ColumnsView): boolean {
  const expected = readParts(summarize(view));
  try {
    const found = readParts(bytes);
    let same = found.kind === expected.kind && found.count === expected.count && found.length === expected.length;
    for (let index = 0; same && index < expected.length; index++) same = found.part(index).equals(expected.part(index));
    return same;
  } catch (error) {
    if (error instanceof DamagedBatch) return false;
    throw error;
  }
}
